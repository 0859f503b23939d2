"""Commands: `/quorum …` is answered at once to the person alone, the same written to us by a worker in the thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.limits import Backlog
from adapters.slack.layout import blocks
from adapters.slack.layout.views import Shelf, shelf_notice
from adapters.slack.receiving import notices, questions
from adapters.slack.receiving.clicks import Clicks
from adapters.slack.receiving.engagement import Engagement
from adapters.slack.receiving.recents import Recents
from adapters.slack.receiving.versions import Versions
from bot.phrases import say
from bot.types import Question

if TYPE_CHECKING:
    from adapters.slack.hearing.events import Commanded
    from adapters.slack.hearing.posts import Post
    from adapters.slack.layout.blocks import Reply
    from bot.types import Language


@dataclass(frozen=True, slots=True)
class Commands:
    """What each command does; raises what stores, ledgers and queues do."""

    accept: Callable[[Question], bool]
    engagement: Engagement
    recents: Recents
    versions: Versions
    clicks: Clicks
    backlog: Backlog
    shelves: Callable[[str], Sequence[Shelf]]

    def slashed(self, event: Commanded, language: Language) -> dict[str, Any]:
        """Do what `/quorum …` says, and return the response's body."""
        match event.name:
            case "forget":
                self.recents.forget(event.post.team, event.post.user)
            case "human":
                return notices.ephemeral(self._human(event, language))
        return notices.ephemeral(self._reply(event, language))

    def written(self, event: Commanded, language: Language) -> Question:
        """Do what a command in a message says, and return the errand whose reply says that it was done."""
        post = event.post
        match event.name:
            case "stop":
                self.engagement.end(post.team, post.channel, post.thread)
            case "forget":
                self.recents.forget(post.team, post.user)
            case "status":
                return questions.said("status", post, language, waiting=str(self.backlog.number))
            case "human":
                last = self.recents.last(post.team, post.channel, post.thread, post.user)
                return self._escalation(last, post) if last else questions.said("empty", post, language)
        return questions.said(event.name, post, language)

    def _reply(self, event: Commanded, language: Language) -> Reply:
        match event.name:
            case "status":
                return blocks.notice(say("slack_command_status", language, waiting=self.backlog.number))
            case "sources":
                return shelf_notice(self.shelves(event.post.user), language)
            case "forget":
                return blocks.notice(say("slack_command_forget", language))
            case "stop":
                return blocks.notice(say("slack_command_stop_where", language))
        return blocks.helping(language)

    def _human(self, event: Commanded, language: Language) -> Reply:
        """Hand over what was typed behind the command, else the person's last question there."""
        if event.text:
            self.accept(questions.handed_over(event, language))
            return blocks.notice(say("slack_command_human_asked", language))
        last = self.recents.last(event.post.team, event.post.channel, "", event.post.user)
        if not last:
            return blocks.notice(say("slack_command_no_question", language))
        self.accept(self._escalation(last, event.post))
        return blocks.notice(say("slack_command_human", language))

    def _escalation(self, question_id: str, post: Post) -> Question:
        return self.clicks.escalation(self.versions.newest(question_id), post)
