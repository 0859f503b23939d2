"""How passwords, tokens and keys are written: beside their names, in SQL and commands, in addresses, or by their shape.

No pattern begins within a run of what it repeats, and what it repeats is possessive or bounded, so that the time
grows with the text's length and no faster.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.diagnosis.rules import CLOSE, OPEN, Rule, rule, secret, span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.diagnosis.rules import Span

_MASK = f"{OPEN}{CLOSE}"
"""Written `\\ufdd0\\ufdd1` where a pattern is full of braces."""
_QUOTED = (
    rf"(?:\\++[\"'](?P<escaped>(?:(?!\\++[\"'])[^\n{_MASK}])++)"
    rf"|(?:N(?='))?(?P<q>[\"'`])(?P<quoted>(?:\\.|(?P=q)(?P=q)|(?!(?P=q))[^\\\n{_MASK}])++)"
    rf"|[“‘](?P<curled>[^\n”’{_MASK}]++))"
)
_BARE = (
    rf"(?P<bare>(?:[^\s\"'`,;&<{_MASK}，。；、！？（）【】“”‘’《》]"
    rf"|[\"'`](?![\s,;:.)}}\]&>\\{OPEN}]|$)|<(?!/)"
    r"|[,;&](?!\s|$|[\"'`\\]|[\w.\- ]{1,40}[=:]))++)"
)
_SOMETHING = rf"(?!\\*N?[\"'`“‘]?{OPEN}|(?P<none>[\"'`])(?P=none)(?!(?P=none)))"
_VALUE = rf"{_SOMETHING}(?:{_QUOTED}|{_BARE})"
_ARGUMENT = rf"{_SOMETHING}(?:{_QUOTED}|(?P<bare>[^\s\"'`{_MASK}]++))"
_SIGN = (
    r"\d{0,2}[\"'`\])\\]{0,3}(?:[ \t](?:for|of)[ \t][^\s:=]{1,64})?[ \t]{0,8}"
    r"(?:(?P<equals>(?>=>|:=|={1,3}|＝|>))|:|：|\b(?i:is)\b|是|为)[ \t]{0,8}"
)
"""What stands between a name and its value; `>` as in XML."""

_NAMED = (
    r"(?:(?i:passw(?:or)?d|passwort|passphrase|passcode|密码|口令|(?<=_)pwd|pwd(?!=/))"
    r"|(?<![A-Za-z])(?i:pass|pw)(?=[\"'\]]?[ \t]?=)|(?<=[_-])(?i:pass|pw)(?![A-Za-z])|(?<=[a-z])Pass(?![A-Za-z]))"
)
"""`PWD=/…` is a shell's working folder."""

_WEAKLY_NAMED = (
    r"(?:(?i:token|secret|credentials?|jsessionid|session[_-]?id|密钥|令牌|私钥|signature)|(?<![A-Za-z])(?i:sig)(?==)"
    r"|(?i:api|access|secret|account|encryption|auth|app|client|shared|master|signing|private|license)"
    r"(?i:[ _-]?(?:access[ _-]?)?key(?:[ _-]?id)?))"
)
_NOTHING = re.compile(
    r"(?i)(?:yes|no|true|false|null|none|nil|undefined|empty|error|required|expired|invalid|incorrect|wrong|missing"
    r"|str(?:ing)?|bool(?:ean)?|int|text|optional|any|is|not|the|for|on|off|default|changed|reset|locked|unlocked)"
    r"(?:[.:)\]}]*$)|(?:yes|no|true|false|null|none)(?![\w!@#$%^&*-])"
    r"|[*•?]+[)\]},.;]*$|[x]{3,}$|\$\{|\$\(|\{\{|%[(s]|<[A-Za-z_ .\u4e00-\u9fff-]+>$|[.…]+$"
    r"|[\u4e00-\u9fff]{0,4}(?:已|未|过期|失效|错误|锁定|为空|不能|必须|无效|不正确|不对|重置|修改|更改)[\u4e00-\u9fff]*$"
    r"|(?:(?:your|new|old|my|the|some)[_ -]?)?(?:password|passwd|pwd)[)\]},.;]*$|[新旧原你您的强]{0,4}(?:密码|口令)$"
    r"|[A-Za-z_][\w.]*+(?:\[[\"']|\([\"')]|\([\w.]*\)[;,]?$)"
)
"""What stands where a password would: words, what a template fills in, and what others have masked."""

_CONSTANT = re.compile(r"[A-Z]+(?:_[A-Z]+)+$|(?:ORA|TNS|RMAN|PLS|CRS|MY)-\d{4,6}[.,;]?$")
"""`YOUR_API_TOKEN`, where a template has a token; `signature=ORA-00600`."""

_OF_DAY = re.compile(r"\d{1,2}:\d\d:\d\d(?:[.,]\d+)?@")
_PAIR = r"(?i:\b(?:name|key|id|property)[\"'\\]{0,3}\s{0,4}[:=]\s{0,4}[\"'\\]{0,3})[\w.-]{0,60}?"
_PAIRED = (
    r"[\"'\\]{0,3}(?:[,;]?\s{1,40}|,)"
    rf"(?i:[\"'\\]{{0,3}}value[\"'\\]{{0,3}}\s{{0,4}}[:=]\s{{0,4}}){_VALUE}"
)
_ELEMENT = rf"[\"'][^<>\n]{{0,80}}>\s{{0,40}}(?P<s>[^<>\s{_MASK}]{{1,200}}+)\s{{0,40}}</"
"""`"name": "DB_PASSWORD", "value": "…"`, as containers are told, and `<property name="password">…</property>`."""

_GLUED = (
    rf"[\"'`]?{OPEN}[^{CLOSE}\n]{{0,40}}{CLOSE}"
    r"(?P<s>[A-Za-z0-9#$%^*+~-][^\s\"'`,;&<>()\[\]{}\u0080-\uffff]{3,200}+)"
)
"""What stands right behind a name that was there already, as if it belonged to it."""

_WORTHY = re.compile(r"(?=\D*\d)\S{6,}|\S{20,}")
_STRANGE = re.compile(r"(?=\S*[\d!@#$%^&*~])\S{4,}|\S{20,}")


def _given(match: re.Match[str]) -> bool:
    """Tell a password from a word: after `is` it has a sign that words have not."""
    value = secret(match)
    start = span(match)[0]
    loose = match.group("equals") is None and _IS.search(match.string[max(0, start - _NEAR) : start]) is not None
    return _NOTHING.match(value) is None and (not loose or _STRANGE.match(value) is not None)


def _strange(match: re.Match[str]) -> bool:
    """Tell a password from a word behind which a blank is missing."""
    return _STRANGE.match(secret(match)) is not None


def _weighty(match: re.Match[str]) -> bool:
    """Tell a token from a word; grammars and programs have tokens too."""
    value = secret(match)
    is_set = match.groupdict().get("equals") is not None and len(value) > _SHORT
    is_named = _NOTHING.match(value) is not None or _CONSTANT.match(value) is not None
    return not is_named and (is_set or _WORTHY.match(value) is not None)


def _in_statement(match: re.Match[str]) -> bool:
    """Tell `IDENTIFIED BY tiger` from prose: a plain word counts where a statement begins before it, or shouts."""
    is_plain = match.group("bare") is not None and secret(match).isalpha() and "IDENTIFIED" not in match[0]
    before = match.string[max(0, match.start() - _STATEMENT) : match.start()]
    return _meant(match) and (not is_plain or _DEFINING.search(before) is not None)


def _meant(match: re.Match[str]) -> bool:
    return _NOTHING.match(secret(match)) is None


_IS = re.compile(r"(?i)(?:\bis|是|为)[ \t]*$")
_NEAR = 20
_SHORT = 3
_STATEMENT = 200
_DEFINING = re.compile(r"(?i)\b(?:create|alter|grant|connect)\b")
_STRONG_MARKS = "pass pwd pw 密码 口令"
_WEAK_MARKS = "token secret credential session signature sig key 密钥 令牌 私钥"
_NO_NAME = r"(?!(?i:the|an?|its|their|this|that|each|one|some|which|using|externally|globally|means)(?:\s|$))"
_BY = r"(?i:identified\s{1,8}(?:with\s{1,8}\S{1,64}\s{1,8})?(?:by|as)\s{1,8}(?:(?:values|password)\s{1,8})?+)"
_HOST = r"(?=[\w/(\[\"])(?!v\d|\d+\.\d+\.\d+(?![.\d])|sha\d+:)"

_SHAPES = (
    r"(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"
    r"|(?:LTAI|AKID)[A-Za-z0-9]{12,40}(?![A-Za-z0-9])"
    r"|xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{8,}+|xapp-[A-Za-z0-9-]{8,}+"
    r"|gh[pousr]_[A-Za-z0-9]{20,}+|github_pat_\w{20,}+|glpat-[\w-]{16,}+"
    r"|sk-(?=[\w-]{0,60}\d)[\w-]{16,}+|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}+"
    r"|hf_[A-Za-z0-9]{20,}+|AIza[\w-]{35}|npm_[A-Za-z0-9]{30,}+|pypi-AgE[\w-]{20,}+"
    r"|(?:hvs|hvb)\.[\w-]{20,}+|dop_v1_[a-f0-9]{40,}+|dapi[a-f0-9]{32}(?![A-Za-z0-9])|ya29\.[\w-]{20,}+"
    r"|SG\.[\w-]{16,}+\.[\w-]{16,}+|GOCSPX-[\w-]{20,}+|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"
    r"|(?<![A-Za-z0-9_-])eyJ[\w-]{8,}+\.[\w-]{8,}+(?:\.[\w-]*+){0,3}"
)
_SHAPE_MARKS = (
    "akia asia aroa aida abia acca ltai akid xox xapp- ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- sk- sk_live sk_test "
    "rk_live rk_test hf_ aiza npm_ pypi-age hvs. hvb. dop_v1_ dapi ya29. sg. gocspx- shpat_ shpca_ shppa_ shpss_ eyj"
)
_LINE = re.compile(r"(?:[^\n\\]|\\[\s\S]|\\$)++")
_MYSQLS = r"(?:mysql\w*|mariadb[\w-]*|obclient|xtrabackup|mariabackup|innobackupex|mydumper|myloader|pt-[\w-]+)"
_COMMANDS = tuple(
    (re.compile(rf"(?<![\w-])(?:{program})(?![\w])"), re.compile(rf"(?<=[\s\"'])(?:{option}){_ARGUMENT}"))
    for program, option in (
        (_MYSQLS, r"-p"),
        (r"mongo\w*|sshpass|isql|sqlcmd|bcp|tsql|docker\s+login|unzip|zip|mosquitto_\w+", r"-[pP]\s{0,4}"),
        (r"redis-cli", r"(?:-a|--pass)\s{1,4}"),
        (r"ldap\w+", r"-w\s{0,4}"),
        (r"curl|wget|http", r"(?:-u|--user|-U|--proxy-user)[ =]{0,4}[\"']?[^\s:\"']{1,64}:"),
        (r"db2", r"(?i:user)\s{1,4}\S{1,64}\s{1,4}(?i:using)\s{1,4}"),
        (r"gs\w+", r"-W\s{0,4}"),
        (
            r"sqlplus|sqlldr|expdp|impdp|exp|imp|rman|disql|dexp|dimp|dmrman",
            r"(?:\w{1,12}=)?[A-Za-z][\w$#]{0,30}/(?!/)",
        ),
    )
)
"""Programs, and the option of theirs that a password follows."""

_PROGRAM_MARKS = (
    *("mysql", "mariadb", "obclient", "xtrabackup", "mariabackup", "innobackupex", "mydumper", "myloader", "pt-"),
    *("mongo", "sshpass", "isql", "sqlcmd", "bcp", "tsql", "docker", "zip", "mosquitto_", "redis-cli", "ldap", "curl"),
    *("wget", "http ", "sqlplus", "sqlldr", "expdp", "impdp", "exp ", "imp ", "rman ", "disql", "dexp", "dimp"),
    *("dmrman", "db2", "gsql", "gs_"),
)


def _arguments(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the passwords among the arguments of commands, line by line, continued lines as one."""
    for line in _LINE.finditer(text, start, end):
        spans = {
            span(match)
            for program, option in _COMMANDS
            if program.search(text, *line.span())
            for match in option.finditer(text, *line.span())
            if _meant(match)
        }
        yield from sorted(spans)


RULES = (
    rule(
        "password",
        "://",
        r"(?<=://)[^\s/:@\"'<>\[\ufdd0\ufdd1]{0,100}:(?!\d{1,5}(?:[/?\s]|$))(?P<s>[^\s\"'<>\ufdd0\ufdd1]{1,300})@(?=[\w.\[%-])",
        _meant,
    ),
    rule("token", "http", r"https?://(?P<s>[^\s/:@\"'<>?#\ufdd0\ufdd1]{16,200})@"),
    rule(
        "password",
        "@",
        r"(?<![\w/@.:-])(?!jdbc:oracle)[\w.-]{1,64}:(?P<s>[^\s/@\"'<>(){}\[\]\ufdd0\ufdd1]{1,100})@(?=[\w.-]{1,100}(?:\(|/|:\d))",
        lambda match: _OF_DAY.match(match[0]) is None,
    ),
    rule("token", "hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<s>[\w/-]{10,}+)"),
    rule("token", "key= /hook/", r"(?:[?&]key=|/hook/)(?P<s>[\w.-]{16,}+)"),
    rule("token", _SHAPE_MARKS, rf"(?<![A-Za-z0-9])(?P<s>{_SHAPES})"),
    rule(
        "token",
        "authorization",
        r"(?i)authorization[\"'\]\\]{0,3}\s?[:=]\s{0,4}[\"'\\]{0,3}"
        r"(?:bearer|basic|digest|token|apikey|negotiate|ntlm)\s{1,4}(?P<s>[^\s\"'\\\ufdd0\ufdd1]{3,}+)",
    ),
    rule("token", "authorization", rf"(?i:authorization){_SIGN}{_VALUE}", _weighty),
    rule("token", "bearer", r"(?i:\bbearer)[ \t]{1,4}(?P<s>[\w.~+/=-]{6,}+)", _weighty),
    rule("token", "cookie", r"(?i:\bcookie)[\"']?\s?[:=][ \t]{0,4}[\"']?(?P<s>[\w.-]{1,80}=[^\n\"'\ufdd0\ufdd1]++)"),
    rule("password", "identified", rf"{_BY}{_NO_NAME}{_VALUE}", _in_statement),
    rule("password", "identified", rf"(?i:identified\s{{1,8}}by\s{{1,8}}\S{{1,80}}\s{{1,8}}replace\s{{1,8}}){_VALUE}"),
    rule(
        "password", "password", rf"(?<![\"'`])(?i:password)(?:[ \t]{{0,4}}\([ \t]{{0,4}}|[ \t]{{1,8}}){_QUOTED}", _meant
    ),
    rule(
        "password",
        "密码 口令 password pwd",
        r"(?i)(?:账号|帐号|账户|用户名?|\buser(?:name)?)[ \t]{0,2}[/、和]?[ \t]{0,2}(?:密码|口令|password|pwd)"
        r"[ \t]{0,4}[:：=＝][ \t]{0,4}[^\s/\ufdd0\ufdd1]{1,64}(?:[ \t]{1,4}(?:/[ \t]{0,4})?|/)"
        r"(?P<s>(?=[!-~]{0,60}[\d!@#$%^&*])[!-~]{4,64}+)",
    ),
    rule("password", _STRONG_MARKS, rf"{_PAIR}{_NAMED}{_PAIRED}", _meant),
    rule("password", _STRONG_MARKS, rf"{_PAIR}{_NAMED}{_ELEMENT}", _meant),
    rule("token", _WEAK_MARKS, rf"{_PAIR}{_WEAKLY_NAMED}{_PAIRED}", _weighty),
    rule("token", _WEAK_MARKS, rf"{_PAIR}{_WEAKLY_NAMED}{_ELEMENT}", _weighty),
    rule("password", _STRONG_MARKS, rf"{_NAMED}{_SIGN}{_VALUE}", _given),
    rule("password", _STRONG_MARKS, rf"{_NAMED}{_SIGN}{_GLUED}", _strange),
    rule("token", _WEAK_MARKS, rf"{_WEAKLY_NAMED}{_SIGN}{_VALUE}", _weighty),
    rule("password", "--", rf"(?<=\s)--[\w-]{{0,30}}(?:password|passwd)[ \t]{{1,8}}(?!-){_ARGUMENT}", _meant),
    rule("password", "密码 口令", r"(?:密码|口令)[ \t]{1,4}(?=[!-~]{0,40}\d)(?=[!-~]{0,40}[A-Za-z])(?P<s>[!-~]{6,}+)"),
    rule(
        "password",
        "requirepass masterauth auth",
        r"(?im)^(?:\W{0,40}|[\w.:-]{1,80}(?:\[\d{1,3}\])?> ?)(?:config[ \t]set[ \t])?(?:requirepass|masterauth|auth)"
        r"[ \t]++(?P<s>[^\s\ufdd0\ufdd1]++)$",
    ),
    rule(
        "password",
        "auth",
        r"(?im)^[\w.:-]{1,80}(?:\[\d{1,3}\])?> ?auth[ \t]++[\w.-]{1,64}[ \t]++(?P<s>[^\s\ufdd0\ufdd1]++)$",
    ),
    rule(
        "password", "auth", r"(?i)[\s>]hello[ \t]++[23][ \t]++auth[ \t]++[\w.-]{1,64}[ \t]++(?P<s>[^\s\ufdd0\ufdd1]++)"
    ),
    rule("password", "setuser", r"(?i)acl[ \t]++setuser[ \t]++[^\n]{0,200}?[ \t]>(?P<s>[^\s\ufdd0\ufdd1]++)"),
    rule(
        "password", "login", rf"(?i:\blogin)[ \t]{{1,4}}\S{{1,64}}\s{{1,8}}(?i:password)[ \t]{{1,4}}{_ARGUMENT}", _meant
    ),
    rule(
        "password",
        "/",
        rf"(?<![\w/@.~\\-])[A-Za-z][\w$#]{{0,30}}/(?:\"(?P<quoted>[^\"\n\ufdd0\ufdd1]{{1,64}})\"|(?P<s>[^\s/\"'<>\ufdd0\ufdd1]{{1,64}}))@{_HOST}",
    ),
    rule(
        "password",
        "sys",
        r"(?<![\w/.-])[A-Za-z][\w$#]{0,30}/(?P<s>[^\s/@\ufdd0\ufdd1]{1,64})(?=\s{1,4}(?i:as\s{1,4}sys))",
    ),
    rule(
        "password",
        "conn",
        r"(?im)(?:^|[>;])[ \t]{0,8}conn(?:ect)?[ \t]{1,8}\w{1,30}"
        r"/(?P<s>[^\s/@\ufdd0\ufdd1;]{1,64})(?=[ \t]{0,8}(?:;|$))",
    ),
    rule("password", "*", r"(?<![\w*])(?P<s>\*[0-9A-F]{40})(?![0-9A-F])"),
    rule(
        "password", "$ scram", r"(?P<s>\$(?:1|2[aby]|5|6|y|7)\$[./\w$=,+-]{20,}+|SCRAM-SHA-256\$[^\s\"'\ufdd0\ufdd1]++)"
    ),
    Rule("password", _PROGRAM_MARKS, _arguments),
    rule(
        "password",
        "-p",
        rf"(?<=\s)-u ?\w\S{{0,63}}\s{{1,8}}(?:[^\n]{{0,200}}\s)?-p(?!\d{{1,5}}(?::\d{{1,5}})?(?:\s|$)){_ARGUMENT}",
        _meant,
    ),
)
"""In this order: what is whole, such as an address, before its parts."""
