"""What belongs to a question and was left in Slack: files, the thread before it, and what its asker may see."""
