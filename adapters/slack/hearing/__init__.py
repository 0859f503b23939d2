"""What a payload of Slack's means: questions, edits, clicks, commands."""
