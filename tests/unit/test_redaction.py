"""No secret survives the redaction, what a diagnosis needs does, and masking twice changes nothing."""

from __future__ import annotations

import string
import time
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis import codes, masking, redaction
from bot.diagnosis.identities import _CHECKS, _WEIGHTS
from bot.settings import Masking

if TYPE_CHECKING:
    from bot.diagnosis.redaction import Redacted

KINDS = {
    "password": [
        ("mysql -h db -uroot -p{} -P3306 mydb", "S3cret!"),
        ("mysql \\\n  -uroot \\\n  -p{}", "S3cret!"),
        ("sshpass -p '{}' ssh db", "S3 cret!"),
        ("redis-cli -h cache -a {} ping", "S3cret!"),
        ("CREATE USER scott IDENTIFIED BY {};", "tiger"),
        ("create user scott\n  identified by {} quota 1M on users", "tiger"),
        ('ALTER USER scott IDENTIFIED BY "{}" REPLACE old', "ti ger"),
        ("create user 'a'@'%' identified with caching_sha2_password by '{}'", "it''s"),
        ("ALTER ROLE app WITH ENCRYPTED PASSWORD '{}'", "S3cret!"),
        ("SET PASSWORD FOR app = PASSWORD('{}')", "S3cret!"),
        ("jdbc:mysql://db:3306/x?user=a&password={}&useSSL=false", "p@ss"),
        ("jdbc:oracle:thin:scott/{}@//db01:1521/ORCL", "tiger"),
        ("jdbc:oracle:thin:scott/{}@db01:1521:ORCL", "tiger"),
        ("sqlplus sys/{}@orcl as sysdba", "Ora_123"),
        ("sqlplus -s scott/{}", "tiger"),
        ("conn scott/{}", "tiger"),
        ("postgres://app:{}@db.example.com:5432/x", "p@ss/w0rd"),
        ("redis://:{}@cache:6379/0", "abc"),
        ("root:{}@tcp(db:3306)/x", "hunter2"),
        ("Server=h;Uid=sa;Pwd={};Encrypt=yes", "a;b,c&d"),
        ('{{"password": "{}", "user": "x"}}', 'a\\"b,c'),
        ('"{{\\"password\\":\\"{}\\",\\"n\\":1}}"', "abc"),
        ("<password>{}</password>", "hunter2"),
        ("export PGPASSWORD={}", "xyz"),
        ("spring.datasource.password={}", "xyz"),
        ("密码：{}，登录失败", "Abc@123"),
        ("密码是{}", "123456"),
        ("口令为“{}”", "一二三"),
        ("the password for root is {}", "hunter2"),
        ("requirepass {}", "foobared"),
        ("AS '{}'", "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"),
    ],
    "token": [
        ("Authorization: Bearer {}", "abc.def-123"),
        ("Authorization: Basic {}", "dXNlcjpwYXNz"),
        ("Set-Cookie: {}", "sid=abc; Path=/"),
        ("api_key: '{}'", "abcd1234efgh"),
        ("token={}", "abcdef"),
        ("aws_secret_access_key = {}", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("key {} was used", "AKIAIOSFODNN7EXAMPLE"),
        ("{} and", "xoxb-123456789012-abcdefghijkl"),
        ("使用{}调用", "xapp-1-A0123-456-abcdef"),
        ("({})", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
        ("OPENAI {}", "sk-proj-abc123DEF456ghi789"),
        ("jwt {}.", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_def"),
        ("https://{}@github.com/x/y", "0123456789abcdef0123"),
        ("https://hooks.slack.com/services/{}", "T0001/B0001/abcdefgh"),
    ],
    "private-key": [
        ("see\n{}\nthere", "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIB\nAAK+/=\n-----END RSA PRIVATE KEY-----"),
        ("{}\nand a log line", "-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7yn3bRHQhSXhPYRpRBZQGxJqpz"),
    ],
    "ip": [
        ("host {} is down", "10.20.30.40"),
        ("from '{}':3306", "192.168.1.20"),
        ("主机{}无法连接", "172.16.0.9"),
        ("at 10g {}:1521", "10.2.0.4"),
        ("on {}", "fd12:3456:789a::1"),
        ("via {}%eth0", "fe80::1ff:fe23:4567:890a"),
    ],
    "id-number": [("身份证{}。", "110101199003070134"), ("id: {}", "11010119900307002X")],
    "phone": [("电话 {}", "13812345678"), ("手机{}", "+86 138 1234 5678")],
    "card": [("card {}", "4111 1111 1111 1111"), ("卡号{}", "6222021234567890128")],
}
"""Kind → (text with a place for the secret, the secret)."""

HARMLESS = [
    "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)",
    "Enter password: ERROR 1045 (28000)",
    'ORA-01555: snapshot too old: rollback segment number 9 with name "_SYSSMU9$" too small',
    "ORA-12154: TNS:could not resolve the connect identifier specified",
    'ERROR: 23505: duplicate key value violates unique constraint "t_pkey"',
    "SQLSTATE[HY000] [2002] Connection refused",
    "2024-01-02T03:04:05.678+08:00 [MY-010584] [Repl] Replica I/O for channel ''",
    "1700000000.000100 1700000000000 1700000000000000000",
    "Oracle Database 19c Enterprise Edition Release 19.3.0.0.0",
    "Release 10.2.0.4.0, version 10.2.0.4, 升级到 10.2.0.5",
    "MySQL 8.0.36, MariaDB 10.11.6-MariaDB-log, PostgreSQL 16.2",
    "127.0.0.1:3306 ::1 8.8.8.8 2001:db8::1 fe:80:01:02:03:04",
    "Log sequence number 15812345678; SCN: 13812345678; current change 13912345678",
    "default_password_lifetime=0 password_file=/etc/x validate_password.policy=LOW",
    "password authentication failed; the password is expired; password: ****; password=${DB_PASSWORD}",
    "SELECT user, password FROM mysql.user WHERE password = ? AND token IS NULL",
    "syntax error, unexpected token: SELECT; primary key: id; foreign key (a)",
    "PWD=/u01/app/oracle",
    "bypass: yes compass=3 passes: 5",
    "sqlplus / as sysdba\nmysql -u root -p mydb\nmkdir -p /data\ndocker run -p 8080:80 x",
    "https://example.com:8080/@scope/pkg https://example.com/a?b=c@d",
    "uses: actions/checkout@v4, node/foo@18.0.0",
    "密码错误 密码为空 忘记密码怎么办？ 请修改密码。",
    "The session is identified by the SID",
    "High IO can be identified by examining the wait events",
    "(using password: YES)\\npassword: NO 是什么意思？",
    "BIGINT: -9223372036854775809 to 9223372036854775807",
    "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----",
    "110101199003070135 4111111111111112",
]
DEFAULT, NO_MAIL = Masking(), Masking(emails=False)


def redact(text: str, policy: Masking = DEFAULT) -> Redacted:
    return redaction.redact([text], masking.rules(policy))


def masked(text: str, policy: Masking = DEFAULT) -> str:
    return masking.masked(text, policy)


SECRETS = [(kind, frame, secret) for kind, cases in KINDS.items() for frame, secret in cases]


@pytest.mark.parametrize(("kind", "frame", "secret"), SECRETS)
def test_a_secret_is_replaced_by_its_kind(kind: str, frame: str, secret: str) -> None:
    found = redact(frame.format(secret))

    assert secret not in found.texts[0]
    assert f"<{kind}-1>" in found.texts[0]
    assert found.counts[kind] >= 1


@pytest.mark.parametrize("text", HARMLESS)
def test_what_a_diagnosis_needs_stays(text: str) -> None:
    assert redact(text).counts == {}
    assert masked(text) == text


def test_the_codes_of_a_log_with_secrets_stay() -> None:
    log = "\n".join([*(frame.format(secret) for _, frame, secret in SECRETS), *HARMLESS])

    assert codes.extract(masked("\n".join(HARMLESS))) == codes.extract("\n".join(HARMLESS))
    assert set(codes.extract("\n".join(HARMLESS))) <= set(codes.extract(masked(log)))


def test_addresses_of_e_mail_are_masked_where_that_is_asked_for() -> None:
    text = "write to a.b@example.com"

    assert masked(text, NO_MAIL) == text
    assert masked(text) == "write to <e-mail-1>"


PASSWORDS = st.text(string.ascii_letters + string.digits + "!#%^*_+-.~", min_size=8, max_size=20).filter(
    lambda word: any(c.isdigit() for c in word) and word[0].isalnum()
)
FRAMES = st.sampled_from([frame for frame, _ in KINDS["password"] if "AS '" not in frame])
IMITATIONS = ["\ufdd0", "\ufdd1", "<", ">", "<password-1>", "<ip-2>", "<token-999999>", "<ip-0>", "<ip-1000000>"]
PIECES = st.sampled_from([*HARMLESS, *(frame.format(secret) for _, frame, secret in SECRETS), *IMITATIONS])


@given(PASSWORDS, FRAMES, st.lists(PIECES, max_size=2), st.lists(PIECES, max_size=2))
def test_no_password_survives_wherever_it_stands(
    password: str, frame: str, before: list[str], after: list[str]
) -> None:
    assert password not in masked("\n".join([*before, frame.format(password), *after]))


@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=6), st.sampled_from(["", " ", "\n", "，", '"', "="]))
def test_masking_twice_masks_no_more_than_once(pieces: list[str], glue: str) -> None:
    once = masked(glue.join(pieces))

    assert masked(once) == once


@given(st.text(alphabet=" \n.,:;()abcdefgxyz数据库错误表空间不足", max_size=300))
def test_prose_without_secrets_is_unchanged(text: str) -> None:
    assert masked(text) == text


@given(st.integers(0, 255), st.integers(0, 255), st.integers(1, 254), st.sampled_from("'\" (@,/，在"))
def test_every_private_address_is_masked(a: int, b: int, c: int, before: str) -> None:
    for address in (f"10.{a}.{b}.{c}", f"192.168.{b}.{c}", f"172.{16 + a % 16}.{b}.{c}"):
        assert address not in masked(f"down{before}{address}: ORA-12541")
        assert "ORA-12541" in masked(f"down{before}{address}: ORA-12541")


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(110000, 659999), st.integers(0, 999))
def test_every_resident_id_with_a_right_check_digit_is_masked(born: date, place: int, number: int) -> None:
    digits = f"{place}{born:%Y%m%d}{number:03d}"
    right = _CHECKS[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]

    assert digits not in masked(f"身份证号{digits}{right}")


@given(st.text(string.digits, min_size=14, max_size=14))
def test_every_card_with_a_right_check_digit_is_masked(rest: str) -> None:
    digits = [int(c) for c in reversed(f"6{rest}")]
    total = sum(sum(divmod(2 * d, 10)) for d in digits[::2]) + sum(digits[1::2])

    assert rest not in masked(f"卡 6{rest}{-total % 10}")


@pytest.mark.parametrize(
    "piece",
    [
        "://",
        "password='",
        'password="\\"',
        "a/b@",
        "a:b@",
        "http://",
        "eyJ",
        "eyJa.",
        "identified by ",
        "1",
        "10.",
        "sqlplus a/",
        "mysql -p",
        "-----BEGIN PRIVATE KEY-----",
        "fd00:",
        "<password-1>",
        "\ufdd0",
        "\\",
        "a=,",
        "*A",
        "a",
        "password is b1! ",
        "password: b ",
    ],
)
def test_the_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        started = time.process_time()
        masked(text)
        return time.process_time() - started

    assert seconds(160_000) < 16 * max(seconds(20_000), 0.02)
