"""The embedded index: chunks in a LanceDB table, with word counts beside it in SQLite."""

from bot.backends.lance.index import LanceIndex

__all__ = ["LanceIndex"]
