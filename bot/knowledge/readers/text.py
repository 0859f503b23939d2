"""Markdown with front matter, plain text and logs."""

from __future__ import annotations

from bot.knowledge.documents import Document, Section
from bot.knowledge.readers.encoding import decode


def read_markdown(data: bytes) -> Document:
    """Read Markdown; front matter may give `title` and `url`."""
    text, warnings = decode(data)
    matter, body, more = _front_matter(text)
    line = text.count("\n") - body.count("\n") + 1
    title, url = (str(matter.get(name) or "").strip() for name in ("title", "url"))
    return Document((Section(body, line=line),), title=title, url=url or None, warnings=warnings + more)


def read_plain(data: bytes) -> Document:
    """Read plain text and logs, where a leading `#` is no heading."""
    text, warnings = decode(data)
    return Document((Section(text, markdown=False, line=1),), warnings=warnings)


def _front_matter(text: str) -> tuple[dict[str, object], str, tuple[str, ...]]:
    if not text.startswith("---"):
        return {}, text, ()
    from frontmatter.default_handlers import YAMLHandler
    from yaml import YAMLError

    handler = YAMLHandler()
    try:
        matter, body = handler.split(text)
        values = handler.load(matter)
    except ValueError:
        return {}, text, ()  # one rule of dashes at the top, no front matter
    except YAMLError as exc:
        problem = " ".join(str(exc).split())
        return {}, text, (f"The front matter is not YAML and was read as text: {problem}",)
    return (values, body, ()) if isinstance(values, dict) else ({}, text, ())
