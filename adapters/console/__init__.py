"""The terminal as a messenger: questions from a line, answers rendered with sources and votes."""
