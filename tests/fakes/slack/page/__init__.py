"""A page that shows the workspace as Slack would on a phone, with buttons that work and a place to write."""

from tests.fakes.slack.page.routes import Pages

__all__ = ["Pages"]
