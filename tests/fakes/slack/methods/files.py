"""files.info."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.slack import describing
from tests.fakes.slack.call import Call, Method
from tests.fakes.slack.refused import refuse

if TYPE_CHECKING:
    from tests.fakes.slack.records import JSON


def info(call: Call) -> JSON:
    """Describe a file, the stub of a shared channel too."""
    found = call.slack.files.get(call.required("file", "file_not_found"))
    if found is None:
        refuse("file_not_found")
    if found.gone:
        refuse("file_deleted")
    return {"file": describing.file(call.slack, found, whole=True), "comments": [], "response_metadata": {}}


METHODS = {"files.info": Method(info, ("files:read",), takes_json=False)}
