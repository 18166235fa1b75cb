"""Runs with their pools of seats: opened with a run, resized when its seats change; and how a run is cancelled."""

from uuid import UUID

from services.jet.runs import repository
from services.jet.runs.domain import ENROLMENT_NOT_IN_ORDER, OTHER_EDITION, RUN, misdated
from services.jet.training_tables import training_run
from services.kit import audit
from services.kit.capacity.service import Capacity
from services.kit.db.merge import merge
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, EXISTS, Refused
from services.kit.findings import Finding
from services.kit.resource import Change, Row
from services.kit.writer import PATCH, one_alone, with_lesser

NAME = "training-runs"
ENROLMENTS = "training-enrolments"  # the records that claim a run's seats


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    years = await repository.years(session, {row["edition_id"] for row in rows})
    held = await repository.stored(session, rows)
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        row["fiscal_year"] = years[row["edition_id"]]
        problems = found.setdefault(row["_row"], [])
        wrong = misdated(row["starts_on"], row["ends_on"], row["date_precision"], row["fiscal_year"])
        if wrong is not None:
            problems.append(wrong)
        if row["enrol_from"] and row["enrol_until"] and row["enrol_from"] >= row["enrol_until"]:
            problems.append(("enrol_until", ENROLMENT_NOT_IN_ORDER))
        stands = held.get(row["_row"])
        if stands is not None and stands[1:3] != (row["edition_id"], row["organiser_id"]):
            problems.append(("code", OTHER_EDITION))
    return found


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    held = await repository.stored(session, rows)
    if insert_only and held:
        raise EXISTS()
    seats = Capacity(session, "jet", ENROLMENTS)
    new = [row for row in rows if row["_row"] not in held]
    pools = await seats.open_many([row["seats"] for row in new])
    of = {row["_row"]: pool for row, pool in zip(new, pools, strict=True)}
    rows = [row | {"pool_id": of.get(row["_row"]) or held[row["_row"]].pool_id} for row in rows]
    key = ("id",) if PATCH in rows[0] else ("code",)
    merged = await merge(session, training_run, rows, key, once=("pool_id",), told=one_alone(rows))
    changes = {change.row: change for change in merged}
    resized = {
        row["_row"]: row["seats"]
        for row in rows
        if row["_row"] in held and held[row["_row"]].seats != row["seats"]
    }
    if resized:
        await seats.resize_many({held[number].pool_id: given for number, given in resized.items()})
    told = [
        Change(number, "UPDATE", held[number].id, {"seats": held[number].seats}, {"seats": given})
        for number, given in resized.items()
    ]
    return await with_lesser(session, training_run, changes, told)


async def cancel(session: WriteSession, run: UUID, reason: str) -> None:
    state = await repository.lock(session, run)
    closed = RUN.why_closed("cancel", state)
    if closed is not None:
        raise Refused(ACTION_CLOSED, closed)
    await repository.cancel(session, run, reason)
    await audit.entry(
        session, "jet", "cancel", NAME, run, after={"cancelled_reason": reason}, states=(state, "cancelled")
    )
    await audit.publish(session, "jet", NAME, [Change(0, "UPDATE", run, None, None)])
