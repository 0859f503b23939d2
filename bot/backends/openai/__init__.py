"""OpenAI-compatible servers over httpx: chat completions, embeddings and `/rerank`."""

from bot.backends.openai.address import split
from bot.backends.openai.embedder import OpenAIEmbedder
from bot.backends.openai.model import OpenAIModel
from bot.backends.openai.reranker import OpenAIReranker

__all__ = ["OpenAIEmbedder", "OpenAIModel", "OpenAIReranker", "split"]
