"""Settings come from the environment before the file, are frozen, and refuse what they do not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from bot import settings
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_needs_to_be_set() -> None:
    loaded = settings.load()

    assert loaded.index_url.startswith("lance:///")
    assert loaded.store_url.startswith("sqlite:///")
    assert loaded.voters[0].model == "offline://"


def test_a_nested_variable_is_joined_by_two_underscores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUORUM_VOTING__MAX_SAMPLES", "15")

    assert settings.load().voting.max_samples == 15
    assert settings.load().voting.first == 3


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "quorum.toml").write_text("[voting]\nfirst = 5\nstep = 4\n", encoding="utf-8")
    monkeypatch.setenv("QUORUM_HOME", str(tmp_path))
    monkeypatch.setenv("QUORUM_VOTING__FIRST", "7")

    assert (settings.load().voting.first, settings.load().voting.step) == (7, 4)


def test_a_file_that_is_no_toml_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "quorum.toml").write_text("voting = [", encoding="utf-8")
    monkeypatch.setenv("QUORUM_HOME", str(tmp_path))

    with pytest.raises(ConfigurationError, match=r"quorum\.toml"):
        settings.load()


def test_an_unknown_name_in_the_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "quorum.toml").write_text('colour = "red"\n', encoding="utf-8")
    monkeypatch.setenv("QUORUM_HOME", str(tmp_path))

    with pytest.raises(ConfigurationError, match="COLOUR"):
        settings.load()


@pytest.mark.parametrize(
    "name", ["QUORUM_VOTERS", "QUORUM_MASKING", "QUORUM_MASKING__HOSTS", "QUORUM_ACCESS", "QUORUM_ACCESS__HR"]
)
@pytest.mark.parametrize("value", ["[", "{hush-hush", "hush-hush", "[" * 100_000])
def test_a_variable_that_is_not_json_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("SHELL_PROMPT", value)
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigurationError, match=rf"^{name} must be JSON: ") as refusal:
        settings.load()
    assert "hush" not in str(refusal.value)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize("policy", ["fixed:0", "fixed:-1", "fixed:x", "fixed:", "best", "fixed:²"])
def test_a_policy_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, policy: str) -> None:
    monkeypatch.setenv("QUORUM_VOTING__POLICY", policy)

    with pytest.raises(ConfigurationError, match="QUORUM_VOTING__POLICY"):
        settings.load()


@pytest.mark.parametrize("seconds", ["inf", "nan", "1e999"])
def test_a_time_without_end_is_refused(monkeypatch: pytest.MonkeyPatch, seconds: str) -> None:
    monkeypatch.setenv("QUORUM_WORK__GRACE_S", seconds)

    with pytest.raises(ConfigurationError, match="QUORUM_WORK__GRACE_S"):
        settings.load()


def test_settings_do_not_change() -> None:
    loaded = settings.load()

    with pytest.raises(ValidationError):
        loaded.queue = "redis://"


def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUORUM_MODELS__API_KEY", "hush-hush")

    assert settings.load().models.api_key == "hush-hush"
    assert "hush-hush" not in repr(settings.load())


def test_a_lease_ends_before_its_payload_goes_to_another_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUORUM_WORK__LEASE_S", "200")

    with pytest.raises(ConfigurationError, match="half of WORK__VISIBILITY_TIMEOUT_S"):
        settings.load()
