"""The office log: one line is written in one go, with the last ones below it; a month comes as an Excel file."""

import re
from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import label, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.uploads import OFFICERS, no_file, send
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

LIST, ADD, CLOCK = "events_supports_list", "events_supports_create", "identity_clock_read"
OFFICES, ORGANISATIONS = "directory_overseas_offices_list", "directory_organisations_list"
SERVED = "events_served_offices_list"
TEMPLATE, SEND, KIND = "events_imports_template", "events_imports_create", "supports"
HOME = "/desk/office-log"
TITLE, FORM = Text("所務記録", "Office log"), Text("様式", "The form")
ASKED = (
    "office_code", "received_on", "kind", "channel", "requester_kind", "content", "done_on", "due_on", "contact_code",
    "alike_no",
)  # fmt: skip
TERMS = {"kind": "office_support_kind", "channel": "support_channel", "requester_kind": "requester_kind"}
SHOWN, REMEMBERED = 30, 100
SAVED = Text("記録しました。", "The line is written.")
NOT_ONE = Text("団体が一つに決まりません", "It is not clear which body is meant")
SEVERAL = Text("同じ名称の団体が複数あります: ", "Several have this name: ")
BY_CODE = Text("団体コードを入力してください。", "Give the code.")
_CODE = re.compile(r"[0-9]{6}(?=$|\s)")

pages = Pages()
CALLS = (LIST, ADD, CLOCK, OFFICES, ORGANISATIONS, SERVED)


@pages.page(HOME, TITLE, roles=OFFICERS, calls=CALLS, menu=True)
async def log(visit: Visit) -> Response:
    return await _shown(visit, {})


@pages.command(HOME, TITLE, roles=OFFICERS, calls=CALLS)
async def write(visit: Visit) -> Response:
    given = typed(visit.form, visit.entries(ADD, ASKED))
    body = {name: value for name, value in given.items() if value is not None}
    try:
        await visit.do(ADD, body | await named(visit, visit.field("requester"), "requester_name"))
    except Refused as refused:
        return await _shown(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}?office={given['office_code'] or ''}", SAVED)


@pages.page(f"{HOME}/form", FORM, roles=OFFICERS, calls=(TEMPLATE,))
async def form(visit: Visit) -> Response:
    return await visit.file(TEMPLATE, kind=KIND)


@pages.command(f"{HOME}/files", TITLE, roles=OFFICERS, calls=(*CALLS, SEND))
async def take(visit: Visit) -> Response:
    address = await send(visit, KIND, "events")
    if address is None:
        return await _shown(visit, {}, status=422, problem=no_file(visit))
    return visit.go(address)


async def named(visit: Visit, said: str, by_name: str) -> dict[str, Any]:
    """A code, alone or before a name; or a name, which is a code's where the directory has just that. `by_name`: the
    field of a name that is none of the directory's."""
    if (found := _CODE.match(said)) is not None:
        return {"organisation_code": found[0]}
    if not said:
        return {}
    known = (await visit.read(ORGANISATIONS, q=said[:100], limit=20))["items"]
    same = [one["code"] for one in known if one["name"] == said]
    if len(same) > 1:
        raise Refused(422, _several(visit, [f"{code} {said}" for code in same]))
    return {"organisation_code": same[0]} if len(same) == 1 else {by_name: said}


def _several(visit: Visit, found: list[str]) -> dict[str, Any]:
    told = {
        "pointer": "/organisation_code",
        "message": SEVERAL.within(visit.language) + Text("、", ", ").within(visit.language).join(found),
        "remedy": BY_CODE.within(visit.language),
    }
    return {"title": NOT_ONE.within(visit.language), "detail": None, "errors": [told], "support_code": None}


async def _shown(visit: Visit, given: dict[str, Any], *, status: int = 200, problem: Any = None) -> Response:
    office = given.get("office_code") or visit.query.get("office")
    served = await visit.every(SERVED)
    if office is None and len(served) == 1:
        office = served[0]["code"]
    lines = (await visit.read(LIST, office=office, sort="-received_on", limit=REMEMBERED))["items"]
    if office is None and lines and not given:
        office = lines[0]["office_code"]
    offices = await visit.every(OFFICES)
    empty = dict.fromkeys(ASKED) | {"received_on": (await visit.read(CLOCK))["today"], "office_code": office}
    asked = {one.name: one for one in visit.entries(ADD, ASKED)}
    choices = {
        name: [("", "—"), *((value, label(term, value, visit.language)) for value in asked[name].choices)]
        for name, term in TERMS.items()
    }
    return visit.show(
        "office_log.html", status=status, problem=problem, values=empty | given, choices=choices, offices=offices,
        requester=visit.field("requester"), lines=lines[:SHOWN], office=office,
        known=list(dict.fromkeys((one["organisation_code"], one["requester"]) for one in lines)),
    )  # fmt: skip
