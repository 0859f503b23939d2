"""`rediss://` speaks with a Redis over TLS whose certificate it trusts, and with no other."""

from __future__ import annotations

import ipaddress
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.backends.redis import RedisStore
from bot.errors import ConfigurationError, QueueUnavailableError, QuorumError, StoreUnavailableError
from bot.settings import load
from scripts.services import redis
from scripts.services.machine import HOST, free_port
from scripts.services.server import ServiceError
from tests.conftest import missing, own_folder
from workers.celery_dispatch import CeleryDispatcher

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate that vouches for itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "own.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "own.key").write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()))
    return folder


@contextmanager
def running(files: Path, clients: str) -> Iterator[str]:
    """Run a Redis that speaks TLS; `clients` says whether it wants a certificate of theirs."""
    try:
        redis.program()
    except ServiceError:
        missing("redis-server (`make services` fetches it)")
    port = free_port()
    options = {"tls-port": str(port), "tls-auth-clients": clients, "tls-key-file": f"{files}/own.key"}
    options |= dict.fromkeys(("tls-cert-file", "tls-ca-cert-file"), f"{files}/own.pem")
    with own_folder() as folder:
        server = redis.Redis(folder, options=options)
        server.start()
        try:
            yield f"{HOST}:{port}/0"
        finally:
            server.kill()


@pytest.fixture(scope="module")
def address(files: Path) -> Iterator[str]:
    with running(files, "no") as address:
        yield address


@pytest.fixture(scope="module")
def strict_address(files: Path) -> Iterator[str]:
    with running(files, "yes") as address:
        yield address


def test_a_trusted_certificate_carries_the_values(files: Path, address: str) -> None:
    with closing(RedisStore(f"rediss://{address}?ca={files}/own.pem")) as store:
        store.put("k", b"v")

        assert store.get("k") == b"v"


def test_without_the_authority_the_certificate_is_not_trusted(address: str) -> None:
    with closing(RedisStore(f"rediss://{address}")) as store, pytest.raises(ConfigurationError, match=r"add \?ca=FILE"):
        store.get("k")


def test_a_certificate_for_another_name_is_not_trusted(files: Path, address: str) -> None:
    url = f"rediss://{address}?ca={files}/own.pem".replace(HOST, "localhost")

    with closing(RedisStore(url)) as store, pytest.raises(ConfigurationError, match="not trusted for this host"):
        store.get("k")


@pytest.mark.slow  # the server waits for more
def test_a_server_without_tls_is_told_apart(redis_url: str) -> None:
    url = redis_url.replace("redis://", "rediss://")

    with closing(RedisStore(url)) as store, pytest.raises(StoreUnavailableError, match="speak TLS on that port"):
        store.get("k")


def test_who_forgets_tls_is_reminded_of_it(address: str) -> None:
    with closing(RedisStore(f"redis://{address}")) as store, pytest.raises(StoreUnavailableError, match="rediss://"):
        store.get("k")


def test_a_client_certificate_is_asked_for(files: Path, strict_address: str) -> None:
    url = f"rediss://{strict_address}?ca={files}/own.pem"

    with closing(RedisStore(url)) as store, pytest.raises(QuorumError, match=r"\?cert=FILE&key=FILE"):
        store.get("k")


def test_a_client_certificate_is_shown(files: Path, strict_address: str) -> None:
    own = f"cert={files}/own.pem&key={files}/own.key"

    with closing(RedisStore(f"rediss://{strict_address}?ca={files}/own.pem&{own}")) as store:
        assert store.get("nothing") is None


def test_the_queue_trusts_the_same_certificates(files: Path, address: str) -> None:
    settings = load(queue=f"rediss://{address}?ca={files}/own.pem")
    with closing(CeleryDispatcher(settings)) as dispatcher:
        dispatcher.submit(b"a")
        dispatcher.ping()


@pytest.mark.parametrize("name", [HOST, "localhost"])
def test_the_queue_trusts_no_other_certificate(files: Path, address: str, name: str) -> None:
    trusted = f"?ca={files}/own.pem" if name == "localhost" else ""
    settings = load(queue=f"rediss://{address.replace(HOST, name)}{trusted}")

    with closing(CeleryDispatcher(settings)) as dispatcher, pytest.raises(QueueUnavailableError, match="certificate"):
        dispatcher.submit(b"a")


def test_the_queue_shows_its_own_certificate(files: Path, strict_address: str) -> None:
    own = f"ca={files}/own.pem&cert={files}/own.pem&key={files}/own.key"
    with closing(CeleryDispatcher(load(queue=f"rediss://{strict_address}?{own}"))) as dispatcher:
        dispatcher.submit(b"a")
