"""Logs: events with their stacks, repeats counted, the root, its signature, and what of a long log is worth showing."""
