"""Long texts in parts that fit a message, whether the platform counts characters or bytes."""
