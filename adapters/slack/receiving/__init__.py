"""What Slack tells us, over HTTP or Socket Mode: checked, claimed, queued, and only then acknowledged."""
