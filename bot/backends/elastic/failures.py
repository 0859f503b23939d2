"""What goes wrong between us and Elasticsearch, said in Quorum's own errors, each with what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.errors import (
    ConfigurationError,
    IndexDamagedError,
    IndexUnavailableError,
    QuorumError,
    StorageFullError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.backends.elastic.addresses import Address

VERSION = "9.3"
"""The first version that takes vectors as base64, which halves what is sent; 8 does not understand the client."""

_LONGEST = 300
_UNAUTHENTICATED, _FORBIDDEN, _MISSING, _NO_METHOD, _UNACCEPTABLE = 401, 403, 404, 405, 406
_CONFLICT, _BUSY, _BROKEN = 409, 429, 500
_FLOOD = ("flood-stage", "read-only-allow-delete")


@contextmanager
def mapped(address: Address) -> Iterator[None]:
    """Turn the client's errors into errors that say what to do; no message holds a secret."""
    from elastic_transport import ApiError, TransportError
    from elasticsearch import UnsupportedProductError
    from elasticsearch.helpers import BulkIndexError, ScanError

    try:
        yield
    except UnsupportedProductError as exc:
        message = f"What answers at {address.shown!r} is not Elasticsearch. {_CHECK}"
        raise ConfigurationError(message) from exc
    except ApiError as exc:
        raise refusal(address, exc.meta.status, _reason(exc.body) or str(exc.message)) from exc
    except TransportError as exc:
        raise unanswered(address, exc) from exc
    except (BulkIndexError, ScanError) as exc:
        raise IndexUnavailableError(_again(address, f"stopped half-way ({type(exc).__name__})")) from exc


def refusal(address: Address, status: int, reason: str) -> QuorumError:
    """Choose the error for a reply with this status; `reason` is Elasticsearch's, its type in front."""
    short = " ".join(reason.split())[:_LONGEST]
    if status in {_FORBIDDEN, _BUSY} and "cluster_block_exception" in reason:
        return StorageFullError(_blocked(address, short))
    if setting := _wrong_setting(address, status, short):
        return ConfigurationError(setting)
    if status in {_CONFLICT, _BUSY} or status >= _BROKEN:
        return IndexUnavailableError(_again(address, f"cannot do this just now ({status}: {short})"))
    if "index_not_found_exception" in reason:
        return IndexDamagedError(f"The index {address.shown!r} was deleted meanwhile. Ingest again.")
    return IndexDamagedError(
        f"Elasticsearch at {address.shown!r} refuses the request ({status}: {short}). If another program uses this "
        "name, set QUORUM_INDEX to another one and ingest again."
    )


def unanswered(address: Address, exc: Exception) -> QuorumError:
    """Choose the error for a request that got no reply that can be read."""
    from elasticsearch import ConnectionTimeout, SerializationError, SSLError

    text = str(exc)
    if isinstance(exc, SSLError):
        return _untrusted(address, text)
    if isinstance(exc, ConnectionTimeout):
        return IndexUnavailableError(_again(address, "does not answer in time", "Is it busy or paused?"))
    if isinstance(exc, SerializationError):
        return IndexUnavailableError(_again(address, "sent something that is no JSON", _CHECK))
    if not address.tls and "Connection aborted" in text:
        hint = "Was it stopped just now? If it expects TLS, write elasticsearchs:// in QUORUM_INDEX."
        return IndexUnavailableError(_again(address, "closed the connection", hint))
    return IndexUnavailableError(_again(address, "cannot be reached", "Is it running? Check host and port."))


def other_version(address: Address, which: str) -> str:
    """Say that the server's version is not one that we can work with."""
    return (
        f"The Elasticsearch at {address.shown!r} is {which}; Quorum works with 9, from {VERSION} on. Upgrade it, or "
        "set QUORUM_INDEX to another one."
    )


def item_reason(error: Mapping[str, Any] | str) -> str:
    """Word the error of one item of a bulk or multi-search reply."""
    return _reason({"error": error})


_CHECK = "Check host, port and path of QUORUM_INDEX."
_LOG_IN = "Correct user and password (user:password@ in front of the host) or ?api_key=… in QUORUM_INDEX."


def _reason(body: object) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return error if isinstance(error, str) else ""
    cause = error.get("caused_by") or {}
    roots = [root for root in error.get("root_cause") or [] if isinstance(root, dict)]
    said = (f"{one.get('type', '')}: {one.get('reason', '')}" for one in (error, *roots[:1], cause) if one)
    return "; ".join(dict.fromkeys(said))


def _wrong_setting(address: Address, status: int, reason: str) -> str:
    """Say what is wrong with the address, or nothing where the reply is not the address's fault."""
    if status == _UNAUTHENTICATED:
        who = "the API key" if address.api_key else f"the user {address.user!r} with this password"
        what = who if address.api_key or address.user else "to answer without a user"
        return f"Elasticsearch at {address.shown!r} refuses {what} (401). {_LOG_IN}"
    if status == _FORBIDDEN:
        rights = f"the privileges 'monitor' on the cluster and 'all' on {address.name!r} and '{address.name}-*'"
        return f"Elasticsearch at {address.shown!r} forbids this ({reason}). Give the user {rights}."
    if status == _UNACCEPTABLE or "media_type_header_exception" in reason:
        return other_version(address, "of another major version")
    if status in {_MISSING, _NO_METHOD} and "index_not_found_exception" not in reason:
        return f"What answers at {address.shown!r} is not Elasticsearch 9 ({status}: {reason}). {_CHECK}"
    return ""


def _blocked(address: Address, reason: str) -> str:
    if any(word in reason for word in _FLOOD):
        return (
            f"Elasticsearch at {address.shown!r} has made the index read-only because its disk is almost full "
            "(flood-stage watermark). Free some space there or add a node; it lifts the block by itself. Then run "
            "the command again."
        )
    return (
        f"The index {address.shown!r} is read-only ({reason}). Lift the block of '{address.name}-*' with "
        '`PUT /NAME/_settings {"index.blocks.write": null, "index.blocks.read_only": null}` and run the command again.'
    )


def _untrusted(address: Address, text: str) -> QuorumError:
    where = f"The TLS certificate of {address.shown!r}"
    if "match" in text:
        return ConfigurationError(f"{where} is made out to another host name. Use that name in QUORUM_INDEX.")
    if "CERTIFICATE_VERIFY_FAILED" in text:
        wanted = "give the right file" if address.ca else "add ?ca=/path/to/ca.pem"
        return ConfigurationError(f"{where} is not signed by a known authority: {wanted} in QUORUM_INDEX.")
    if "WRONG_VERSION_NUMBER" in text or "record layer" in text:
        return ConfigurationError(f"{address.shown!r} does not speak TLS. Write elasticsearch:// in QUORUM_INDEX.")
    return IndexUnavailableError(_again(address, f"ended the TLS handshake ({text[:_LONGEST]})"))


def _again(address: Address, what: str, hint: str = "Try again.") -> str:
    return f"Elasticsearch at {address.shown!r} {what}. {hint}"
