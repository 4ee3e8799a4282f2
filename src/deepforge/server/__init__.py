"""The composition root, the gate, routes and sockets, and the built client."""
