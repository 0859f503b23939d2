"""What WeCom tells us: checked, claimed, queued, and only then acknowledged."""
