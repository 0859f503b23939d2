"""What a payload of WeCom's means, from the app and from the AI bot: questions, polls, clicks, events."""
