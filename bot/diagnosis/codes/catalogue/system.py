"""What is under every database: error numbers of operating systems, and statuses of HTTP where HTTP is spoken of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diagnosis.codes.normal import nonzero
from bot.diagnosis.codes.rules import AMOUNT, MINOR, SIGN, STOP, Family, Rule, after, alone

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINUX = {
    "EPERM": 1,
    "ENOENT": 2,
    "EINTR": 4,
    "EIO": 5,
    "ENXIO": 6,
    "EBADF": 9,
    "ECHILD": 10,
    "EAGAIN": 11,
    "ENOMEM": 12,
    "EACCES": 13,
    "EFAULT": 14,
    "EBUSY": 16,
    "EEXIST": 17,
    "ENODEV": 19,
    "ENOTDIR": 20,
    "EISDIR": 21,
    "EINVAL": 22,
    "ENFILE": 23,
    "EMFILE": 24,
    "EFBIG": 27,
    "ENOSPC": 28,
    "EROFS": 30,
    "EPIPE": 32,
    "EDEADLK": 35,
    "ENAMETOOLONG": 36,
    "ENOTEMPTY": 39,
    "EPROTO": 71,
    "EADDRINUSE": 98,
    "EADDRNOTAVAIL": 99,
    "ENETDOWN": 100,
    "ENETUNREACH": 101,
    "ECONNABORTED": 103,
    "ECONNRESET": 104,
    "ENOBUFS": 105,
    "ENOTCONN": 107,
    "ETIMEDOUT": 110,
    "ECONNREFUSED": 111,
    "EHOSTDOWN": 112,
    "EHOSTUNREACH": 113,
    "EALREADY": 114,
    "EINPROGRESS": 115,
    "ESTALE": 116,
    "EDQUOT": 122,
}
"""Names of errors with their numbers on Linux, where databases run."""

_STATUS = r"(?P<code>4(?:0[0-9]|1[0-8]|2[1-689]|31|51)|5(?:0[0-8]|1[01]|2[0-7]))(?![a-z0-9_]|[.:/-][0-9])"
_NUMBER = rf"(?P<code>[0-9]{{1,3}}){STOP}(?!\.[0-9])"
_WIDE = rf"(?P<code>[0-9]{{1,5}}){STOP}(?!\.[0-9])"
_ERRNO = nonzero("ERRNO")
_SYSTEMS = (
    "os |system |socket |linux-x86_64 |linux |svr4 |system/6000 |hpux |hp-ux |windows |win|aarch64 |solaris-amd64 "
)
_SAID = r"(?:or)(?:\s++(?:number|code|no\.?))?"
_SPOKEN = r"[ _-]?(?:error|错误|状态|response|响应|报错|status)?(?:[ _-]?(?:code|码|status|代码))?"
_CHINESE = ("状态码", "响应码", "返回码")
_HEX = ("8007", "8013", "8004", "8009", "800F", "C000", "8024", "8025")
"""How error numbers of Windows begin; other numbers of eight digits are addresses mostly."""

FAMILIES: Mapping[str, Family] = {
    "HTTP": Family("http", 3, least=3, most=3, strict=False),
    "ERRNO": Family("system", 1, most=5, strict=False),
}


def _constant(name: str) -> Rule:
    tail = rf"(?<![A-Za-z0-9_]{name[:3]}){name[3:]}(?![A-Za-z0-9_])"
    return after("system", f"ERRNO-{_LINUX[name]}", name[:3], tail, MINOR, strict=False, cased=True)


def _systems() -> str:
    return "|".join(rf"(?<={name}err)" for name in _SYSTEMS.split("|"))


RULES: tuple[Rule, ...] = (
    after("system", _ERRNO, "err", rf"(?:{_systems()}){_SAID}{SIGN}{_WIDE}", MINOR, strict=False),
    after("system", _ERRNO, "err", r"or\s++number\s++(?P<code>[0-9]{1,3})\s++means", MINOR, strict=False),
    after("system", _ERRNO, "err", rf"{alone('err')}(?:no|code){SIGN}{_NUMBER}", MINOR, strict=False),
    after("system", _ERRNO, "os {", rf"\s*+code:\s*+{_NUMBER}", MINOR, strict=False),
    after("system", _ERRNO, "(os ", r"(?P<code>[0-9]{1,5})\)", MINOR, strict=False),
    *map(_constant, _LINUX),
    after("http", "HTTP-{}", "http", rf"s?/[123](?:\.[019])?[\"']?\s++{_STATUS}", MINOR, strict=False),
    after("http", "HTTP-{}", "http", rf"s?{_SPOKEN}{SIGN}{_STATUS}{AMOUNT}", MINOR, strict=False),
    after(
        "http",
        "HTTP-{}",
        "status",
        rf"(?:[\"']?\s*+[:=]\s*+[\"']?|[ _-]?code[\"']?\s*+(?:[:=]|is\b|of\b)?\s*+[\"']?){_STATUS}{AMOUNT}",
        MINOR,
        strict=False,
    ),
    *(after("http", "HTTP-{}", word, rf"{SIGN}{_STATUS}{AMOUNT}", MINOR, strict=False) for word in _CHINESE),
    after("http", "HTTP-{}", "gateway", r"(?<=(?P<code>502) bad gateway)", MINOR, strict=False),
    after("http", "HTTP-{}", "gateway", r"(?<=(?P<code>504) gateway)(?= time)", MINOR, strict=False),
    after("http", "HTTP-{}", "unavailable", r"(?<=(?P<code>503) service unavailable)", MINOR, strict=False),
    after(
        "system",
        "0X{}",
        "0x",
        rf"{alone('0x')}(?=(?:{'|'.join(_HEX).lower()}))(?P<code>[0-9a-f]{{8}}){STOP}",
        MINOR,
        strict=False,
    ),
    after("other", "0X{}", "0x", rf"{alone('0x')}(?P<code>[0-9a-f]{{8}}){STOP}", MINOR, strict=False),
)
