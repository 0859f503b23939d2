"""The server under the fake: that of the fake Slack, which is an ASGI server on a loop of its own and no more."""

from tests.fakes.slack.server import Server

__all__ = ["Server"]
