"""The board of runs (実施回) of a year, and one run: its facts, its sessions, who takes part and how it went."""

import asyncio
from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.roster import CLOCK, this_year
from services.gateway.desk.training import COORDINATOR, RUNS, STATES, choices, named, place, who
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

LIST, READ = "jet_training_runs_list", "jet_training_runs_read"
EDITIONS, EDITION = "jet_training_editions_list", "jet_training_editions_read"
SESSIONS, ENROLMENTS = "jet_training_sessions_list", "jet_training_enrolments_list"
ATTENDANCES, COMPLETIONS = "jet_training_attendances_list", "jet_training_completions_list"
CREATE, CERTIFICATE, CALENDAR = (
    "jet_training_enrolments_create",
    "jet_training_completions_certificate",
    "jet_calendar_read",
)
ONE = (READ, EDITION, SESSIONS, ENROLMENTS, ATTENDANCES, COMPLETIONS)
ASKED = ("fiscal_year", "q", "kind", "state", "edition_code", "organiser")
ENROL = (
    "audience", "jet_number", "organisation_code", "attendee_name", "attendee_email", "party", "priority", "certain",
)  # fmt: skip
SHOWN, OF_YEAR = 50, 100
FILES = ("training-attendances", "meeting-presences", "learning-progress", "training-enrolments")
# the statistic that counts a kind of training
COUNTED = {
    "jet-trainings": (
        "orientation",
        "alt_conference",
        "cir_conference",
        "sea_conference",
        "e_learning",
        "advanced",
    ),
    "jet-courses": ("japanese", "translation"),
    "jet-organisation-support": ("organisation_seminar", "adviser_training"),
    "jet-participant-support": ("opinion_exchange", "leavers_briefing"),
    "jet-career-trainings": ("career_vision", "job_hunting"),
}
FIGURE = {kind: name for name, kinds in COUNTED.items() for kind in kinds}
TITLE, RUN = Text("研修", "Training"), Text("実施回", "A run")
NONE: dict[str, Any] = {"items": [], "next": None, "total": None}

pages = Pages()


async def year_asked(visit: Visit) -> dict[str, str]:
    """What the address asks; of this fiscal year where it names neither one nor an edition, which has its own."""
    found = {name: visit.query[name] for name in ASKED if name in visit.query}
    if "fiscal_year" in found or "edition_code" in found:
        return found
    return {"fiscal_year": str(await this_year(visit))} | found


@pages.page(RUNS, TITLE, roles=COORDINATOR, calls=(LIST, CLOCK), menu=True)
async def board(visit: Visit) -> Response:
    if "run_code" in visit.query:
        return visit.go(place(RUNS, visit.query["run_code"]))
    kept, rows, problem, status = await year_asked(visit), NONE, None, 200
    try:
        rows = await visit.read(
            LIST, **kept, sort="starts_on", limit=OF_YEAR, cursor=visit.query.get("cursor"), include="total"
        )
    except Refused as refused:
        problem, status = refused.problem, refused.status
    return visit.show(
        "runs.html", status=status, problem=problem, rows=rows, kept=kept, years=_beside(kept),
        kinds=[("", "—"), *choices("training_kind", visit.language)],
        states=[("", "—"), *choices("run_state", visit.language)],
    )  # fmt: skip


@pages.page("/desk/editions", Text("年度の開講", "Editions"), roles=COORDINATOR, calls=(EDITIONS, CLOCK))
async def editions(visit: Visit) -> Response:
    asked, rows, problem, status = visit.query.get("fiscal_year"), NONE, None, 200
    year = {"fiscal_year": asked or str(await this_year(visit))}
    try:
        rows = await visit.read(
            EDITIONS, **year, sort="code", limit=OF_YEAR, cursor=visit.query.get("cursor")
        )
    except Refused as refused:
        problem, status = refused.problem, refused.status
    return visit.show(
        "editions.html", status=status, problem=problem, rows=rows, kept=year, years=_beside(year)
    )


def _beside(kept: dict[str, str]) -> list[int]:
    """The years before and after."""
    year = kept.get("fiscal_year", "")
    return [int(year) - 1, int(year) + 1] if year.isascii() and year.isdecimal() and len(year) == 4 else []


@pages.page(f"{RUNS}/{{code}}", RUN, roles=COORDINATOR, calls=ONE)
async def run(visit: Visit) -> Response:
    return await shown(visit)


async def shown(
    visit: Visit, given: dict[str, Any] | None = None, *, status: int = 200, problem: Any = None
) -> Response:
    """A run's page, with `given` in its form for enrolling; needs the calls of ONE."""
    record = await visit.read(READ, ref=visit.path("code"))
    code, kept = record["code"], {name: visit.query[name] for name in ("state",) if name in visit.query}
    sort = "waiting_number" if kept.get("state") == "waiting" else "enrolled_at"
    asked = {"run_code": code, "sort": sort, "limit": SHOWN, "cursor": visit.query.get("cursor"), **kept}
    edition, sessions, people, attended, awarded, counts = await asyncio.gather(
        visit.read(EDITION, ref=record["edition_code"]),
        visit.every(SESSIONS, run_code=code, sort="number"),
        visit.read(ENROLMENTS, **asked),
        visit.every(ATTENDANCES, run_code=code),
        visit.every(COMPLETIONS, run_code=code),
        counted(visit, code),
    )
    entries = visit.entries(CREATE, ENROL)
    return visit.show(
        "run.html", status=status, problem=problem, run=record, edition=edition, sessions=sessions, next=people["next"],
        rows=_rows(people["items"], sessions, attended, awarded), kept=kept, counts=counts, awarded=len(awarded),
        entries=[one for one in entries if one.name != "audience"],
        audiences=choices("training_audience", visit.language, edition["audiences"]),
        figure=FIGURE.get(record["kind"]), given={"party": 1, "priority": 0} | (given or {}), files=FILES,
    )  # fmt: skip


async def counted(visit: Visit, code: str) -> dict[str, int]:
    """How many enrolments a run has in each state."""

    async def total(state: str) -> int:
        found = await visit.read(ENROLMENTS, run_code=code, state=state, limit=1, include="total")
        return int(found["total"])

    return dict(zip(STATES, await asyncio.gather(*map(total, STATES)), strict=True))


def _rows(people: list[Any], sessions: list[Any], attended: list[Any], awarded: list[Any]) -> list[Any]:
    """Enrolments, each with the attendance at each session and the award, if there is one."""
    there = {(who(one), one["session_number"]): one for one in attended}
    awards = {who(one): one for one in awarded}
    found = []
    for one in people:
        live = one["state"] == "confirmed"
        attended = [there.get((who(one), each["number"])) if live else None for each in sessions]
        found.append(
            one
            | {
                "name": named(one),
                "attended": attended,
                "there": any(each is not None and each["attendance"] == "present" for each in attended),
                "award": awards.get(who(one)) if live else None,
            }
        )
    return found


@pages.page(f"{RUNS}/{{code}}/calendar", RUN, roles=COORDINATOR, calls=(CALENDAR,))
async def calendar(visit: Visit) -> Response:
    return await visit.file(
        CALENDAR, accept="text/calendar", run_code=visit.path("code"), language=visit.language
    )


@pages.page(
    f"{RUNS}/{{code}}/certificates/{{id}}/{{language}}",
    Text("修了証", "Certificate"),
    roles=COORDINATOR,
    calls=(CERTIFICATE,),
)
async def certificate(visit: Visit) -> Response:
    return await visit.file(
        CERTIFICATE, accept="application/pdf", ref=visit.path("id"), language=visit.path("language")
    )
