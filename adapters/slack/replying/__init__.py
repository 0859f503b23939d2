"""What we say in Slack: acknowledgements, progress, answers in one place, and errands."""
