"""Every setting, one frozen tree read from `QUORUM_…` variables and `quorum.toml`; builds nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.errors import ConfigurationError
from bot.variables import Variables


def _policy(value: str) -> str:
    number = value.removeprefix("fixed:")
    if value == "adaptive" or (value.startswith("fixed:") and number.isdecimal() and int(number) > 0):
        return value
    message = f"{value!r} is not a voting policy; use 'adaptive' or 'fixed:N' with N from 1"
    raise ValueError(message)


Policy = Annotated[str, AfterValidator(_policy)]

QUEUES = ("inline", "redis", "rediss", "redis+sentinel", "memory")
"""Schemes of `queue`; `memory` is for tests, since nothing leaves the process."""


def _queue(value: str) -> str:
    scheme = value.partition(":")[0]
    if value.startswith(tuple(f"{known}://" for known in QUEUES)):
        return value
    message = f"no such queue: {scheme!r}. Known: {', '.join(f'{known}://' for known in QUEUES[:-1])}"
    raise ValueError(message)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Voter(_Part):
    """Who is asked: a model, with which prompt and temperature, and how much its ballots weigh."""

    model: str = Field("offline://", description="Model URL: offline://, openai+http://host/v1#name, transformers:name")
    prompt: str = Field("answer", description="Name of a file in prompts/, without .md")
    temperature: float = Field(0.7, ge=0, le=2, description="Sampling temperature")
    weight: float = Field(1.0, gt=0, description="Weight of one ballot")


class Voting(_Part):
    """How many samples are taken and when to stop."""

    policy: Policy = Field("adaptive", description="`adaptive` or `fixed:N`")
    first: int = Field(3, ge=1, le=64, description="Samples in the first batch")
    step: int = Field(2, ge=1, le=64, description="Samples in each further batch")
    max_samples: int = Field(9, ge=1, le=256, description="Never more samples than this")
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Stop when the leader stays ahead with this probability")


class Searching(_Part):
    """How passages are found."""

    legs: Literal["all", "words", "meaning"] = Field("all", description="One leg alone is for measurement")
    weight: float = Field(0.2, ge=0, le=1, description="Weight of the meaning leg in the fusion")
    passages: int = Field(6, ge=1, le=50, description="Passages that a prompt holds")
    evidence: float = Field(0.5, ge=0, le=1, description="Below this evidence a question is not answerable")
    grey: float = Field(
        0.15, ge=0, le=0.5, description="So far under and over the threshold an answer carries a warning"
    )


class Ingesting(_Part):
    """Limits while reading files."""

    max_file_bytes: int = Field(200_000_000, ge=1, description="Larger files are refused")
    max_unpacked_bytes: int = Field(1_000_000_000, ge=1, description="An archive that unpacks to more is refused")
    timeout_s: float = Field(120.0, gt=0, description="Longest time to read one file")
    memory_bytes: int = Field(2_000_000_000, ge=100_000_000, description="Memory of the reading process")
    chunk_chars: int = Field(1_600, ge=200, description="Characters a chunk holds at most, where it can be split")
    url_base: str = Field("", description="Address that a document's path is appended to for links")


class Masking(_Part):
    """What is masked before anything is read; passwords, tokens, keys, phone, ID and card numbers always are."""

    addresses: Literal["none", "private", "all"] = Field("private", description="IP addresses that are masked")
    hosts: tuple[str, ...] = Field((), description="Host names that are masked, by how they end: corp.example")
    emails: bool = Field(default=True, description="Mask e-mail addresses")


class ModelCalls(_Part):
    """How language model and embedding servers are called."""

    timeout_s: float = Field(60.0, gt=0, description="Longest wait for one reply")
    attempts: int = Field(3, ge=1, le=10, description="Tries in all after 429, 5xx and lost connections")
    max_tokens: int = Field(800, ge=16, description="Tokens of one sample at most")
    api_key: str = Field("", description="Bearer token of the server", repr=False)


class Sweeper(_Part):
    """How unfinished questions are found again."""

    stale_after_s: float = Field(120.0, gt=0, description="Unfinished questions older than this are taken up again")


class Working(_Part):
    """How questions are handled, by `quorum work` and by the threads of `quorum serve`."""

    concurrency: int = Field(4, ge=1, le=256, description="Questions that one worker answers at the same time")
    visibility_timeout_s: int = Field(300, ge=30, description="Celery's redelivery after a lost worker")
    grace_s: float = Field(
        25.0, ge=0, description="So long a stopping worker finishes; the rest goes back to the queue"
    )
    attempts: int = Field(8, ge=1, le=100, description="Tries for one question, one to thirty seconds apart")
    crashes: int = Field(3, ge=1, le=100, description="Tries for a question during which its worker died")
    lease_s: float = Field(15.0, gt=0, description="So long after a worker died its conversation is taken over")

    @model_validator(mode="after")
    def _leases_end_first(self) -> Working:
        if self.lease_s * 2 > self.visibility_timeout_s:
            message = "WORK__LEASE_S must be at most half of WORK__VISIBILITY_TIMEOUT_S"
            raise ValueError(message)
        return self


class Http(_Part):
    """Where `quorum serve` listens."""

    host: str = Field("127.0.0.1", description="Address that the server listens on")
    port: int = Field(8080, ge=0, le=65_535, description="Port; 0 takes a free one and prints it")


class Caching(_Part):
    """How long answers are kept."""

    answers_s: float = Field(86_400.0, ge=0, description="Seconds an answer serves the same question again; 0: never")
    sources_s: float = Field(2_592_000.0, gt=0, description="Seconds an answer's sources can be looked at")


class Slack(_Part):
    """The Slack app. HTTP needs the bot token and the signing secret, Socket Mode the bot token and the app token."""

    bot_token: str = Field("", description="Bot token, xoxb-…", repr=False)
    signing_secret: str = Field("", description="Signing secret of the app, for HTTP", repr=False)
    app_token: str = Field("", description="App-level token, xapp-…, for Socket Mode", repr=False)
    api_url: str = Field("https://slack.com/api/", description="Address of Slack's Web API")
    internal_channels: tuple[str, ...] = Field(
        (), description="Channels shared with other companies (Slack Connect) that are treated as our own"
    )


class Wecom(_Part):
    """The WeCom app, and the AI bot by callback or by long connection; each is on when its credentials are set."""

    corp_id: str = Field("", description="CorpID, ww…")
    agent_id: str = Field("", description="AgentId of the self-built app")
    secret: str = Field("", description="Secret of the self-built app", repr=False)
    token: str = Field("", description="Token of the app's callbacks", repr=False)
    aes_key: str = Field("", description="EncodingAESKey of the app's callbacks, 43 characters", repr=False)
    api_url: str = Field("https://qyapi.weixin.qq.com", description="Address of WeCom's server API")
    bot_token: str = Field("", description="Token of the AI bot's callbacks", repr=False)
    bot_aes_key: str = Field("", description="EncodingAESKey of the AI bot's callbacks", repr=False)
    bot_id: str = Field("", description="BotID, for the long connection")
    bot_secret: str = Field("", description="Secret of the AI bot, for the long connection", repr=False)
    bot_url: str = Field("wss://openws.work.weixin.qq.com", description="Address of the long connection")
    bot_name: str = Field("", description="Name of the AI bot, stripped where a group message begins with it")
    stream_seconds: float = Field(330.0, gt=0, description="A stream open for longer ends with a notice")


class Helpdesk(_Part):
    """Where questions go that a human is to answer: one place, of the asker's own messenger before the other's."""

    slack_channel: str = Field("", description="Id of the Slack channel, C…")
    wecom_user: str = Field("", description="UserID of whoever takes questions in WeCom; wants the self-built app")
    wecom_webhook: SecretStr = Field(
        SecretStr(""),
        description="Address of a WeCom group's robot, with its key: https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
    )


class Limits(_Part):
    """How much is taken on at once."""

    questions_per_minute: int = Field(60, ge=1, description="Questions of one person in a minute")
    waiting: int = Field(2_000, ge=1, description="Unfinished questions in all; over it people are asked to come back")
    at_once: int = Field(
        2, ge=1, description="Questions of one person worked on at the same time; never more than half of a worker's"
    )


class Settings(BaseSettings):
    """The whole tree. Unknown names are errors; nested names are joined by two underscores."""

    model_config = SettingsConfigDict(
        env_prefix="QUORUM_", env_nested_delimiter="__", frozen=True, extra="forbid", case_sensitive=False
    )

    home: Path = Field(Path("var"), description="Folder of the embedded state and `quorum.toml`")
    index: str = Field(
        "",
        repr=False,
        description="lance:///folder (default: inside home), elasticsearch://[user:password@]host:9200/NAME, "
        "elasticsearchs://…?api_key=KEY&ca=FILE&replicas=N&timeout=SECONDS",
    )
    store: str = Field(
        "",
        repr=False,
        description="sqlite:///file (default: inside home), redis://[user:password@]host:6379/0, rediss://…?ca=FILE, "
        "redis+sentinel://[user:password@]host:26379,host:26379/MASTER/0",
    )
    queue: Annotated[str, AfterValidator(_queue)] = Field(
        "inline://",
        repr=False,
        description="inline:// (threads of the process), redis://host:6379/1, rediss://host:6379/1?ca=FILE, "
        "redis+sentinel://host:26379,host:26379/MASTER/1",
    )
    embedder: str = Field(
        "hashing://", description="hashing://, sentence-transformers:NAME, openai+http://host/v1#model"
    )
    reranker: str = Field(
        "",
        description="Reorders the passages of an answer: empty, sentence-transformers:NAME, or openai+http://host/v1#model",
    )
    voters: tuple[Voter, ...] = Field((Voter(),), min_length=1, description="JSON list of voters")
    voting: Voting = Voting()
    retrieval: Searching = Searching()
    ingest: Ingesting = Ingesting()
    masking: Masking = Masking()
    models: ModelCalls = ModelCalls()
    sweeper: Sweeper = Sweeper()
    work: Working = Working()
    http: Http = Http()
    cache: Caching = Caching()
    slack: Slack = Slack()
    wecom: Wecom = Wecom()
    helpdesk: Helpdesk = Helpdesk()
    limits: Limits = Limits()
    access: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Collection to its readers, for messengers; the command line sees all"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - `Variables` read the environment
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic passes it by name; no .env file is read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - passed by name; secrets come from the environment
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let arguments win over the environment, and the environment over `quorum.toml`."""
        file = Path(os.environ.get("QUORUM_HOME", "var")) / "quorum.toml"
        return init_settings, Variables(settings_cls), TomlConfigSettingsSource(settings_cls, toml_file=file)

    @property
    def index_url(self) -> str:
        """The index's URL with the default filled in."""
        return self.index or f"lance://{(self.home / 'index').resolve()}"

    @property
    def store_url(self) -> str:
        """The store's and ledger's URL with the default filled in."""
        return self.store or f"sqlite://{(self.home / 'quorum.db').resolve()}"


KNOWN_ELSEWHERE = frozenset({"QUORUM_DATA", "QUORUM_FULL"})
"""Variables with our prefix that are no settings: where test data lies, and how much the tests run."""


def load(**overrides: Any) -> Settings:  # noqa: ANN401 - the values of any setting
    """Read the settings; raises `ConfigurationError` that names each wrong variable and what it should be."""
    _refuse_unknown_variables()
    try:
        return Settings(**overrides)
    except ValidationError as exc:
        lines = [f"QUORUM_{'__'.join(str(p).upper() for p in e['loc'])}: {e['msg']}" for e in exc.errors()]
        raise ConfigurationError("Wrong settings. " + "; ".join(lines)) from exc
    except ValueError as exc:
        message = f"The settings cannot be read: {exc}. Check quorum.toml and the QUORUM_… variables."
        raise ConfigurationError(message) from exc


def _refuse_unknown_variables() -> None:
    known = {f"QUORUM_{name}".upper() for name in Settings.model_fields}
    for name in os.environ:
        top = name.upper().split("__")[0]
        if name.upper().startswith("QUORUM_") and top not in known and top not in KNOWN_ELSEWHERE:
            message = f"{name} is not a setting. Known: {', '.join(sorted(known))}"
            raise ConfigurationError(message)
