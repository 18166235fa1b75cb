"""What a training officer does with a run: enrols and withdraws people, cancels it, sends its files, awards it."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.runs import CREATE, ENROL, ENROLMENTS, FILES, ONE, READ, RUN, shown
from services.gateway.desk.pages.uploads import CREATE as SEND
from services.gateway.desk.pages.uploads import no_file, send
from services.gateway.desk.training import COORDINATOR, RUNS, named, place
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

CONFIRM, WITHDRAW = "jet_training_enrolments_confirm", "jet_training_enrolments_withdraw"
CANCEL, AWARD = "jet_training_runs_cancel", "jet_training_runs_award"
ENROLLED = {
    "confirmed": Text("申し込みました。受講が確定しました。", "Enrolled, with a seat."),
    "waiting": Text("申し込みました。空席待ちです。", "Enrolled; this person waits for a seat."),
}
ACTS = {
    "confirm": (CONFIRM, Text("案内を承諾しました。", "The offer is taken.")),
    "withdraw": (
        WITHDRAW,
        Text(
            "取り下げました。空席は次の方に案内されます。", "Withdrawn. The seat goes to whoever waits next."
        ),
    ),
}
CANCELLED = Text("実施回を中止にしました。", "The run is cancelled.")
EARNED = Text("修了の認定", "Award")

pages = Pages()


async def act(visit: Visit) -> Text | None:
    """Takes an offer or withdraws, as the button says that was pressed; what to say of it."""
    verb, _, identity = visit.field("act").partition(" ")
    if verb not in ACTS or not identity:
        return None
    call, said = ACTS[verb]
    await visit.do(call, ref=identity)
    return said


def _home(visit: Visit) -> str:
    return place(RUNS, visit.path("code"))


@pages.command(f"{RUNS}/{{code}}/enrolments", RUN, roles=COORDINATOR, calls=(*ONE, CREATE))
async def enrol(visit: Visit) -> Response:
    given = typed(visit.form, visit.entries(CREATE, ENROL))
    body = {name: value for name, value in given.items() if value is not None}
    try:
        made = await visit.do(CREATE, body | {"run_code": visit.path("code")})
    except Refused as refused:
        return await shown(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(_home(visit), ENROLLED.get(made["state"]))


@pages.command(f"{RUNS}/{{code}}/acts", RUN, roles=COORDINATOR, calls=(*ONE, CONFIRM, WITHDRAW))
async def decide(visit: Visit) -> Response:
    try:
        said = await act(visit)
    except Refused as refused:
        return await shown(visit, status=refused.status, problem=refused.problem)
    return visit.go(_home(visit), said)


@pages.command(f"{RUNS}/{{code}}/cancellations", RUN, roles=COORDINATOR, calls=(*ONE, CANCEL))
async def cancel(visit: Visit) -> Response:
    given = {"cancelled_reason": visit.field("cancelled_reason")}
    try:
        await visit.do(CANCEL, given, ref=visit.path("code"))
    except Refused as refused:
        return await shown(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(_home(visit), CANCELLED)


@pages.command(f"{RUNS}/{{code}}/files", RUN, roles=COORDINATOR, calls=(*ONE, SEND))
async def take(visit: Visit) -> Response:
    kind = visit.field("kind")
    address = await send(visit, kind) if kind in FILES else None
    if address is None:
        return await shown(visit, status=422, problem=no_file(visit))
    return visit.go(address)


@pages.page(f"{RUNS}/{{code}}/awards", EARNED, roles=COORDINATOR, calls=(READ,))
async def awards(visit: Visit) -> Response:
    """Who has earned it is found by a trial of the award: a press of the first button."""
    return visit.show("awards.html", run=await visit.read(READ, ref=visit.path("code")), earned=None, rows=[])


@pages.command(f"{RUNS}/{{code}}/awards", EARNED, roles=COORDINATOR, calls=(READ, ENROLMENTS, AWARD))
async def award(visit: Visit) -> Response:
    code, trial = visit.path("code"), not visit.field("award")
    record = await visit.read(READ, ref=code)
    try:
        made = await visit.do(AWARD, ref=code, query={"dry_run": "true" if trial else "false"})
    except Refused as refused:
        return visit.show(
            "awards.html", status=refused.status, problem=refused.problem, run=record, earned=None, rows=[]
        )
    if trial:
        return visit.show("awards.html", run=record, earned=made, rows=await _earned(visit, record, made))
    return visit.go(_home(visit), _told(made))


async def _earned(visit: Visit, run: Any, made: Any) -> list[dict[str, Any]]:
    people = await visit.every(ENROLMENTS, run_code=run["code"], state="confirmed")
    days = {one["enrolment_id"]: one["completed_on"] for one in made["people"]}
    return [
        one | {"name": named(one), "completed_on": days[one["id"]]} for one in people if one["id"] in days
    ]


def _told(made: dict[str, Any]) -> Text:
    if not made["awarded"]:
        return Text("新しく修了した人はいません。", "Nobody has newly completed it.")
    first, last = made["first_number"], made["last_number"]
    return Text(
        f"{made['awarded']}名の修了を認定しました（{first}～{last}）。",
        f"Awarded to {made['awarded']} ({first} to {last}).",
    )
