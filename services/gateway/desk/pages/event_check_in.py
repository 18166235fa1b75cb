"""The door of a leg of an event (行事の受付): find who has come by name, and one button. No script, and small: offices have
slow lines."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk import zones
from services.gateway.desk.forms import termed, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.roster import CLOCK
from services.gateway.desk.training import place
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

OFFICERS = ("event_officer",)
LEGS, LEG, REGISTRATIONS = "events_legs_list", "events_legs_read", "events_registrations_list"
CHECK_IN, UNDO = "events_registrations_check_in", "events_registrations_undo_check_in"
CREATE = "events_registrations_create"
ASKED = ("name", "email", "affiliation", "organisation_code", "party")
TERMS = {"name": "registrant_name", "email": "registrant_email", "party": "registration_party"}
HOME, ONE = "/desk/events/check-in", "/desk/events/legs"
SHOWN = 25
TITLE, REGISTER = Text("行事の受付", "Event check-in"), Text("参加申込みの登録", "Enter a registration")
REGISTERED = Text("{name} さんの申込みを登録しました。", "{name} is registered.")
CAME = Text("{name} さんを受け付けました（{persons}名）。", "{name} is checked in ({persons}).")
UNDONE = Text("{name} さんの受付を取り消しました。", "The check-in of {name} is undone.")

pages = Pages()


@pages.page(HOME, TITLE, roles=OFFICERS, calls=(LEGS, CLOCK), menu=True)
async def legs(visit: Visit) -> Response:
    """Those that are not over, and take registrations."""
    today = (await visit.read(CLOCK))["today"]
    found = await visit.read(LEGS, takes_registrations="true", sort="starts_on", limit=100, **{"from": today})
    return visit.show("event_check_ins.html", legs=found["items"])


@pages.page(f"{ONE}/{{code}}/check-in", TITLE, roles=OFFICERS, calls=(LEG, REGISTRATIONS))
async def door(visit: Visit) -> Response:
    return await _door(visit, visit.query.get("q", ""))


@pages.command(f"{ONE}/{{code}}/check-in", TITLE, roles=OFFICERS, calls=(LEG, REGISTRATIONS, CHECK_IN, UNDO))
async def check_in(visit: Visit) -> Response:
    persons, ref = visit.field("persons"), visit.field("registration")
    counted = {"persons": int(persons)} if persons.isascii() and persons.isdecimal() else {}
    try:
        if visit.field("undo"):
            made = await visit.do(UNDO, ref=ref)
            said = UNDONE.fill(name=made["name"])
        else:
            made = await visit.do(CHECK_IN, counted, ref=ref)
            said = CAME.fill(name=made["name"], persons=made["persons"])
    except Refused as refused:
        return await _door(visit, visit.field("q"), status=refused.status, problem=refused.problem)
    return visit.go(f"{place(ONE, visit.path('code'))}/check-in", said)


async def _door(visit: Visit, q: str, *, status: int = 200, problem: Any = None) -> Response:
    """Whoever is sought by name, come or not; else those who have not come yet."""
    leg = await visit.read(LEG, ref=visit.path("code"))
    asked = {"q": q} if q else {"state": "confirmed", "attended": "false"}
    found = await visit.read(REGISTRATIONS, leg=leg["code"], sort="name", limit=SHOWN, **asked)
    people = [
        one | {"at": zones.at(one["checked_in_at"], leg["time_zone"])[11:] if one["checked_in_at"] else ""}
        for one in found["items"]
    ]
    return visit.show(
        "event_check_in.html", status=status, problem=problem, leg=leg, people=people, more=bool(found["next"]), q=q,
    )  # fmt: skip


@pages.page(f"{ONE}/{{code}}/register", REGISTER, roles=OFFICERS, calls=(LEG,))
async def registering(visit: Visit) -> Response:
    return await _registering(visit, {})


@pages.command(f"{ONE}/{{code}}/register", REGISTER, roles=OFFICERS, calls=(LEG, CREATE))
async def register(visit: Visit) -> Response:
    """For whoever asks by telephone or by mail, or stands at the door; the same limits of time and seats hold."""
    given = typed(visit.form, visit.entries(CREATE, ASKED))
    told = {name: value for name, value in given.items() if value is not None}
    try:
        made = await visit.do(CREATE, told | {"leg_code": visit.path("code")})
    except Refused as refused:
        return await _registering(visit, given, status=refused.status, problem=refused.problem)
    leg = await visit.read(LEG, ref=visit.path("code"))
    return visit.go(
        f"{place('/desk/events', leg['edition_code'])}#registrations", REGISTERED.fill(name=made["name"])
    )


async def _registering(
    visit: Visit, given: dict[str, Any], *, status: int = 200, problem: Any = None
) -> Response:
    return visit.show(
        "event_register.html", status=status, problem=problem, leg=await visit.read(LEG, ref=visit.path("code")),
        entries=termed(visit.entries(CREATE, ASKED), TERMS), values=dict.fromkeys(ASKED) | {"party": 1} | given,
        field_terms=TERMS,
    )  # fmt: skip
