"""What the tests of gathering share: a Gatherer against the fake Slack, and questions as its messages make them."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from adapters.slack.calling.client import SlackApi
from adapters.slack.calling.identity import Identifying
from adapters.slack.calling.people import People
from adapters.slack.gathering.gather import Gatherer
from adapters.slack.hearing import classifying
from adapters.slack.hearing.events import Asked
from adapters.slack.hearing.posts import Ourselves
from adapters.slack.receiving import questions
from bot.backends.sqlite import SqliteStore
from bot.settings import Settings
from tests.fakes.slack.fake import ALICE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.types import Question
    from tests.fakes.slack import FakeSlack
    from tests.fakes.slack.records import File


@contextmanager
def gathering(slack: FakeSlack, folder: Path, /, **settings: Any) -> Iterator[Gatherer]:  # noqa: ANN401 - any setting
    """Yield a Gatherer with a store of its own; `settings` are those of Quorum, `slack` adds to its part."""
    ours = {"bot_token": slack.workspace.bot_token, "api_url": slack.api_url, **settings.pop("slack", {})}
    made = Settings(slack=ours, **settings)
    with closing(SqliteStore(folder / "gathering.db")) as store:
        api = SlackApi(made.slack, store)
        yield Gatherer(api, People(api, store), Identifying(api, store, made.slack.bot_token), made)


def question(slack: FakeSlack, *, engaged: bool = False) -> Question:
    """Return the question that the newest thing said is."""
    us = Ourselves(slack.workspace.bot_user, slack.workspace.bot_id)
    heard = classifying.classify(slack.deliveries.log[-1].payload, us, engaged=engaged)
    assert isinstance(heard, Asked), heard
    return questions.asked(heard, "en")


def asked(slack: FakeSlack, *files: File, text: str = "what is this?") -> Question:
    """Let Alice send the bot files, and return the question as it was heard."""
    slack.direct(ALICE, text, files=files)
    return question(slack)


def notice(found: Question) -> str:
    """Return the one notice that a question has."""
    (only,) = found.notices
    return only
