"""`quorum slack manifest` prints what is pasted to install the app, and says what is wrong with an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.slack import manifest

if TYPE_CHECKING:
    from conftest import Quorum


def test_over_http_the_manifest_names_the_address(quorum: Quorum) -> None:
    run = quorum("slack", "manifest", "--url", "https://quorum.example.com")

    assert (run.status, run.err) == (0, "")
    assert run.data == manifest.manifest("https://quorum.example.com")


def test_in_socket_mode_it_needs_none(quorum: Quorum) -> None:
    run = quorum("slack", "manifest", "--socket", "--name", "小问")

    assert run.status == 0
    assert run.data == manifest.manifest(socket=True, name="小问")
    assert "小问" in run.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--socket"),
        (("--socket", "--url", "https://quorum.example.com"), "--socket"),
        (("--url", "http://quorum.example.com"), "https"),
    ],
)
def test_wrong_usage_ends_with_status_two_and_one_line(quorum: Quorum, arguments: tuple[str, ...], words: str) -> None:
    run = quorum("slack", "manifest", *arguments)

    assert (run.status, run.out) == (2, "")
    assert words in run.err
    assert run.err.count("\n") == 1
