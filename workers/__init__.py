"""The processes: the handler, the dispatchers that feed it, and the command line."""
