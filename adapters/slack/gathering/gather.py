"""Completes a question when it is worked on: its files, its thread, and its scope."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.slack.gathering import scope, thread
from adapters.slack.gathering.downloading import Downloads
from adapters.slack.gathering.files import Files
from bot.phrases import say

if TYPE_CHECKING:
    from adapters.slack.calling.client import SlackApi
    from adapters.slack.calling.identity import Identifying
    from adapters.slack.calling.people import People
    from bot.settings import Settings
    from bot.types import Question


class Gatherer:
    """Fetches from Slack what belongs to a question; any number of threads may use it at once."""

    def __init__(self, api: SlackApi, people: People, identifying: Identifying, settings: Settings) -> None:
        """Take the calls to Slack and the settings; nothing is asked yet."""
        self._api, self._people, self._identifying, self._settings = api, people, identifying, settings
        self._files = Files(api, Downloads(settings.slack), settings.ingest)

    def gather(self, question: Question) -> Question:
        """Return the question with its files' text, notices, context and scope.

        Raises `MessengerUnavailableError` while Slack is down or wants a pause, and nothing for what Slack refuses.
        """
        allowed = scope.resolve(question, self._people, self._settings)
        context = thread.before(question.address, self._api, self._people, self._identifying.ours().ourselves)
        found = replace(question, collections=allowed.collections, hidden=allowed.hidden, context=context)
        found = self._files.added(found)
        if allowed.collections == frozenset():
            found = replace(found, notices=(*found.notices, say("slack_external", found.language)))
        return found
