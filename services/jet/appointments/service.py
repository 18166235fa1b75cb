"""Checking and storing appointments: one row of a file or one body is an appointment with its workplace,
supervisor and housing."""

from collections import defaultdict
from typing import Any

from services.jet.appointments.domain import JOB_TYPE_DIFFERS, OVERLAP, check_row, overlapping
from services.jet.appointments.repository import Appointments
from services.jet.references import UNKNOWN_HERE
from services.jet.states import advance
from services.jet.tables import appointment, arrangement, supervisor, workplace
from services.kit.db.merge import identities, merge, touch
from services.kit.db.session import WriteSession
from services.kit.errors import EXISTS
from services.kit.findings import Finding
from services.kit.resource import Change, Row
from services.kit.writer import KEPT, PATCH

KEY = ("participant_id", "organisation_id", "programme_year", "starts_on")
MAIN = {"_row", "id", "organisation_id", "participant_id", "programme_year", "job_type", "starts_on", "ends_on", "known_from"}  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found: dict[int, list[tuple[str, Finding]]] = defaultdict(list)
    repository = Appointments(session)
    if session.scope.reach != "all":
        known = await repository.known(rows)
        known |= {row["_row"] for row in rows if row.get(KEPT, set()) >= {"jet_number", "organisation_code"}}
        for row in rows:
            if row["_row"] not in known:
                found[row["_row"]].append(("jet_number", UNKNOWN_HERE))
        rows = [row for row in rows if row["_row"] in known]
    job_types = await repository.job_types([row["participant_id"] for row in rows])
    for row in rows:
        found[row["_row"]] += check_row(row)
        if job_types.get(row["participant_id"], row["job_type"]) != row["job_type"]:
            found[row["_row"]].append(("job_type", JOB_TYPE_DIFFERS))
    sound = [row for row in rows if not found[row["_row"]]]
    terms = ((row["_row"], (row["participant_id"], row["starts_on"], row["ends_on"])) for row in sound)
    for number in overlapping(terms) | (await repository.meeting(sound) if sound else set()):
        found[number].append(("starts_on", OVERLAP))
    return found


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    key = ("id",) if PATCH in rows[0] else KEY
    main = [{name: row[name] for name in MAIN & row.keys()} for row in rows]
    changes = {
        change.row: change for change in await merge(session, appointment, main, key, insert_only=insert_only)
    }
    if insert_only and len(changes) < len(rows):
        raise EXISTS()
    ids: dict[int, Any] = {number: change.id for number, change in changes.items()}
    ids |= await identities(session, appointment, [row for row in main if row["_row"] not in changes], key)
    moved = [row for row in rows if row["_row"] in changes and changes[row["_row"]].action == "UPDATE"]
    await _move(session, moved, ids)
    followed = {row["_row"] for row in moved}
    others = [row for row in rows if row["_row"] not in followed]
    quiet = {
        change.row: change for change in await _store_parts(session, others, ids) if change.row not in changes
    }
    if quiet:
        await touch(session, appointment, [change.id for change in quiet.values()])
    new = [
        row["participant_id"]
        for row in rows
        if changes.get(row["_row"]) and changes[row["_row"]].action == "INSERT"
    ]
    if new:
        await advance(session, "appoint", new)
    return [*changes.values(), *quiet.values()]


async def _move(session: WriteSession, rows: list[Row], ids: dict[int, Any]) -> None:
    """What holds in an appointment follows it, and is known when the appointment's change is."""
    repository = Appointments(session)
    for known_from in sorted({row.get("known_from") for row in rows}, key=str):
        alike = [row for row in rows if row.get("known_from") == known_from]
        await repository.knowing(known_from)
        await repository.fit([ids[row["_row"]] for row in alike])
        await _store_parts(session, alike, ids)
        await repository.knowing(None)


async def _store_parts(session: WriteSession, rows: list[Row], ids: dict[int, Any]) -> list[Change]:
    """The base workplace and the arrangement that each row speaks of, and the supervisor's erasable contact."""
    repository = Appointments(session)
    old = [ids[row["_row"]] for row in rows]
    bases = await repository.shown_parts("workplace", old)
    arranged = await repository.shown_parts("arrangement", old)
    workplaces = [_workplace(row, ids[row["_row"]], bases) for row in rows]
    arrangements = [_arrangement(row, ids[row["_row"]], arranged) for row in rows]
    supervisors = [_supervisor(row, ids[row["_row"]]) for row in rows]
    done = await merge(session, workplace, workplaces, ("appointment_id", "position", "starts_on"))
    done += await merge(session, arrangement, arrangements, ("appointment_id", "starts_on"))
    done += await merge(session, supervisor, supervisors, ("appointment_id",))
    return [Change(change.row, "UPDATE", ids[change.row], change.before, change.after) for change in done]


def _part(row: Row, identity: Any, shown: dict[str, Any]) -> Row:
    held = shown.get(str(identity))
    part = {
        "_row": row["_row"],
        "appointment_id": identity,
        "organisation_id": row["organisation_id"],
        "starts_on": held.starts_on if held else row["starts_on"],
        "ends_on": held.ends_on if held else row["ends_on"],
    }
    return part | ({"known_from": row["known_from"]} if "known_from" in row else {})


def _workplace(row: Row, identity: Any, shown: dict[str, Any]) -> Row:
    return _part(row, identity, shown) | {
        "position": 1,
        "name": row["workplace_name"],
        "kind": row["workplace_kind"],
        "school_level": row["school_level"],
        "municipality_id": row["municipality_id"],
        "days_per_week": row["workplace_days"],
    }


def _arrangement(row: Row, identity: Any, shown: dict[str, Any]) -> Row:
    names = ("housing_type", "housing_rent_yen", "housing_provider")
    return _part(row, identity, shown) | {name: row[name] for name in names}


def _supervisor(row: Row, identity: Any) -> Row:
    return {
        "_row": row["_row"],
        "appointment_id": identity,
        "organisation_id": row["organisation_id"],
        "name": row["supervisor_name"],
        "phone": row["supervisor_phone"],
        "email": row["supervisor_email"],
    }
