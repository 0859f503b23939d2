"""Builds prompts from the files in `prompts/`: Markdown with $variables, a system part and a user part."""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass, replace
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

from bot.answering import ballots
from bot.diagnosis import errors
from bot.diagnosis.excerpts import excerpt
from bot.errors import ConfigurationError
from bot.phrases import say
from bot.types import Language, Prompt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

    from bot.diagnosis.excerpts import Excerpt
    from bot.types import Passage, Question, Shape

QUESTION_CHARS = 12_000
"""Of a longer question the beginning is kept, which says what is asked, the end, and the errors between them."""

ERROR, UNAIDED = "error", "unaided"
"""Parts: what is added for a question about an error, and what is asked without passages."""

_DIVIDER = "<!-- user -->"
_VARIABLES = frozenset({"question", "passages", "numbers", "valid", "invalid", "fence", "earlier"})
_LOOKS_NUMBERED = re.compile(r"^(?=\[\d+\])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PromptText:
    """One prompt file in one language: what the system says and what the user says, with $variables."""

    name: str
    language: Language
    title: str
    system: str
    user: str


@functools.cache
def load(name: str, language: Language) -> PromptText:
    """Read `prompts/<name>.md`, or `prompts/zh/<name>.md` for Chinese where there is one.

    Raises `ConfigurationError` for an unknown name, listing the known ones, and for a file whose variables are wrong.
    """
    import frontmatter

    document = frontmatter.loads(_file(name, language).read_text(encoding="utf-8"))
    system, divider, user = document.content.partition(_DIVIDER)
    prompt = PromptText(name, language, str(document.get("title", name)), system.strip(), user.strip())
    used = {*Template(prompt.system).get_identifiers(), *Template(prompt.user).get_identifiers()}
    missing, unknown = {"question", "passages"} - used, used - _VARIABLES
    if not divider or missing or unknown:
        message = (
            f"The prompt {name!r} ({language}) needs the line {_DIVIDER!r} and the variables $question and $passages; "
            f"missing: {sorted(missing)}, unknown: {sorted(unknown)}."
        )
        raise ConfigurationError(message)
    return prompt


def known() -> tuple[str, ...]:
    """List the names of all prompts."""
    files = (entry.name for entry in resources.files("prompts").iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in files if name.endswith(".md")))


def check(name: str) -> None:
    """Raise `ConfigurationError` for an unknown prompt, listing the known ones."""
    if name not in known():
        message = f"{name!r} is not a prompt. Known: {', '.join(known())}"
        raise ConfigurationError(message)


def version(name: str) -> str:
    """Return the content hash of a prompt, with what is added to it, in all its languages: 12 hexadecimal digits."""
    texts = [_file(name, "en").read_bytes(), _file(name, "zh").read_bytes()]
    texts += [part(ERROR, language).encode() for language in ("en", "zh")]
    return hashlib.blake2b(b"\0".join(texts), digest_size=6).hexdigest()


@functools.cache
def part(name: str, language: Language) -> str:
    """Return a part of prompts, `prompts/parts/<name>.md`, or `prompts/zh/parts/<name>.md` for Chinese."""
    folder = resources.files("prompts")
    folder = folder.joinpath("zh") if language == "zh" else folder
    return folder.joinpath("parts", f"{name}.md").read_text(encoding="utf-8").strip()


def unaided(asked: Question, temperature: float, max_tokens: int) -> Prompt:
    """Ask without any passage, for comparison; the reply is Markdown and no ballot.

    What we said before is left out, since it was taken from documents.
    """
    own = replace(asked, context=tuple(turn for turn in asked.context if not turn.ours))
    user = f"{_earlier(own)}{shortened(own).text}"
    return Prompt(
        messages=(("system", part(UNAIDED, asked.language)), ("user", user)),
        question=asked.text,
        passages=(),
        language=asked.language,
        temperature=temperature,
        max_tokens=max_tokens,
    )


def build(
    name: str,
    asked: Question,
    passages: Sequence[Passage],
    temperature: float,
    max_tokens: int,
) -> Prompt:
    """Fill a prompt in; `$earlier` is what was said before the question, or nothing.

    Where the question is about an error, the prompt also asks for the shape that such an answer has.

    Each passage starts on a new line with `[n] title`; the passages stand inside a fence that no passage can close,
    since its name is a hash of the content, and a line of theirs that looks like `[n]` is moved in by one blank.
    """
    text, values = load(name, asked.language), _values(asked, passages)
    system, user = (Template(each).substitute(values) for each in (text.system, text.user))
    shape: Shape = "error" if errors.is_about_one(asked.text) else "free"
    shaping = f"\n\n{part(ERROR, asked.language)}" if shape == "error" else ""
    return Prompt(
        messages=(("system", f"{system}{shaping}"), ("user", user)),
        question=asked.text,
        passages=tuple(passages),
        language=asked.language,
        temperature=temperature,
        max_tokens=max_tokens,
        schema=ballots.schema(len(passages)),
        shape=shape,
    )


def _values(asked: Question, passages: Sequence[Passage]) -> dict[str, str]:
    """Return what stands for the variables of a prompt."""
    shown = "\n\n".join(_passage(number, passage) for number, passage in enumerate(passages, 1))
    question, earlier = shortened(asked).text, _earlier(asked)
    return {
        "question": question,
        "earlier": earlier,
        "passages": shown,
        "numbers": ", ".join(str(number) for number in range(1, len(passages) + 1)) or "-",
        "valid": "[1]" if len(passages) < 2 else f"[1] [{len(passages)}]",  # noqa: PLR2004 - two passages, two examples
        "invalid": f"[{len(passages) + 1}] [0] [1-2] [source]",
        "fence": hashlib.blake2b((question + earlier + shown).encode("utf-8", "replace"), digest_size=4).hexdigest(),
    }


def _earlier(asked: Question) -> str:
    """Show what was said before: whoever said it, on one line each, so that nothing of it looks like our own words."""
    if not asked.context:
        return ""
    lines = [f"{turn.speaker}: {' '.join(turn.text.split())}" for turn in asked.context]
    return "\n".join([say("prompt_earlier", asked.language), *lines, "", ""])


def _file(name: str, language: Language) -> Traversable:
    check(name)
    folder = resources.files("prompts")
    own = folder.joinpath(language, f"{name}.md")
    return own if own.is_file() else folder.joinpath(f"{name}.md")


def _passage(number: int, passage: Passage) -> str:
    chunk = passage.chunk
    head = dict.fromkeys((*chunk.place.headings, chunk.question or ""))
    lines = [part for part in head if part and part != chunk.title and part not in chunk.text]
    body = _LOOKS_NUMBERED.sub(" ", "\n".join([*lines, chunk.text.strip()]))
    return f"[{number}] {' '.join(chunk.title.split())}\n{body}"


def shortened(asked: Question) -> Excerpt:
    """Return what a prompt holds of a question: all of it, or of a long one its ends and the errors between them."""
    return _excerpt(asked.text, asked.language)


@functools.lru_cache(maxsize=8)
def _excerpt(text: str, language: Language) -> Excerpt:
    """Read a text once for all its prompts and for the notice; a long log takes half a second."""
    return excerpt(text, QUESTION_CHARS, lambda count: say("cut", language, count=count))
