"""Block Kit, checked as Slack checks it; limits from slack_sdk's validators and docs.slack.dev/reference/block-kit."""

from tests.fakes.slack.blocks.checking import check_message, check_view

__all__ = ["check_message", "check_view"]
