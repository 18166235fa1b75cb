"""The door of a room (受付): a ticket is scanned, by hand-held scanner into the field or by a phone's camera, which opens
the address that the ticket's code says. One button, and no script."""

import unicodedata
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.roster import CLOCK
from services.gateway.desk.pages.runs import ATTENDANCES, ENROLMENTS, READ, SESSIONS
from services.gateway.desk.training import CHECK_IN, COORDINATOR, named, place, problem
from services.gateway.desk.visit import Refused, Visit
from services.kit.japan.clock import JST
from services.kit.text import Text

DO = "jet_training_sessions_check_in"
SEEN = (ENROLMENTS, READ, SESSIONS, ATTENDANCES, CLOCK)
EARLY = timedelta(hours=2)  # before a session begins, who comes comes to it
TITLE = Text("受付", "Check-in")
UNKNOWN = Text("受付票が見つかりません", "No such ticket")
LOOK = Text(
    "受付票をもう一度読み取るか、実施回の一覧から本人を探してください。",
    "Scan the ticket again, or find the person on the page of the run.",
)
CHOOSE = Text("日程を選んでください。", "Choose a session.")

pages = Pages()


def ticket_of(scanned: str) -> str:
    """The ticket in what was scanned or typed: the address of its page or the ticket alone, in any width."""
    return unicodedata.normalize("NFKC", scanned).strip().rstrip("/").rsplit("/", 1)[-1].lower()


@pages.page(CHECK_IN, TITLE, roles=COORDINATOR, menu=True)
async def scan(visit: Visit) -> Response:
    ticket = ticket_of(visit.query.get("ticket", ""))
    if ticket:
        return visit.go(place(CHECK_IN, ticket))
    return visit.show("check_in.html", ticket="")


@pages.page(f"{CHECK_IN}/{{ticket}}", TITLE, roles=COORDINATOR, calls=SEEN)
async def scanned(visit: Visit) -> Response:
    return await _shown(visit)


@pages.command(f"{CHECK_IN}/{{ticket}}", TITLE, roles=COORDINATOR, calls=(*SEEN, DO))
async def check_in(visit: Visit) -> Response:
    session, persons = visit.field("session"), visit.field("persons")
    if not session:
        return await _shown(visit, status=422, wrong=problem(visit, CHOOSE, LOOK))
    body: dict[str, Any] = {"ticket": visit.path("ticket")}
    if persons:
        body["persons"] = int(persons) if persons.isascii() and persons.isdecimal() else persons
    try:
        made = await visit.do(DO, body, ref=session)
    except Refused as refused:
        return await _shown(visit, status=refused.status, wrong=refused.problem)
    at = datetime.fromisoformat(made["recorded_at"]).astimezone(JST).strftime("%H:%M")
    return visit.go(
        CHECK_IN,
        Text(f"{named(made)} さんを受け付けました（{at}）。", f"{named(made)} is checked in ({at})."),
    )


async def _shown(visit: Visit, *, status: int = 200, wrong: Any = None) -> Response:
    ticket = visit.path("ticket")
    person = await _person(visit, ticket)
    if person is None:
        said = problem(visit, UNKNOWN, LOOK)
        return visit.show("check_in.html", status=404, problem=said, ticket=ticket)
    code = person["run_code"]
    run = await visit.read(READ, ref=code)
    sessions = await visit.every(SESSIONS, run_code=code, sort="number")
    came = {
        one["session_number"]: one["recorded_at"]
        for one in await visit.every(ATTENDANCES, presented_ticket=ticket)
        if one["attendance"] == "present"
    }
    now = datetime.fromisoformat((await visit.read(CLOCK))["now"])
    return visit.show(
        "ticket.html", status=status, problem=wrong, person=person | {"name": named(person)}, run=run,
        sessions=sessions, came=came, current=visit.field("session") or current(sessions, now), ticket=ticket,
    )  # fmt: skip


async def _person(visit: Visit, ticket: str) -> Any:
    try:
        UUID(ticket)
    except ValueError:
        return None
    return next(iter((await visit.read(ENROLMENTS, presented_ticket=ticket, limit=1))["items"]), None)


def current(sessions: list[Any], now: datetime) -> str | None:
    """The id of the session that whoever comes now comes to: one that is held or begins soon, else the next one, else
    the last."""
    spans = [
        (datetime.fromisoformat(one["starts_at"]), datetime.fromisoformat(one["ends_at"]), str(one["id"]))
        for one in sessions
    ]
    spans.sort()
    held = next((one for start, end, one in spans if start - EARLY <= now < end), None)
    coming = next((one for start, _, one in spans if now < start), None)
    return held or coming or (spans[-1][2] if spans else None)
