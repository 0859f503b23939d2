"""The doctor's check of WeCom's callbacks: what the admin console asks when an address is saved, asked by ourselves."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

import httpx

from workers.cli.doctor import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.wecom.crypto import Crypto
    from bot.settings import Http, Wecom

WITHIN_S = 3.0
FOUND, FORBIDDEN, MALFORMED = 200, 403, 400
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a server may listen on, said as one can call it


def app(wecom: Wecom, http: Http) -> Finding:
    """Check the self-built app's callback."""
    from adapters.wecom.crypto import Crypto
    from adapters.wecom.receiving.app import PATH

    crypto = Crypto(wecom.token.strip(), wecom.aes_key.strip(), wecom.corp_id.strip())
    return _verified("wecom app callback", crypto, http, PATH)


def bot(wecom: Wecom, http: Http) -> Finding:
    """Check the AI bot's callback."""
    from adapters.wecom.crypto import Crypto
    from adapters.wecom.receiving.callback import PATH

    return _verified("wecom bot callback", Crypto(wecom.bot_token.strip(), wecom.bot_aes_key.strip()), http, PATH)


def _verified(name: str, crypto: Crypto, http: Http, path: str) -> Finding:
    """Verify the address with the configured key, at the server that runs here if one does, else in this process."""
    from adapters.wecom.receiving import requests

    said, query = _asking(crypto)
    url = httpx.URL(scheme="http", host=EVERYWHERE.get(http.host, http.host), port=http.port, path=path)
    try:
        reply = httpx.get(url, params=query, timeout=WITHIN_S, trust_env=False) if http.port else None
    except httpx.TransportError:
        reply = None
    if reply is None:
        is_right = requests.verified(query, crypto) == said
        return Finding(name, "verifies; checked without a server, since none runs here", status=0 if is_right else 1)
    if reply.status_code == FOUND and reply.text == said:
        return Finding(name, f"{url} verifies")
    if reply.status_code in {FORBIDDEN, MALFORMED}:
        why = "was started with another Token, EncodingAESKey or CorpID than are set now: start it again"
        return Finding(name, f"{url} {why}", 1)
    what = f"HTTP {reply.status_code} from {url}: is it `quorum serve wecom`, or `all`, that runs there?"
    return Finding(name, what, warning=True)


def _asking(crypto: Crypto) -> tuple[str, Mapping[str, str]]:
    """Return a text, and the query that asks for it as the admin console would."""
    said = secrets.token_hex(10)
    sealed = crypto.seal(said, secrets.token_hex(5), int(time.time()))
    signed = {"msg_signature": sealed.signature, "timestamp": str(sealed.at), "nonce": sealed.nonce}
    return said, {**signed, "echostr": sealed.encrypted}
