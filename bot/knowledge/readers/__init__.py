"""One module for each family of files; `reading.read` chooses among them by name and content."""
