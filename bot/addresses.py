"""How addresses of servers are shown: without user, password and options, which may be secrets."""

from __future__ import annotations


def without_secrets(url: str) -> str:
    """Return a URL without what stands before `@` and after `?`, fit for messages and keys.

    A password whose signs should have been %-escaped stays hidden too.

    >>> without_secrets("elasticsearchs://bot:pass@a:9200,b:9200/quorum?api_key=k")
    'elasticsearchs://a:9200,b:9200/quorum'
    >>> without_secrets("redis://:pa/ss?word@a:6379/0")
    'redis://a:6379/0'
    >>> without_secrets("lance:///var/lib/index")
    'lance:///var/lib/index'
    """
    scheme, separator, rest = url.partition("://")
    if not separator or rest.startswith("/"):
        return url.partition("?")[0]
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"
