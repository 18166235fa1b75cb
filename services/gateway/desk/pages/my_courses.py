"""A participant's courses: what is open, the place in it, the ticket, certificates, and all of it as a calendar."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.oneself import CLOCK, ONESELF, PARTICIPANTS, Oneself, oneself, open_acts
from services.gateway.desk.training import ticket_address
from services.gateway.desk.visit import Refused, Visit
from services.kit import qr
from services.kit.text import Text

RUNS, RUN, SESSIONS = "jet_training_runs_list", "jet_training_runs_read", "jet_training_sessions_list"
EDITIONS, EDITION = "jet_training_editions_list", "jet_training_editions_read"
MINE, ONE, ENROL = (
    "jet_training_enrolments_list", "jet_training_enrolments_read", "jet_training_enrolments_create",
)  # fmt: skip
STEPS = {"confirm": "jet_training_enrolments_confirm", "withdraw": "jet_training_enrolments_withdraw"}
AWARDS, CERTIFICATE = "jet_training_completions_list", "jet_training_completions_certificate"
CALENDAR = "jet_calendar_read"
HOME = "/desk/courses"
TITLE, COURSE = Text("研修", "Courses"), Text("研修の案内", "A course")
HOLDS = ("waiting", "offered", "confirmed")
JOBS = {"ALT": "alt", "CIR": "cir", "SEA": "sea"}
ENROLLED = Text("申し込みました。", "You have enrolled.")
DONE = {
    "confirm": Text("参加が確定しました。", "Your place is certain now."),
    "withdraw": Text("申込みを取り下げました。", "You have withdrawn."),
}
SHOWN = (RUN, EDITION, SESSIONS, MINE, *ONESELF)

pages = Pages()


@pages.page(HOME, TITLE, roles=PARTICIPANTS, calls=(RUNS, EDITIONS, MINE, AWARDS, *ONESELF), menu=True)
async def courses(visit: Visit) -> Response:
    mine = await visit.every(MINE, sort="-enrolled_at")
    held = [one for one in mine if one["state"] in HOLDS]
    runs = {code: one for code, one in await _runs(visit, held)}
    return visit.show(
        "courses.html",
        offers=[one for one in held if one["state"] == "offered"],
        held=held,
        past=[one for one in mine if one["state"] not in HOLDS],
        runs=runs,
        open=await _open(visit, {one["run_code"] for one in held}),
        awards=await visit.every(AWARDS, sort="-completed_on"),
    )


@pages.page("/desk/courses.ics", Text("カレンダー", "Calendar"), roles=PARTICIPANTS, calls=(CALENDAR,))
async def calendar(visit: Visit) -> Response:
    return await visit.file(CALENDAR, language=visit.language)


@pages.page(f"{HOME}/runs/{{code}}", COURSE, roles=PARTICIPANTS, calls=SHOWN)
async def run(visit: Visit) -> Response:
    return await _run(visit)


@pages.command(f"{HOME}/runs/{{code}}", COURSE, roles=PARTICIPANTS, calls=(*SHOWN, ENROL))
async def enrol(visit: Visit) -> Response:
    body = {"run_code": visit.path("code"), "audience": visit.field("audience")}
    try:
        made = await visit.do(ENROL, body)
    except Refused as refused:
        return await _run(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{made['id']}", ENROLLED)


@pages.page(
    f"{HOME}/certificates/{{id}}", Text("修了証", "Certificate"), roles=PARTICIPANTS, calls=(CERTIFICATE,)
)
async def certificate(visit: Visit) -> Response:
    language = "ja" if visit.query.get("language", visit.language) == "ja" else "en"
    return await visit.file(CERTIFICATE, accept="application/pdf", ref=visit.path("id"), language=language)


@pages.page(
    f"{HOME}/{{id}}",
    Text("申し込んだ研修", "Your course"),
    roles=PARTICIPANTS,
    calls=(ONE, RUN, SESSIONS, CLOCK),
)
async def enrolment(visit: Visit) -> Response:
    return await _enrolment(visit)


def _step(name: str) -> None:
    @pages.command(
        f"{HOME}/{{id}}/{name}", Text("申し込んだ研修", "Your course"), roles=PARTICIPANTS,
        calls=(ONE, RUN, SESSIONS, CLOCK, STEPS[name]),
    )  # fmt: skip
    async def step(visit: Visit) -> Response:
        try:
            await visit.do(STEPS[name], ref=visit.path("id"))
        except Refused as refused:
            return await _enrolment(visit, status=refused.status, problem=refused.problem)
        return visit.go(HOME if name == "withdraw" else f"{HOME}/{visit.path('id')}", DONE[name])


for _name in STEPS:
    _step(_name)


async def _runs(visit: Visit, held: list[Any]) -> list[tuple[str, Any]]:
    found = []
    for code in {one["run_code"] for one in held}:
        items = (await visit.read(RUNS, code=code))["items"]
        found += [(code, one) for one in items]
    return found


async def _open(visit: Visit, known: set[str]) -> list[Any]:
    """Runs that take enrolments from oneself and are meant for somebody like the visitor."""
    me = await oneself(visit)
    runs = [
        one
        for one in await visit.every(RUNS, state="open", sort="starts_on")
        if one["enrol_by"] in ("oneself", "either") and one["code"] not in known
    ]
    years = {one["fiscal_year"] for one in runs}
    editions = {
        one["code"]: one for year in sorted(years) for one in await visit.every(EDITIONS, fiscal_year=year)
    }
    return [one for one in runs if me is not None and _fitting(editions.get(one["edition_code"]), me)]


def _fitting(edition: Any, me: Oneself) -> list[str]:
    """The audiences of an edition that a participant may say to be of; whether it is so is the service's to judge."""
    if edition is None:
        return []
    mine = {"open", "adviser", JOBS.get(me.job_type, "open")}
    mine |= {"alumnus"} if not me.serving else set()
    mine |= {"new_participant"} if me.joined >= edition["fiscal_year"] else set()
    return [one for one in edition["audiences"] if one in mine]


async def _run(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    found = await visit.read(RUN, ref=visit.path("code"))
    me = await oneself(visit)
    edition = await visit.read(EDITION, ref=found["edition_code"])
    mine = [one for one in await visit.every(MINE, run_code=found["code"]) if one["state"] in HOLDS]
    return visit.show(
        "course_run.html", status=status, problem=problem, run=found, edition=edition,
        sessions=await visit.every(SESSIONS, run_code=found["code"], sort="starts_at"),
        audiences=_fitting(edition, me) if me else [], mine=mine[0] if mine else None,
        chosen=visit.field("audience"),
    )  # fmt: skip


async def _enrolment(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    found = await visit.read(ONE, ref=visit.path("id"))
    ticket = found["ticket"] if found["state"] == "confirmed" else None
    said = Text("受付票のQRコード", "The QR code of your ticket").within(visit.language)
    return visit.show(
        "course.html", status=status, problem=problem, one=found, acts=open_acts(found),
        run=await visit.read(RUN, ref=found["run_code"]),
        sessions=await visit.every(SESSIONS, run_code=found["run_code"], sort="starts_at"),
        ticket=ticket and qr.svg(ticket_address(visit, ticket), said),
    )  # fmt: skip
