"""Calls to Slack's Web API: the client, who we are, and what we must know of people and channels."""
