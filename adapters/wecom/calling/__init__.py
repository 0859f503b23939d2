"""Calls to WeCom's server API: the client, its token, the pauses that WeCom asks for, and who people are."""
