"""Credentials in documents never reach an index; everything else of them does, where it was."""

from __future__ import annotations

from bot.knowledge.chunking import split
from bot.knowledge.concealing import concealed
from bot.knowledge.documents import Document, Row, Section, Table
from bot.knowledge.reading import read

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIB\nAAK+/=\n-----END RSA PRIVATE KEY-----"
PAGE = f"""# Connect

jdbc:mysql://db:3306/x?user=a&password=hunter22&useSSL=false

{KEY}

## Whom to call

Call 13812345678 or write to dba@example.com; the host is 10.1.2.3. Never use hunter22 again.
"""


def test_no_credential_of_a_document_is_in_a_chunk_and_a_warning_counts_them() -> None:
    draft = read("connect.md", PAGE.encode(), 1_600, 10**6)
    said = "\n".join(piece.text for piece in draft.pieces)

    assert "hunter22" not in said
    assert "MIIEpAIB" not in said
    assert "password=<password-1>&useSSL=false" in said
    assert "2 credentials masked: 1 password, 1 private key" in draft.warnings


def test_what_belongs_to_people_stays_in_a_document() -> None:
    said = "\n".join(piece.text for piece in read("connect.md", PAGE.encode(), 1_600, 10**6).pieces)

    assert all(each in said for each in ("13812345678", "dba@example.com", "10.1.2.3"))


def test_lines_stay_where_they_were() -> None:
    before = split(Document((Section(PAGE, line=1),)), "connect.md", 200)
    after = split(concealed(Document((Section(PAGE, line=1),))), "connect.md", 200)

    assert [piece.line_end for piece in after.pieces][-1] == [piece.line_end for piece in before.pieces][-1]


def test_cells_of_a_table_are_masked_in_their_places() -> None:
    rows = (Row(2, ("How?", "mysql -uroot -phunter22", "a\x1fb")), Row(3, ("Why?", "two\nlines", "")))
    table = Table(("question", "answer", "note"), rows)
    (found,) = concealed(Document((table,))).parts

    assert isinstance(found, Table)
    assert [row.cells for row in found.rows] == [
        ("How?", "mysql -uroot -p<password-1>", "a b"),
        ("Why?", "two\nlines", ""),
    ]


def test_a_document_without_credentials_is_left_as_it_is() -> None:
    document = Document((Section("ORA-01555: snapshot too old"), Table(("a",), (Row(2, ("1\x1f2",)),))))

    assert concealed(document) is document
