"""Slack's texts as people see them, and ours as Slack takes them."""
