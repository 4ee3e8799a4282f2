"""What a project is, and what is said about it: frozen Structs, used by the document, the database, the sockets and the
browser's generated types alike. No I/O here, and no behaviour beyond what a value can say about itself."""
