"""Checking and storing appointments: one row of a file or one body is an appointment with its workplace,
supervisor and housing."""

from collections import defaultdict
from typing import Any

from services.jet.appointments.domain import OVERLAP, check_row, check_stint, overlapping
from services.jet.appointments.repository import Appointments
from services.jet.participants.repository import advance, stints
from services.jet.references import UNKNOWN_HERE
from services.jet.tables import appointment, arrangement, supervisor, workplace
from services.kit.db.merge import identities, merge, touch
from services.kit.db.session import WriteSession
from services.kit.errors import EXISTS
from services.kit.findings import Finding
from services.kit.resource import Change, Row, together
from services.kit.writer import KEPT, PATCH, unstored

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
    of = await stints(session, rows)
    new = {row["_row"] for row in await unstored(session, appointment, rows, KEY)}
    for row in rows:
        number = row["_row"]
        kept = "job_type" in row.get(KEPT, ())
        found[number] += check_row(row) + check_stint(row, of.get(number), new=number in new, kept=kept)
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
    parts = await _move(session, moved, ids)
    followed = {row["_row"] for row in moved}
    others = [row for row in rows if row["_row"] not in followed]
    parts += await _store_parts(session, others, ids)
    if quiet := {change.id for change in parts if change.row not in changes}:
        await touch(session, appointment, list(quiet))
    new = [row for row in rows if row["_row"] in changes and changes[row["_row"]].action == "INSERT"]
    await advance(session, "appoint", new)
    return together([*changes.values(), *parts])


async def _move(session: WriteSession, rows: list[Row], ids: dict[int, Any]) -> list[Change]:
    """What holds in an appointment follows it, and is known when the appointment's change is."""
    repository, parts = Appointments(session), list[Change]()
    for known_from in sorted({row.get("known_from") for row in rows}, key=str):
        alike = [row for row in rows if row.get("known_from") == known_from]
        await repository.knowing(known_from)
        await repository.fit([ids[row["_row"]] for row in alike])
        parts += await _store_parts(session, alike, ids)
        await repository.knowing(None)
    return parts


async def _store_parts(session: WriteSession, rows: list[Row], ids: dict[int, Any]) -> list[Change]:
    """The base workplace and the arrangement that each row speaks of, and the supervisor's erasable contact."""
    repository = Appointments(session)
    old = [ids[row["_row"]] for row in rows]
    bases = await repository.shown_parts("workplace", old)
    arranged = await repository.shown_parts("arrangement", old)
    parts = (
        (workplace, ("appointment_id", "position", "starts_on"), [_workplace(r, ids[r["_row"]], bases) for r in rows]),
        (arrangement, ("appointment_id", "starts_on"), [_arrangement(r, ids[r["_row"]], arranged) for r in rows]),
        (supervisor, ("appointment_id",), [_supervisor(r, ids[r["_row"]]) for r in rows]),
    )  # fmt: skip
    done: list[Change] = []
    for table, key, values in parts:
        merged = await merge(session, table, values, key)
        done += [change.of(ids[change.row], table.name) for change in merged]
    return done


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
