"""What we say in WeCom: answers through the app or the AI bot, errands, and packets for a human."""
