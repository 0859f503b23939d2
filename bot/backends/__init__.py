"""Everything that talks to a library or a server; one module an engine, independent of each other."""
