"""`user/get`, `department/list` and `agent/get`: who is in the corp, as far as an app may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.wecom.refused import refuse

if TYPE_CHECKING:
    from tests.fakes.wecom.call import Call
    from tests.fakes.wecom.records import JSON


def user(call: Call) -> JSON:
    """Return a member; avatar, gender, mobile and e-mail are withheld from apps since 2022."""
    found = call.corp.person(call.query.get("userid", ""))
    if found is None:
        refuse(60111, "userid not found")
    if not found.visible:
        refuse(60011, "no privilege to access/modify contact/party/agent")
    departments = found.departments
    place: JSON = {"department": departments, "main_department": departments[0] if departments else 1}
    return {"userid": found.id, "name": found.name, "position": "", "status": 1, "isleader": 0} | place


def departments(call: Call) -> JSON:
    """Return the departments that there are members in."""
    numbers = sorted({number for each in call.corp.people.values() for number in each.departments})
    return {"department": [{"id": number, "name": f"部门{number}", "parentid": 1} for number in numbers]}


def agent(call: Call) -> JSON:
    """Return the app itself."""
    if call.query.get("agentid") != str(call.corp.agent):
        refuse(40056, "invalid agentid")
    return {"agentid": call.corp.agent, "name": call.corp.bot_name, "close": 0}
