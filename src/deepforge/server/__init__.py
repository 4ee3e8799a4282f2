"""The composition root, the gate, routes and sockets, and the built client."""

from deepforge.server.composition import serve

__all__ = ["serve"]
