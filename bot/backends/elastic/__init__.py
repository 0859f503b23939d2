"""The index on Elasticsearch 9: one alias over versioned indices, searched by one `_msearch`."""

from bot.backends.elastic.addresses import Address, read
from bot.backends.elastic.index import ElasticIndex
from bot.backends.elastic.versions import Maker

__all__ = ["Address", "ElasticIndex", "Maker", "read"]
