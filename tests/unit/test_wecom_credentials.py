"""Half a set of credentials, a key that can be none, or two ways for one AI bot are found before anything is opened."""

from __future__ import annotations

import pytest

from adapters.wecom.credentials import modes
from bot.errors import ConfigurationError
from bot.settings import Wecom

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
APP = {"corp_id": "ww1", "agent_id": "1000002", "secret": "a-secret", "token": "a-token", "aes_key": KEY}
CALLBACK = {"bot_token": "b-token", "bot_aes_key": KEY}
SOCKET = {"bot_id": "aib1", "bot_secret": "b-secret"}


@pytest.mark.parametrize(
    ("credentials", "expected"),
    [
        ({}, set()),
        ({"token": "  "}, set()),
        (APP, {"app"}),
        (CALLBACK, {"callback"}),
        (SOCKET, {"socket"}),
        (APP | CALLBACK, {"app", "callback"}),
        (APP | SOCKET, {"app", "socket"}),
    ],
)
def test_what_is_set_says_how_wecom_reaches_us(credentials: dict[str, str], expected: set[str]) -> None:
    assert modes(Wecom(**credentials)) == expected


@pytest.mark.parametrize("absent", sorted(APP))
def test_the_setting_that_an_app_lacks_is_named(absent: str) -> None:
    with pytest.raises(ConfigurationError, match=f"QUORUM_WECOM__{absent.upper()} is not") as raised:
        modes(Wecom(**{**APP, absent: " "}))

    assert "a-secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("credentials", "named"),
    [
        ({"bot_token": "b-token"}, "QUORUM_WECOM__BOT_AES_KEY is not"),
        ({"bot_aes_key": KEY}, "QUORUM_WECOM__BOT_TOKEN is not"),
        ({"bot_id": "aib1"}, "QUORUM_WECOM__BOT_SECRET is not"),
        ({"bot_secret": "b-secret"}, "QUORUM_WECOM__BOT_ID is not"),
        (CALLBACK | SOCKET, "either a callback or a long connection"),
        (APP | {"agent_id": "ten"}, "QUORUM_WECOM__AGENT_ID is no number"),
        (APP | {"aes_key": KEY[:-1]}, "QUORUM_WECOM__AES_KEY cannot be right"),
        (CALLBACK | {"bot_aes_key": f"{KEY[:-1]}!"}, "QUORUM_WECOM__BOT_AES_KEY cannot be right"),
    ],
)
def test_what_is_wrong_is_named_without_its_value(credentials: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named) as raised:
        modes(Wecom(**credentials))

    assert not any(value in str(raised.value) for value in credentials.values())
