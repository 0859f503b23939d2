"""Elasticsearch 9, the core distribution that Maven Central carries, run by an unprivileged user."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import elasticsearch

from scripts.services import java
from scripts.services.machine import HOST, locked
from scripts.services.server import PROGRAMS, Launch, Server, ServiceError, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = "9.5.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
SHA256 = "db0e275fd790f723eca7bcde96069fd6fed304ad23afdb70c8c09553dd9e8b1b"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
PROGRAM = PROGRAMS / f"elasticsearch-{VERSION}"
ANSWER_S = 5.0
SETTINGS = {
    "cluster.name": "quorum",
    "discovery.type": "single-node",
    "xpack.security.enabled": "false",
    "network.host": HOST,  # the transport takes the first free port from 9300 on
    "cluster.routing.allocation.disk.threshold_enabled": "false",  # a full disk of a developer is no test
}
JVM = """
-XX:-HeapDumpOnOutOfMemoryError
-Xlog:disable
-Xlog:all=warning:stderr:utctime,level,tags
"""
QUICK = "-XX:TieredStopAtLevel=1\n"
"""Starts with two thirds of the processor time, and is slower from then on."""

NOT_ROOT = "nobody"


class Elasticsearch(Server):
    """An Elasticsearch of one's own; `options` are lines of elasticsearch.yml, `heap` and `jvm` are Java's."""

    patience_s = 180.0

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        options: Mapping[str, str] | None = None,
        heap: str = "512m",
        jvm: str = "",
    ) -> None:
        """Own `folder`; see Server for `port`."""
        super().__init__(folder, port)
        self._options = dict(options or {})
        self._jvm = f"-Xms{heap}\n-Xmx{heap}{JVM}{jvm}"

    @property
    def url(self) -> str:
        """The address of its HTTP interface."""
        return f"http://{HOST}:{self.port}"

    def check(self) -> None:
        """Raise ServiceError unless it answers and every primary shard is there."""
        check(self.url)

    def launch(self) -> Launch:
        """Write its configuration; as root, hand its folders to an unprivileged user: it refuses to run as root."""
        command = [str(program() / "bin" / "elasticsearch")]
        folders = {name: self.folder / name for name in ("config", "data", "logs", "tmp")}
        for folder in folders.values():
            folder.mkdir(exist_ok=True)
        shutil.copytree(PROGRAM / "config", folders["config"], dirs_exist_ok=True)
        settings = SETTINGS | self._options
        settings |= {"path.data": str(folders["data"]), "path.logs": str(folders["logs"]), "http.port": str(self.port)}
        (folders["config"] / "elasticsearch.yml").write_text(json.dumps(settings, indent=1))  # JSON is YAML
        (folders["config"] / "jvm.options.d").mkdir(exist_ok=True)
        (folders["config"] / "jvm.options.d" / "quorum.options").write_text(self._jvm)
        environment = {
            "ES_JAVA_HOME": str(java.home(os.environ)),
            "ES_PATH_CONF": str(folders["config"]),
            "ES_TMPDIR": str(folders["tmp"]),
            "HOME": str(self.folder),
        }
        return Launch(command, environment) if os.geteuid() else self._unprivileged(command, environment)

    def _unprivileged(self, command: list[str], environment: dict[str, str]) -> Launch:
        user = pwd.getpwnam(NOT_ROOT)
        for folder, _, files in os.walk(self.folder):
            for path in [Path(folder), *(Path(folder) / name for name in files)]:
                os.chown(path, user.pw_uid, user.pw_gid)
        if all(parent.stat().st_mode & 0o001 for place in (self.folder, PROGRAM) for parent in place.parents):
            return Launch(command, environment, user.pw_uid, user.pw_gid)
        # The checkout lies where only root may enter (/root, a folder of mktemp): let this user pass, and only that.
        # Java looks with access(2), which asks without capabilities unless this securebit is set.
        may_pass = [
            "--inh-caps=-all,+dac_override",
            "--ambient-caps=-all,+dac_override",
            "--securebits=+no_setuid_fixup",
        ]
        become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *may_pass]
        return Launch([*become, *command], environment)


def check(url: str) -> None:
    """Raise ServiceError unless a healthy Elasticsearch of our client's version answers at the URL."""
    try:
        with elasticsearch.Elasticsearch(url, request_timeout=ANSWER_S, max_retries=0) as client:
            health = client.cluster.health()
    except (elasticsearch.ApiError, elasticsearch.TransportError, ValueError) as exc:
        message = f"no Elasticsearch answers at {without_secrets(url)!r}: {exc}"
        raise ServiceError(message) from exc
    if health["status"] == "red":
        message = f"the Elasticsearch at {without_secrets(url)!r} is red: primary shards are missing"
        raise ServiceError(message)


@contextmanager
def own_name(url: str) -> Iterator[str]:
    """Lend a name for an index that nobody else uses, and delete every index after whose name begins with it."""
    name = f"test-{uuid4().hex[:12]}"
    try:
        yield name
    finally:
        with elasticsearch.Elasticsearch(url) as client:
            if made := list(client.indices.get(index=f"{name}*", expand_wildcards="all")):
                client.indices.delete(index=made)


def program() -> Path:
    """Return the distribution's folder; ServiceError where it was not fetched."""
    if PROGRAM.is_dir():
        return PROGRAM
    message = "Elasticsearch is not here: run `make services`"
    raise ServiceError(message)


def fetch() -> bool:
    """Fetch the distribution with Maven into the services' folder; False where it is there already."""
    with locked(PROGRAMS / "elasticsearch.lock"):
        if PROGRAM.is_dir():
            return False
        java.home(os.environ)  # say what is missing before the download
        maven = shutil.which("mvn")
        if maven is None:
            message = (
                "Elasticsearch is fetched with Maven, and there is no `mvn`. Install it "
                "(Debian: apt-get install maven), or set ELASTICSEARCH_URL to a running Elasticsearch 9"
            )
            raise ServiceError(message)
        with tempfile.TemporaryDirectory(dir=PROGRAMS) as folder:
            archive = _download(maven, Path(folder))
            with zipfile.ZipFile(archive) as zipped:
                zipped.extractall(folder)
            for path in (Path(folder) / PROGRAM.name / "bin").iterdir():
                path.chmod(0o755)
            shutil.move(Path(folder) / PROGRAM.name, PROGRAM)
    return True


def _download(maven: str, folder: Path) -> Path:
    command = [maven, "--quiet", "--batch-mode", COPY, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    archive = folder / f"{PROGRAM.name}.zip"
    if run.returncode or not archive.is_file():
        message = f"Maven could not fetch {ARTIFACT!r}:\n{run.stdout.strip()}\n{run.stderr.strip()}"
        raise ServiceError(message)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != SHA256:
        message = f"what Maven brought as {ARTIFACT!r} has SHA-256 {digest!r}, not {SHA256!r}: do not use it"
        raise ServiceError(message)
    return archive
