"""Fetch, start, check and stop the services that the tests use, and fetch a font for their pictures; see `--help`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

import psutil

from scripts.services import elasticsearch, fonts, redis
from scripts.services.server import OWN, SERVICES, ServiceError, without_secrets

if TYPE_CHECKING:
    from types import ModuleType

    from scripts.services.server import Server

MODULES: dict[str, ModuleType] = {"elasticsearch": elasticsearch, "redis": redis, "fonts": fonts}
SERVERS: dict[str, Server] = {
    "elasticsearch": elasticsearch.Elasticsearch(SERVICES / "elasticsearch"),
    "redis": redis.Redis(SERVICES / "redis"),
}


def fetch(name: str) -> str:
    """Bring the program here unless it is."""
    begun = time.monotonic()
    return f"fetched in {time.monotonic() - begun:.1f} s" if MODULES[name].fetch() else "is here"


def start(name: str) -> str:
    """Fetch, start and check; what runs already is left alone."""
    fetched = MODULES[name].fetch()
    if name not in SERVERS:
        return f"{MODULES[name].program()}  ({'freshly fetched' if fetched else 'is here'})"
    begun = time.monotonic()
    how = f"started in {time.monotonic() - begun:.1f} s" if SERVERS[name].start() else "runs already"
    return f"{SERVERS[name].url}  ({how}{', freshly fetched' if fetched else ''}; `make services-stop` ends it)"


def check(name: str) -> str:
    """Fail unless it runs and answers."""
    if not SERVERS[name].members():
        message = "it does not run: `make services` starts it"
        raise ServiceError(message)
    SERVERS[name].check()
    return f"{SERVERS[name].url}  (answers)"


def stop(name: str) -> str:
    """End it; the data stay."""
    return "stopped" if SERVERS[name].stop() else "did not run"


def status(name: str) -> str:
    """Say whether it runs."""
    members = SERVERS[name].members()
    if not members:
        return "does not run"
    state = "answers" if SERVERS[name].answers() else "does not answer"
    return f"{SERVERS[name].url}  (process {members[0].pid}, {state})"


def elsewhere(name: str, url: str) -> str:
    """Check a service that an environment variable points to: it is not ours to start or stop."""
    MODULES[name].check(url)
    return f"{without_secrets(url)}  (answers; given by {name.upper()}_URL)"


def sweep() -> None:
    """End the servers of test runs that were killed before they could, and remove their folders."""
    for folder in OWN.glob("*-*"):
        if not psutil.pid_exists(int(folder.name.partition("-")[0])):
            for pid in folder.glob("**/pid"):
                redis.Redis(pid.parent).kill()
            shutil.rmtree(folder, ignore_errors=True)


ACTIONS = {action.__name__: action for action in (fetch, start, check, stop, status)}
_FETCHING = {"fetch", "start"}


def main() -> int:
    """Run one action on the named services; return 1 where it failed for one of them."""
    parser = argparse.ArgumentParser(prog="python -m scripts.services", description=__doc__)
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("service", nargs="*", help="elasticsearch, redis, fonts; all without")
    parser.add_argument("--quick", action="store_true", help="start sooner what is slower afterwards, for the tests")
    arguments = parser.parse_args()
    if arguments.quick:
        SERVERS["elasticsearch"] = elasticsearch.Elasticsearch(SERVICES / "elasticsearch", jvm=elasticsearch.QUICK)
    known = list(MODULES if arguments.action in _FETCHING else SERVERS)
    if unknown := set(arguments.service) - set(known):
        parser.error(f"unknown service {min(unknown)!r}; known are {', '.join(known)}")
    sweep()
    failed = False
    for name in arguments.service or known:
        url = os.environ.get(f"{name.upper()}_URL")
        try:
            said = elsewhere(name, url) if url and arguments.action != "stop" else ACTIONS[arguments.action](name)
        except (ServiceError, OSError) as exc:
            failed = True
            said = f"failed: {exc}"
        print(f"{name:<14} {said}", file=sys.stderr if said.startswith("failed") else sys.stdout, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
