"""A Slack to test against: the Web API, Events API and Socket Mode on a real port, strict as Slack, rude on order."""

from tests.fakes.slack.fake import FakeSlack
from tests.fakes.slack.seen import Seen

__all__ = ["FakeSlack", "Seen"]
