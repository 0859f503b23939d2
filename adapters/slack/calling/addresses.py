"""Tells Slack's own addresses from others: files and response_urls are used nowhere else (design.md, section 14)."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_slacks(url: str, api_url: str) -> bool:
    """Tell whether `url` is one of Slack's, over https, or on the very host of the Web API that is set."""
    try:
        asked, known = urlsplit(url), urlsplit(api_url)
        same_place = (asked.scheme, asked.hostname, asked.port) == (known.scheme, known.hostname, known.port)
        on_its_own_port = asked.port in {None, 443}
    except ValueError:
        return False
    if asked.username is not None or asked.password is not None or not asked.hostname:
        return False
    is_public = asked.scheme == "https" and on_its_own_port and f".{asked.hostname}".endswith(".slack.com")
    return is_public or same_place
