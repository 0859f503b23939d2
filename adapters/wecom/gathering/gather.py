"""Completes a question when it is worked on: its files, what was said before, and its scope."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.wecom.calling.members import Members
from adapters.wecom.gathering import scope
from adapters.wecom.gathering.downloading import Downloads
from adapters.wecom.gathering.files import Files
from adapters.wecom.gathering.history import History

if TYPE_CHECKING:
    from adapters.wecom.calling.client import WecomApi
    from bot.conversation.answers import AnswerBook
    from bot.ports import Store
    from bot.settings import Settings
    from bot.types import Question


class Gatherer:
    """Fetches what belongs to a question; any number of threads may use it at once."""

    def __init__(self, api: WecomApi | None, store: Store, book: AnswerBook, settings: Settings) -> None:
        """Take the app's client, None where there is no app; nothing is asked yet."""
        self._settings = settings
        self._members = None if api is None else Members(api, store)
        self._files = Files(Downloads(settings.wecom, api), settings.ingest)
        self._history = History(store, book, settings.masking)

    def gather(self, question: Question) -> Question:
        """Return the question with its files' text, notices, context and scope; what it quotes is the latest context.

        Raises `MessengerUnavailableError` while WeCom is down or wants a pause, and nothing for what WeCom refuses.
        """
        found = self._files.added(question)
        allowed = scope.resolve(question, self._members, self._settings)
        context = (*self._history.before(found), *question.context)
        return replace(found, collections=allowed.collections, hidden=allowed.hidden, context=context)
