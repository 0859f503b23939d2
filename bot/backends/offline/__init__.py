"""The answerer that needs no model: it quotes the block of a passage that fits the question best."""

from bot.backends.offline.model import OfflineModel

__all__ = ["OfflineModel"]
