"""Nominations (研修の推薦): an organisation names its participants and staff for runs, and answers what is offered."""

import asyncio
from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.due import OFFICERS
from services.gateway.desk.pages.roster import CLOCK
from services.gateway.desk.pages.running import CONFIRM, WITHDRAW, act
from services.gateway.desk.pages.runs import (
    CALENDAR,
    CERTIFICATE,
    COMPLETIONS,
    CREATE,
    EDITION,
    ENROLMENTS,
    LIST,
    READ,
    SHOWN,
)
from services.gateway.desk.training import STATES, choices, named, place, problem
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

ROSTER = "jet_roster_list"
NOMINATIONS = "/desk/nominations"
OWN = (LIST, ENROLMENTS, COMPLETIONS)
ONE = (READ, EDITION, ROSTER, ENROLMENTS, CLOCK)
PEOPLE, STAFF = 100, 4
JOBS = {"alt": "ALT", "cir": "CIR", "sea": "SEA"}
# audiences whose people have a JET number, and those who are named
NUMBERED = ("new_participant", *JOBS, "adviser", "open")
NAMED = ("organisation_staff", "teacher", "supervisor", "adviser", "open")
LIVE = ("waiting", "offered", "confirmed")
TITLE, NOMINATE = Text("研修の推薦", "Nominations"), Text("推薦する", "Nominate")
NOBODY = Text("推薦する人を選んでください", "Choose whom to nominate")
CHOOSE = Text("一覧で選ぶか、氏名を入力してください。", "Tick somebody in the list, or type a name.")

pages = Pages()


@pages.page(NOMINATIONS, TITLE, roles=OFFICERS, calls=OWN, menu=True)
async def nominations(visit: Visit) -> Response:
    return await _listed(visit)


@pages.command(f"{NOMINATIONS}/acts", TITLE, roles=OFFICERS, calls=(*OWN, CONFIRM, WITHDRAW))
async def decide(visit: Visit) -> Response:
    try:
        said = await act(visit)
    except Refused as refused:
        return await _listed(visit, status=refused.status, wrong=refused.problem)
    return visit.go(NOMINATIONS, said)


@pages.page(f"{NOMINATIONS}/calendar", TITLE, roles=OFFICERS, calls=(CALENDAR,))
async def calendar(visit: Visit) -> Response:
    return await visit.file(CALENDAR, accept="text/calendar", language=visit.language)


@pages.page(
    f"{NOMINATIONS}/certificates/{{id}}/{{language}}",
    Text("修了証", "Certificate"),
    roles=OFFICERS,
    calls=(CERTIFICATE,),
)
async def certificate(visit: Visit) -> Response:
    return await visit.file(
        CERTIFICATE, accept="application/pdf", ref=visit.path("id"), language=visit.path("language")
    )


@pages.page(f"{NOMINATIONS}/{{code}}", NOMINATE, roles=OFFICERS, calls=ONE)
async def run(visit: Visit) -> Response:
    return await _choosing(visit, {})


@pages.command(f"{NOMINATIONS}/{{code}}", NOMINATE, roles=OFFICERS, calls=(*ONE, CREATE))
async def nominate(visit: Visit) -> Response:
    """Each person by a request of their own: who can be nominated is, and what is wrong stands at the others' rows."""
    wanted = _people(visit) | _staff(visit)
    if not wanted:
        return await _choosing(visit, {}, status=422, wrong=problem(visit, NOBODY, CHOOSE))
    states, refusals = [], {}
    for row, body in wanted.items():
        try:
            made = await visit.do(CREATE, body | {"run_code": visit.path("code")})
            states.append(made["state"])
        except Refused as refused:
            refusals[row] = refused.problem
    said = _told(states)
    if refusals:
        return await _choosing(visit, refusals, status=422, made=said if states else None)
    return visit.go(NOMINATIONS, said)


def _people(visit: Visit) -> dict[str, dict[str, Any]]:
    """Those who were ticked, by their JET numbers."""
    found = dict.fromkeys(one for one in visit.form.getlist("person") if isinstance(one, str) and one)
    return {one: {"jet_number": one, "audience": visit.field(f"audience-{one}") or None} for one in found}


def _staff(visit: Visit) -> dict[str, dict[str, Any]]:
    """Those who were typed, by the places of their rows."""
    found: dict[str, dict[str, Any]] = {}
    for nth in range(STAFF):
        name, email, audience = (visit.field(f"{one}{nth}") for one in ("name", "email", "audience"))
        if name or email:
            found[str(nth)] = {
                "attendee_name": name or None, "attendee_email": email or None, "audience": audience or None,
            }  # fmt: skip
    return found


def _told(states: list[str]) -> Text:
    waiting = states.count("waiting")
    return Text(
        f"{len(states)}名を推薦しました（確定 {len(states) - waiting}名、空席待ち {waiting}名）。",
        f"Nominated {len(states)} ({len(states) - waiting} with a seat, {waiting} waiting).",
    )


async def _listed(visit: Visit, *, status: int = 200, wrong: Any = None) -> Response:
    kept = {name: visit.query[name] for name in ("state",) if name in visit.query}
    cursor = visit.query.get("cursor")
    organised: Any = {"items": []}
    if visit.role == "host_authority":
        organised = await visit.read(LIST, organiser=visit.organisation, sort="-starts_on", limit=SHOWN)
    runs, own, offers, awarded = await asyncio.gather(
        visit.read(LIST, state="open", open_to_nomination="true", sort="starts_on", limit=SHOWN),
        visit.read(ENROLMENTS, **kept, sort="-enrolled_at", limit=SHOWN, cursor=cursor),
        visit.read(ENROLMENTS, state="offered", sort="enrolled_at", limit=SHOWN),
        visit.read(COMPLETIONS, sort="-completed_on", limit=SHOWN),
    )
    states = [("", "—"), *choices("enrolment_state", visit.language, STATES)]
    return visit.show(
        "nominations.html", status=status, problem=wrong, runs=runs["items"], own=_with_names(own["items"]),
        next=own["next"], offers=[one for one in _with_names(offers["items"]) if one["nominated"]], kept=kept,
        states=states, organised=organised["items"], awarded=_with_names(awarded["items"]),
    )  # fmt: skip


def _with_names(rows: list[Any]) -> list[Any]:
    return [one | {"name": named(one)} for one in rows]


async def _choosing(
    visit: Visit, refusals: dict[str, Any], *, status: int = 200, wrong: Any = None, made: Text | None = None
) -> Response:
    record = await visit.read(READ, ref=visit.path("code"))
    edition = await visit.read(EDITION, ref=record["edition_code"])
    audiences = edition["audiences"]
    people, found = [], None
    if numbered := [one for one in NUMBERED if one in audiences]:
        found = await visit.read(ROSTER, **await _whom(visit, record, numbered))
        enrolled = {one["jet_number"]: one for one in await visit.every(ENROLMENTS, run_code=record["code"])
                    if one["state"] in LIVE}  # fmt: skip
        people = [
            one
            | {
                "enrolled": enrolled.get(one["jet_number"]),
                "audience": visit.field(f"audience-{one['jet_number']}") or _meant(one, numbered),
            }
            for one in found["items"]
        ]
    typed = {name: visit.field(name) for nth in range(STAFF) for name in _names(nth)}
    return visit.show(
        "nominate.html", status=status, problem=wrong, run=record, people=people, made=made,
        next=found and found["next"], asked=visit.query.get("q", ""), refusals=refusals,
        ticked=set(refusals), numbered=choices("training_audience", visit.language, numbered),
        named=choices("training_audience", visit.language, [one for one in NAMED if one in audiences]),
        places=[_names(nth) for nth in range(STAFF)], given=typed,
        here=place(NOMINATIONS, record["code"]),
    )  # fmt: skip


def _names(nth: int) -> tuple[str, str, str]:
    return f"name{nth}", f"email{nth}", f"audience{nth}"


async def _whom(visit: Visit, run: Any, numbered: list[str]) -> dict[str, Any]:
    """Of the own roster those whom the run is for: who arrives in its year, or who serves on its first day."""
    asked: dict[str, Any] = {
        "q": visit.query.get("q"), "sort": "jet_number", "limit": PEOPLE, "cursor": visit.query.get("cursor"),
    }  # fmt: skip
    if numbered == ["new_participant"]:
        asked |= {"programme_year": run["fiscal_year"], "is_new": "true"}
        asked |= {"arrival_group": run["arrival_group"]}
    else:
        asked["as_of"] = max(run["starts_on"] or "", (await visit.read(CLOCK))["today"])
    jobs = [JOBS.get(one) for one in numbered]
    return asked | ({"job_type": jobs[0]} if len(jobs) == 1 and jobs[0] else {})


def _meant(person: Any, numbered: list[str]) -> str:
    """The audience that somebody is most likely meant to be of: that of the job, else the first."""
    return next((one for one in numbered if JOBS.get(one) == person["job_type"]), numbered[0])
