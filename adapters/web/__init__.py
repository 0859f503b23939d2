"""The web as a messenger: questions and answers as JSON over HTTP, progress as server-sent events."""
