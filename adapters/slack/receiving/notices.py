"""What only one person sees: that too much was asked, and the replies to commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.background import Background
from adapters.slack.calling.client import SlackApi
from adapters.slack.layout import blocks
from bot.phrases import say

if TYPE_CHECKING:
    from adapters.limits import Verdict
    from adapters.slack.hearing.posts import Post
    from adapters.slack.layout.blocks import Reply
    from bot.types import Language


@dataclass(frozen=True, slots=True)
class Notices:
    """Tells a person why a question is not taken; `per_minute` is the limit that the notice names."""

    api: SlackApi
    background: Background
    per_minute: int

    def refusal(self, verdict: Verdict, language: Language) -> Reply:
        """Word a refusal."""
        if verdict == "busy":
            return blocks.notice(say("slack_busy", language))
        return blocks.notice(say("slack_limit", language, limit=self.per_minute))

    def whisper(self, post: Post, reply: Reply) -> None:
        """Show something to the author of a message alone, soon."""
        self.background.do("notice", lambda: self._whisper(post, reply))

    def _whisper(self, post: Post, reply: Reply) -> None:
        self.api.call(
            "chat.postEphemeral",
            channel=post.channel,
            user=post.user,
            thread_ts=post.thread or None,
            text=reply.text,
            blocks=list(reply.blocks),
        )


def ephemeral(reply: Reply) -> dict[str, Any]:
    """Return the body of a response to a command, which only its author sees."""
    return {"response_type": "ephemeral", "text": reply.text, "blocks": list(reply.blocks)}
