"""What a line of the catalogue is: codes after a word, codes of a family before a number, and names that are codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from bot.diagnosis.codes.severity import Severity

LEADING, PLAIN, MINOR = range(3)
"""Ranks: the line that a client or server reports first, any other error, and what only accompanies errors."""

Product = Literal[
    "oracle",
    "mysql",
    "oceanbase",
    "tidb",
    "postgresql",
    "sqlserver",
    "db2",
    "dameng",
    "opengauss",
    "redis",
    "mongodb",
    "kafka",
    "elasticsearch",
    "system",
    "http",
    "other",
]
"""Whose code it is: MariaDB counts as `mysql`; `other` is an identifier of no product known here, as a ticket's."""

Form = Callable[[str], str | None]


class Code(NamedTuple):
    """One code at one place: `text[start:end]` is it as written, `form` its normal form.

    `severity` is what the code's line or product says of it, or None; `rank` is one of `LEADING`, `PLAIN`, `MINOR`;
    the absence of a `strict` code from every page means that there is no answer.
    """

    product: Product
    form: str
    start: int
    end: int
    severity: Severity | None
    rank: int
    strict: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A code that follows a word: the engine jumps from one `word` to the next, and `tail` begins behind it.

    `word` is in lower case, and so is the text that it meets, unless the rule is `cased`. The group `code` of `tail`
    is the code, and without one the word with its tail; `form` makes its normal form, or None of what is none.
    """

    product: Product
    word: str
    tail: str
    form: Form
    rank: int = PLAIN
    strict: bool = True
    cased: bool = False

    def pattern(self, name: str) -> str:
        """Return the tail with a last group of this name, which is empty where all that matches is the code."""
        return self.tail.replace("?P<code>", f"?P<{name}>") if "?P<code>" in self.tail else f"{self.tail}(?P<{name}>)"


@dataclass(frozen=True, slots=True)
class Family:
    """Codes of one prefix, as `ORA-01555`: numbers are filled up with zeros to `digits`.

    Only numbers of `least` to `most` digits as written count. `form` replaces the prefix; `minor` numbers, and all
    of a family that is not `strict`, only accompany other errors.
    """

    product: Product
    digits: int
    least: int = 1
    most: int = 9
    form: str = ""
    minor: frozenset[int] = frozenset()
    cased: bool = False
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is a code: an exception's class, or a constant. A page may give the message without the name."""

    product: Product
    form: str


def after(  # noqa: PLR0913 - a line of the catalogue, whose columns these are
    product: Product,
    form: str | Form,
    word: str,
    tail: str,
    rank: int = PLAIN,
    *,
    strict: bool = True,
    cased: bool = False,
) -> Rule:
    """Make a rule; a `form` in words has `{}` where the code in capitals belongs."""
    return Rule(product, word, tail, _filled(form) if isinstance(form, str) else form, rank, strict, cased)


def _filled(form: str) -> Form:
    return lambda written: form.format(written.upper())


START = r"(?<![a-z0-9_-]{word})"
STOP = r"(?![a-z0-9_])"
SIGN = r"[\"']?\s*+(?:[:=#]|is\b|为|是)?\s*+[\[(\"']?\s*+"
"""What may stand between a word and its number."""

AMOUNT = (
    r"(?!\s*+(?:多|余)?+(?:次|行|条|个|年|月|天|秒|分钟|小时|毫秒|元|人|台|张|并发|连接|端口|实例"
    r"|(?:times?|rows?|lines?|records?|users?|connections?|tables?|qps|tps|port|ms|s|sec(?:ond)?s?|min(?:ute)?s?|hours?|days?)\b))"
)
"""Behind a number that counts something."""


def alone(word: str) -> str:
    """Return what says that no letter, digit, underscore or hyphen stands before `word`, right behind it."""
    return START.format(word=word)
