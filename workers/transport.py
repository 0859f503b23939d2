"""kombu's Redis transport, mended: a worker whose acknowledgements were lost takes questions again.

kombu 5.7 counts a message as in hand until its acknowledgement got through. If Redis goes away while every child of a
worker is busy, none gets through, the worker believes itself full, asks Redis for nothing more, and so never notices
that the connection is gone. Here such a message stops to count; Redis brings it back after the visibility timeout.

What another program left in the queue and is no JSON would end the whole worker; here it is dropped, with a line.
"""

from __future__ import annotations

import json
import logging
from queue import Empty

from kombu import transport
from kombu.transport import redis, virtual

log = logging.getLogger(__name__)


def install() -> None:
    """Let this process's kombu use these classes for Redis's schemes."""
    here = {"redis": "Transport", "rediss": "Transport", "sentinel": "SentinelTransport"}
    transport.TRANSPORT_ALIASES.update({scheme: f"{__name__}:{name}" for scheme, name in here.items()})


class QoS(redis.QoS):
    """Counts what is in hand; the names of class and methods are kombu's."""

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge; count the message as done whether Redis heard it or not. Raises the connection's errors."""
        try:
            super().ack(delivery_tag)
        finally:
            virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - kombu's signature
        """Give back or drop; as `ack`."""
        try:
            super().reject(delivery_tag, requeue)
        finally:
            virtual.QoS.ack(self, delivery_tag)


class Channel(redis.Channel):
    """A channel that counts by these rules, and drops what is no message."""

    QoS = QoS

    def _brpop_read(self, **options: object) -> bool:
        try:
            return bool(super()._brpop_read(**options))
        except (json.JSONDecodeError, UnicodeDecodeError) as exc:
            log.error("Something in the queue is no message and is dropped. Does another program use its database?")  # noqa: TRY400 - its traceback shows what it holds
            raise Empty from exc


class Transport(redis.Transport):
    """Redis, with and without TLS."""

    Channel = Channel


class SentinelChannel(Channel, redis.SentinelChannel):
    """The same, behind sentinels."""


class SentinelTransport(redis.SentinelTransport):
    """Redis behind sentinels."""

    Channel = SentinelChannel
