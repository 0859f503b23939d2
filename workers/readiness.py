"""Whether questions can be taken just now: every backend is asked at once, and none is waited for long."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anyio

from adapters import blocking
from bot.errors import QuorumError

log = logging.getLogger(__name__)

PROBE_S = 2.0
_THREADS = 8
_OK = "ok"


@dataclass
class Readiness:
    """Runs the probes, each under the name of its backend; a probe raises a `QuorumError` when something is wrong."""

    probes: Mapping[str, Callable[[], object]]
    _limiter: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_THREADS))
    _last: dict[str, str] = field(default_factory=dict)

    async def report(self) -> dict[str, object]:
        """Return `{"ready", "checks": {name: "ok" | "unavailable" | "silent"}}`; the log says why, once a change."""
        checks = dict.fromkeys(self.probes, _OK)
        async with anyio.create_task_group() as group:
            for name, probe in self.probes.items():
                group.start_soon(functools.partial(self._check, checks, name, probe))
        return {"ready": set(checks.values()) <= {_OK}, "checks": checks}

    async def _check(self, checks: dict[str, str], name: str, probe: Callable[[], object]) -> None:
        why: object = ""
        try:
            await blocking.call(probe, self._limiter, PROBE_S)
        except QuorumError as exc:
            checks[name], why = "unavailable", exc
        except TimeoutError:
            checks[name], why = "silent", f"no reply within {PROBE_S:g} s"
        if checks[name] != self._last.get(name, _OK):
            log.warning("readiness: %s is %s %s", name, checks[name], why)
        self._last[name] = checks[name]
