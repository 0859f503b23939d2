"""Our Markdown as WeCom shows it."""
