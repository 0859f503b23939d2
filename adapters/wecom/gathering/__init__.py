"""What belongs to a question in WeCom: its files, what was said before, and what may be searched for it."""
