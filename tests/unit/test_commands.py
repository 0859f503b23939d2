"""Commands are known by their words in both languages, and questions that begin with one stay questions."""

from __future__ import annotations

import pytest

from bot.conversation.commands import written


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/help", "help"),
        ("help", "help"),
        (" 帮助 ", "help"),
        ("／帮助", "help"),
        ("/清除", "forget"),
        ("/Forget", "forget"),
        ("/停止", "stop"),
        ("/来源", "sources"),
        ("/sources", "sources"),
        ("转人工", "human"),
        ("人工。", "human"),
        ("/human", "human"),
    ],
)
def test_a_command_is_known_by_its_word(text: str, command: str) -> None:
    assert written(text) == command


@pytest.mark.parametrize(
    "text", ["", "/", "help me with ORA-00257", "停止", "status", "/unknown", "人工智能是什么", "/help now"]
)
def test_what_may_be_a_question_is_none(text: str) -> None:
    assert written(text) is None
