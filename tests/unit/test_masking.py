"""A question is masked as a whole: one name a value, names of other questions apart, and its asker is told."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis.masking import MaskingAnswerer, masked, masked_question, newly, told
from bot.diagnosis.placeholders import KINDS, PLACEHOLDER, holes, unnumbered
from bot.phrases import say
from bot.retrieval import queries
from bot.settings import Masking
from bot.types import Address, Answer, Attachment, Question, Turn
from tests.fakes import leaking

POLICY = Masking()
ASKED = Question("q-1", "10.1.2.3 refuses password=hunter22", Address("web", "room", "someone"), "en", 1.0)
SECRETS = [(kind, made(random.Random(kind)), frames) for kind, (made, frames) in leaking.KINDS.items()]  # noqa: S311 - made up


def test_values_are_numbered_in_the_order_in_which_they_come_and_equal_ones_are_called_alike() -> None:
    text = "10.0.0.9 to 10.0.0.1, then 10.0.0.9 again; password=tiger99x, passwd: tiger99x, pwd=other77"

    assert masked(text, POLICY) == (
        "<ip-1> to <ip-2>, then <ip-1> again; password=<password-1>, passwd: <password-1>, pwd=<password-2>"
    )


def test_a_password_is_masked_wherever_else_it_stands() -> None:
    assert masked("IDENTIFIED BY hunter22; later: hunter22 was refused", POLICY).endswith("<password-1> was refused")


def test_a_text_that_imitates_our_placeholders_keeps_them_and_shares_none_with_a_value() -> None:
    text = "<ip-7> and <password-1> are mine; 10.0.0.1 and password=tiger99x and <ip-0> <ip-1000000> <host-2>"

    assert masked(text, POLICY) == (
        "<ip-7> and <password-1> are mine; <ip-8> and password=<password-2> and <ip-0> <ip-1000000> <host-2>"
    )


@pytest.mark.parametrize(
    "value", ["<hunter22>", "\ufdd0hunter22\ufdd1", "‹hunter22›", "<password-0>9", "<ip-10000000>x9"]
)
def test_no_bracket_hides_a_password_from_the_masking(value: str) -> None:
    found = masked(f"password={value}", POLICY)

    assert "hunter22" not in found
    assert found.startswith("password=<password-1>")


@given(
    st.lists(
        st.sampled_from(
            [*(f"<{kind}-{n}>" for kind in KINDS[:4] for n in (1, 2, 9)), "10.0.0.1", "10.0.0.2", "pwd=tiger99x", " x "]
        ),
        max_size=12,
    )
)
def test_names_that_were_typed_stay_and_values_get_others(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = masked(text, POLICY)
    typed = [name.group() for name in PLACEHOLDER.finditer(text)]
    new = {name.group() for name in PLACEHOLDER.finditer(found)} - set(typed)

    assert masked(found, POLICY) == found
    assert all(name in found for name in typed)
    assert len(new) == sum(value in text for value in ("10.0.0.1", "10.0.0.2", "tiger99x"))


def test_text_and_what_is_quoted_are_named_together_and_the_counts_are_of_values() -> None:
    quoted = replace(ASKED, context=(Turn("U2", "10.1.2.3 and 10.9.9.9, key AKIAIOSFODNN7EXAMPLE"),))
    found = masked_question(quoted, POLICY)

    assert found.text == "<ip-1> refuses password=<password-1>"
    assert found.context[0].text == "<ip-1> and <ip-2>, key <token-1>"
    assert found.masked == {"ip": 2, "password": 1, "token": 1}
    assert masked_question(found, POLICY) is found


def test_what_was_said_earlier_has_names_of_its_own() -> None:
    accepted = masked_question(ASKED, POLICY)
    said = (
        Turn("U1", "is 10.1.2.3 down?"),
        Turn("", "<ip-1> is down.", ours=True),
        Turn("U1", "<ip-1> as well?"),
        Turn("", "<ip-1> as well, <ip-2> is not.", ours=True),
    )
    found = masked_question(replace(accepted, context=said), POLICY, accepted)

    assert found.text == accepted.text
    assert [turn.text for turn in found.context] == [
        "is <ip-2> down?",
        "<ip-3> is down.",
        "<ip-4> as well?",
        "<ip-4> as well, <ip-5> is not.",
    ]
    assert found.masked == {"ip": 2, "password": 1}


def test_names_of_files_and_notices_are_masked_too() -> None:
    file = Attachment("F1", "dump-13812345678.log", "text/plain", 1)
    found = masked_question(replace(ASKED, attachments=(file,), notices=("“dump-13812345678.log” is long",)), POLICY)

    assert found.attachments[0].name == "dump-<phone-1>.log"
    assert found.notices == ("“dump-<phone-1>.log” is long",)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (
            Masking(addresses="none", emails=False),
            "10.0.0.1 203.0.113.9 fd00::1 2001:db8::1 db1.corp.example a@b.example <phone-1>",
        ),
        (Masking(), "<ip-1> 203.0.113.9 <ip-2> 2001:db8::1 db1.corp.example <e-mail-1> <phone-1>"),
        (Masking(addresses="all"), "<ip-1> <ip-2> <ip-3> <ip-4> db1.corp.example <e-mail-1> <phone-1>"),
        (Masking(hosts=(".corp.example",)), "<ip-1> 203.0.113.9 <ip-2> 2001:db8::1 <host-1> <e-mail-1> <phone-1>"),
    ],
)
def test_addresses_hosts_and_mails_are_masked_as_the_settings_say(policy: Masking, expected: str) -> None:
    text = "10.0.0.1 203.0.113.9 fd00::1 2001:db8::1 db1.corp.example a@b.example 13812345678"

    assert masked(text, policy) == expected


@pytest.mark.parametrize(
    "text", ["127.0.0.1:3306", "0.0.0.1", "255.255.255.0", "Release 19.3.0.0", "notcorp.example", "corp.example.org"]
)
def test_what_only_looks_like_an_address_or_a_host_of_ours_stays(text: str) -> None:
    assert masked(text, Masking(addresses="all", hosts=("corp.example",))) == text


def test_lines_stay_where_they_were() -> None:
    text = "a\n-----BEGIN PRIVATE KEY-----\nMIIEpAIB\nAAK\n-----END PRIVATE KEY-----\nb"

    assert masked(text, POLICY).splitlines() == ["a", "<private-key-1>", "", "", "", "b"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_asker_is_told_what_was_masked_by_kind_and_count(language: str) -> None:
    said = told({"password": 1, "ip": 2}, language)  # type: ignore[arg-type] # one of the two

    assert said == (
        ("读取之前已遮盖：1 个密码、2 个 IP 地址。",)
        if language == "zh"
        else ("Masked before anything was read: 1 password, 2 addresses.",)
    )
    assert told({}, "en") == ()
    assert all(say(f"masked_{kind}{one}", "zh", count=2) for kind in KINDS for one in ("", "_one"))


class Seen:
    """Keeps what it is asked."""

    def __init__(self) -> None:
        self.questions: list[Question] = []

    def answer(self, question: Question, tell: object = None) -> Answer:  # noqa: ARG002 - what an answerer is given
        self.questions.append(question)
        return Answer(question.id, question.id, "answered", "yes", "en", notices=("kept",))


def test_an_answerer_behind_the_masking_sees_no_secret_and_the_asker_is_told_once() -> None:
    seen = Seen()
    masking = MaskingAnswerer(seen, POLICY)
    first = masking.answer(ASKED)
    second = masking.answer(seen.questions[0])

    assert "hunter22" not in seen.questions[0].text
    assert first.notices == ("Masked before anything was read: 1 password, 1 address.", "kept")
    assert second.notices == ("kept",)
    assert newly(seen.questions[0], ASKED) == {"ip": 1, "password": 1}


@pytest.mark.parametrize(("kind", "secret", "frames"), SECRETS, ids=[kind for kind, *_ in SECRETS])
def test_whoever_pastes_another_secret_asks_the_same(kind: str, secret: str, frames: tuple[str, ...]) -> None:
    del kind
    other = secret[:-1] + ("7" if secret[-1] != "7" else "8")
    texts = [masked(frames[0].format(each), POLICY) for each in (secret, secret, other)]

    assert texts[0] == texts[1]
    assert secret not in texts[0]


def test_placeholders_are_holes_for_the_search() -> None:
    text = "Can't connect to MySQL server on '<ip-1>' (110), password <password-1>"

    assert "ip" not in queries.read(queries.unaddressed(text)).tokens
    assert "password-1" not in queries.read(queries.unaddressed(text)).tokens
    assert queries.message(queries.unaddressed(text)) == "Can't connect to MySQL server on ' ' (110), password"
    assert holes("<ip-1>") == "<ip-1>"
    assert unnumbered("<ip-1> and <ip-22>") == "<ip> and <ip>"
