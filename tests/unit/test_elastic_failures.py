"""Every error of Elasticsearch's client becomes one of Quorum's, with what to do next."""

from __future__ import annotations

import importlib
import inspect

import elastic_transport
import pytest
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig

from bot.backends.elastic import read
from bot.backends.elastic.failures import mapped
from bot.errors import (
    ConfigurationError,
    IndexDamagedError,
    IndexUnavailableError,
    QuorumError,
    StorageFullError,
)

ADDRESS = read("elasticsearch://me:secret@host:9200/quorum")
STATUS = {"NotFoundError": 404, "ConflictError": 409, "BadRequestError": 400}
STATUS |= {"AuthenticationException": 401, "AuthorizationException": 403}


def driver_classes() -> list[type[Exception]]:
    """Return every exception class that the client and its transport define, without warnings."""
    modules = ("elastic_transport", "elasticsearch.exceptions", "elasticsearch.helpers.errors")
    found = {
        kind
        for module in modules
        for _, kind in inspect.getmembers(importlib.import_module(module), inspect.isclass)
        if issubclass(kind, Exception) and not issubclass(kind, Warning)
    }
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


def made(kind: type[Exception], status: int = 500, body: object = None) -> Exception:
    meta = ApiResponseMeta(status, "1.1", HttpHeaders(), 0.1, NodeConfig("http", "host", 9200))
    if issubclass(kind, elastic_transport.ApiError):
        return kind("said", meta, body)
    return kind("said", []) if kind.__name__ in {"BulkIndexError", "ScanError"} else kind("said")


@pytest.mark.parametrize("kind", driver_classes(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_class_of_the_driver_is_mapped(kind: type[Exception]) -> None:
    with pytest.raises(QuorumError) as caught, mapped(ADDRESS):
        raise made(kind, STATUS.get(kind.__name__, 500))

    assert "elasticsearch://host:9200/quorum" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_classes_that_we_know_of_are_among_them() -> None:
    names = {kind.__name__ for kind in driver_classes()}

    assert {"ApiError", "ConnectionTimeout", "TlsError", "UnsupportedProductError", "SniffingError"} <= names
    assert {"BulkIndexError", "SerializationError", "ConflictError"} <= names


FLOOD = "index [q] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has ...]"


@pytest.mark.parametrize(
    ("status", "kind", "reason", "expected"),
    [
        (401, "security_exception", "unable to authenticate", ConfigurationError),
        (403, "security_exception", "unauthorized", ConfigurationError),
        (400, "media_type_header_exception", "Accept version must be 8", ConfigurationError),
        (406, "", "", ConfigurationError),
        (404, "", "", ConfigurationError),
        (404, "index_not_found_exception", "no such index", IndexDamagedError),
        (429, "cluster_block_exception", FLOOD, StorageFullError),
        (403, "cluster_block_exception", "blocked by: [FORBIDDEN/8/index write (api)]", StorageFullError),
        (503, "cluster_block_exception", "[SERVICE_UNAVAILABLE/1/state not recovered]", IndexUnavailableError),
        (429, "es_rejected_execution_exception", "", IndexUnavailableError),
        (409, "version_conflict_engine_exception", "", IndexUnavailableError),
        (413, "", "too large", IndexDamagedError),
        (400, "mapper_parsing_exception", "", IndexDamagedError),
    ],
)
def test_a_reply_is_read_by_its_status_and_reason(
    status: int, kind: str, reason: str, expected: type[QuorumError]
) -> None:
    body = {"error": {"type": kind, "reason": reason, "root_cause": [{"type": kind, "reason": reason}]}}
    with pytest.raises(expected) as caught, mapped(ADDRESS):
        raise made(elastic_transport.ApiError, status, body)

    assert type(caught.value) is expected


def test_a_proxy_s_page_of_html_is_no_reason_to_fail() -> None:
    with pytest.raises(IndexUnavailableError, match="502"), mapped(ADDRESS):
        raise made(elastic_transport.ApiError, 502, "<html>Bad Gateway</html>")
