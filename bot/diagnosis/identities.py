"""Numbers that belong to somebody: private addresses, resident IDs, mobile numbers and cards, by their check digits.

Versions look like addresses (`10.2.0.4`), change numbers like telephone numbers: what stands before them decides.
"""

from __future__ import annotations

import re
from datetime import date
from ipaddress import IPv6Address, ip_network
from typing import TYPE_CHECKING

from bot.diagnosis.rules import Rule, rule, secret

if TYPE_CHECKING:
    from collections.abc import Iterable

_PRIVATE6 = tuple(ip_network(net) for net in ("fc00::/7", "fe80::/10", "fec0::/10"))
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_PRIVATE4 = (
    rf"(?:10(?:\.{_OCTET}){{3}}|192\.168(?:\.{_OCTET}){{2}}|172\.(?:1[6-9]|2\d|3[01])(?:\.{_OCTET}){{2}}"
    rf"|169\.254(?:\.{_OCTET}){{2}}|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])(?:\.{_OCTET}){{2}})"
)
_VERSION = re.compile(
    r"(?i)(?:version|release|\brel|\bver|patch(?:set)?|\bpsu|\bru|upgraded?|compatible|oracle|版本|补丁|升级[到至]?)"
    r"[\s:：=.'\"(]*(?:from|to|is|从|自|是|为)?\s*$"
    r"|(?i:upgraded?|version|版本|升级)[^\n\d]{0,8}(?!192\.168|172\.|169\.254)\d+(?:\.\d+){2,4}\s*(?:升级)?(?:to|->|→|到|至)\s*$"
)
_NO_VERSIONS = ("192.168.", "172.", "169.254.")
"""What only an address begins with."""

_COUNTED = re.compile(
    r"(?i)(?:\b(?:scn|lsn|change|bytes|size|pos(?:ition)?|txid|xid|trx|id|seq(?:uence)?|offset|block|checkpoint|rba"
    r"|sequence number|count|rows|thread|pid)|字节|位点)[#\s:：=(,]*$"
)
_BEFORE = 30
"""Characters before a number that may say what it is."""

_UNITS = frozenset({"service", "socket", "timer", "target", "mount", "slice", "scope", "path", "swap", "device"})
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def _before(match: re.Match[str]) -> str:
    start = match.start("s")
    return match.string[max(0, start - _BEFORE) : start]


def _is_address(match: re.Match[str]) -> bool:
    """Tell an address from a version; a port or a mask behind it settles the matter."""
    behind = match.string[match.end("s") : match.end("s") + 2]
    is_placed = re.match(r"[:/]\d", behind) is not None or secret(match).startswith(_NO_VERSIONS)
    return is_placed or _VERSION.search(_before(match)) is None


def _is_private6(match: re.Match[str]) -> bool:
    try:
        address = IPv6Address(secret(match))
    except ValueError:
        return False
    return any(address in net for net in _PRIVATE6)


def _is_public6(match: re.Match[str]) -> bool:
    try:
        IPv6Address(secret(match))
    except ValueError:
        return False
    return True


def _is_own(match: re.Match[str]) -> bool:
    """Tell addresses that say nothing, such as 127.0.0.1 and masks of networks."""
    return secret(match).startswith(("0.", "127.", "255."))


def _is_resident(match: re.Match[str]) -> bool:
    """Check date and check digit of a resident ID (GB 11643-1999)."""
    digits = re.sub(r"[ -]", "", secret(match)).upper()
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    return _CHECKS[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False)) % 11] == digits[17]


def _is_mail(match: re.Match[str]) -> bool:
    """Tell an address of e-mail from a unit of systemd, such as `postgresql@15-main.service`."""
    return secret(match).rpartition(".")[2] not in _UNITS


def _is_mobile(match: re.Match[str]) -> bool:
    return _COUNTED.search(_before(match)) is None


def _is_card(match: re.Match[str]) -> bool:
    """Check a card's number by Luhn's formula (ISO/IEC 7812-1)."""
    digits = [int(digit) for digit in reversed(re.sub(r"[ -]", "", secret(match)))]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0 and _COUNTED.search(_before(match)) is None


_CARD = (
    r"(?:3[47]\d\d[ -]\d{6}[ -]\d{5}|(?:[3456]\d{3}|955[89])(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?|2[2-7]\d\d(?:[ -]\d{4}){3}"
    r"|3[47]\d{13}|(?:(?:[3456]\d{3}|955[89])|2[2-7]\d\d)\d{12}(?:\d{1,3})?)"
)

_ADDRESS4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_WHOLE4 = r"(?:(?<![0-9A-Za-z.])|(?<=\s-[A-Za-z]))(?P<s>{})(?![0-9A-Za-z]|\.\d)"

NUMBERS = (
    rule(
        "id-number",
        "",
        r"(?<![0-9A-Za-z_])(?P<s>[1-9]\d{5}[ -]?(?:19|20)\d{6}[ -]?\d{3}[\dXx])(?![0-9A-Za-z_])",
        _is_resident,
    ),
    rule("card", "", rf"(?<![0-9A-Za-z_.])(?P<s>{_CARD})(?![0-9A-Za-z_]|\.\d)", _is_card),
    rule(
        "phone",
        "1",
        r"(?<![0-9A-Za-z_.])(?P<s>(?:\+?86[- ]?)?1[3-9]\d(?:\d{8}|[- ]\d{4}[- ]\d{4}))(?![0-9A-Za-z_]|\.\d)",
        _is_mobile,
    ),
)
PRIVATE = (
    rule("ip", "10. 192.168 172. 169.254 100.", _WHOLE4.format(_PRIVATE4), _is_address),
    rule("ip", "ip-1", r"(?<![A-Za-z0-9])ip-(?P<s>(?:10|172|192)(?:-\d{1,3}){3})(?!\d)"),
    rule(
        "ip",
        "fc fd fe",
        r"(?<![0-9A-Za-z:.])(?P<s>[fF][c-eC-E][0-9a-fA-F]{2}:(?:[0-9a-fA-F]{0,4}:){0,6}[0-9a-fA-F]{0,4})(?![0-9A-Za-z:])",
        _is_private6,
    ),
)
PUBLIC = (
    rule("ip", ".", _WHOLE4.format(_ADDRESS4), lambda match: not _is_own(match) and _is_address(match)),
    rule(
        "ip",
        ":",
        r"(?<![0-9A-Za-z:.])(?P<s>[23][0-9a-fA-F]{3}:(?:[0-9a-fA-F]{0,4}:){1,6}[0-9a-fA-F]{0,4})(?![0-9A-Za-z:])",
        _is_public6,
    ),
)
EMAILS = (
    rule(
        "e-mail",
        "@",
        r"(?<![\w.+%-])(?P<s>[\w.+%-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z][A-Za-z0-9-]{1,62})",
        _is_mail,
    ),
)


def hosts(suffixes: Iterable[str]) -> tuple[Rule, ...]:
    """Return the rules for host names that end in one of these, such as `corp.example`; a name alone is its own end."""
    ends = tuple(each.strip().strip(".").lower() for each in suffixes if each.strip(" ."))
    if not ends:
        return ()
    any_end = "|".join(map(re.escape, sorted(ends, key=len, reverse=True)))
    pattern = rf"(?i)(?<![\w.-])(?P<s>(?:[a-z0-9_.-]{{0,200}}?\.)?(?:{any_end}))(?![\w-]|\.\w)"
    return (Rule("host", ends, rule("host", "", pattern).find),)
