"""Slack as a messenger: what people write there as questions, and answers as Slack shows them."""
