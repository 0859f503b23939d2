"""What stands in a text in place of a secret: `<password-1>`, numbered by distinct value of a kind within one text."""

from __future__ import annotations

import re

KINDS = ("password", "token", "private-key", "ip", "host", "e-mail", "phone", "id-number", "card")
"""Every kind of secret, in the order in which an asker is told of them."""

PLACEHOLDER = re.compile(rf"<(?P<kind>{'|'.join(KINDS)})-(?P<number>[1-9]\d{{0,5}})>")
"""Of ours, or typed by a person who imitates them: both are taken for what they look like."""


def written(kind: str, number: int) -> str:
    """Return the placeholder of the value of a kind that came as the `number`th."""
    return f"<{kind}-{number}>"


def holes(text: str) -> str:
    """Return a text with a blank for each placeholder: they say nothing that could be looked up.

    A text that says nothing else stays as it is.
    """
    if "<" not in text:
        return text
    bare = PLACEHOLDER.sub(" ", text)
    return bare if bare.strip() else text


def unnumbered(text: str) -> str:
    """Return a text whose placeholders tell only the kind, `<password>`, so that messages of one kind are equal."""
    return PLACEHOLDER.sub(r"<\g<kind>>", text) if "<" in text else text
