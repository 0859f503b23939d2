"""Pasted text to what to look up: error codes and logs."""
