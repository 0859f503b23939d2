"""The outer part of a callback: how a message is wrapped on its way to us, and unwrapped on its way back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4
from xml.etree import ElementTree as ET

from tests.fakes.wecom.crypto import forged
from tests.fakes.wecom.telling import xml

if TYPE_CHECKING:
    from tests.fakes.wecom.attempts import Attempt
    from tests.fakes.wecom.crypto import Seal
    from tests.fakes.wecom.records import JSON


def sealed(seal: Seal, plain: str, timestamp: int, *, agent: int | None = None) -> tuple[dict[str, str], bytes]:
    """Return the query and the body under which a message is posted; an `agent` makes it XML."""
    encrypted, nonce = seal.encrypt(plain), str(uuid4().int % 10**10)
    query = {"msg_signature": seal.sign(str(timestamp), nonce, encrypted), "timestamp": str(timestamp), "nonce": nonce}
    if agent is None:
        return query, json.dumps({"encrypt": encrypted}).encode()
    return query, xml({"ToUserName": seal.receiver, "AgentID": str(agent), "Encrypt": encrypted}).encode()


def asking(seal: Seal, timestamp: int) -> tuple[dict[str, str], str]:
    """Return the query of a verification, and the text that must come back."""
    echo, nonce = str(uuid4().int % 10**19), str(uuid4().int % 10**10)
    encrypted = seal.encrypt(echo)
    signed = seal.sign(str(timestamp), nonce, encrypted)
    return {"msg_signature": signed, "timestamp": str(timestamp), "nonce": nonce, "echostr": encrypted}, echo


def opened_json(seal: Seal, attempt: Attempt) -> JSON:
    """Return what an AI bot replied to a callback; ForgedError where WeCom would not take it."""
    try:
        outer = json.loads(attempt.body)
        if outer.get("nonce") != attempt.nonce:
            forged("the nonce of the reply is not that of the request")
        if not isinstance(outer.get("timestamp"), int):
            forged("the timestamp of the reply is no number")
        signed, encrypted = str(outer.get("msgsignature")), str(outer.get("encrypt"))
        found = json.loads(seal.opened(signed, str(outer["timestamp"]), attempt.nonce, encrypted))
    except (ValueError, AttributeError) as exc:
        forged(f"the reply is no encrypted JSON: {exc}", exc)
    if not isinstance(found, dict):
        forged("the reply is no JSON object")
    return found


def opened_xml(seal: Seal, attempt: Attempt) -> JSON:
    """Return what an app replied to a callback: the elements of its XML; ForgedError where WeCom would not take it."""
    try:
        outer = {each.tag: each.text or "" for each in ET.fromstring(attempt.body)}  # noqa: S314 - our own app's
        signs = (outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
        found = ET.fromstring(seal.opened(*signs))  # noqa: S314 - our own app's
    except (ValueError, KeyError, ET.ParseError) as exc:
        forged(f"the reply is no encrypted XML: {exc}", exc)
    return {each.tag: {inner.tag: inner.text or "" for inner in each} or (each.text or "") for each in found}
