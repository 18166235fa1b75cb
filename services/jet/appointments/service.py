"""Checking and storing appointments: one row of a file or one body is an appointment with its workplace,
supervisor and housing."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Table

from services.jet.appointments.domain import OVERLAP, check_row, check_stint, overlapping
from services.jet.appointments.repository import Appointments
from services.jet.participants.repository import advance, stints
from services.jet.references import UNKNOWN_HERE
from services.jet.tables import appointment, arrangement, supervisor, workplace
from services.kit.db.merge import insert, merge
from services.kit.db.session import WriteSession
from services.kit.errors import EXISTS
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.resource import Change, Row
from services.kit.writer import KEPT, PATCH, one_alone, with_lesser

KEY = ("participant_id", "organisation_id", "programme_year", "starts_on")
MAIN = {"_row", "id", "organisation_id", "participant_id", "programme_year", "job_type", "starts_on", "ends_on", "known_from"}  # fmt: skip

PartChange = tuple[str, Change]  # with the name of its table


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
    held = await repository.during(rows)
    for row in rows:
        if PATCH not in row and (stored := held.named(row)) is not None:
            row["id"] = stored
        kept = "job_type" in row.get(KEPT, ())
        found[row["_row"]] += check_row(row) + check_stint(
            row, of.get(row["_row"]), new="id" not in row, kept=kept
        )
    sound = [row for row in rows if not found[row["_row"]]]
    terms = ((row["_row"], (row["participant_id"], row["starts_on"], row["ends_on"])) for row in sound)
    for number in overlapping(terms) | held.met(sound):
        found[number].append(("starts_on", OVERLAP))
    return found


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    """Rows of stored appointments carry their `id`: the check has found them."""
    new, stored = ([row for row in rows if ("id" in row) is known] for known in (False, True))
    if insert_only and stored:
        raise EXISTS()
    told = one_alone(rows)
    made = await _made(session, new)
    mended = await merge(session, appointment, _main(stored), ("id",), told=told)
    changes = {change.row: change for change in (*made, *mended)}
    ids = {row["_row"]: row["id"] for row in stored} | {change.row: change.id for change in made}
    moved, same = ([row for row in stored if (row["_row"] in changes) is is_] for is_ in (True, False))
    parts = [
        *await _new_parts(session, new, ids),
        *await _move(session, moved, ids),
        *await _store_parts(session, same, ids),
    ]
    lesser = [one.of(ids[one.row], name) for name, one in parts if told or one.row not in changes]
    await advance(session, "appoint", new)
    return await with_lesser(session, appointment, changes, lesser)


async def _made(session: WriteSession, rows: list[Row]) -> list[Change]:
    if one_alone(rows):
        return await merge(session, appointment, _main(rows), ())
    ids = {row["_row"]: uuid7() for row in rows}
    await insert(session, appointment, [row | {"id": ids[row["_row"]]} for row in _main(rows)])
    return [Change(number, "INSERT", identity, None, None) for number, identity in ids.items()]


def _main(rows: list[Row]) -> list[Row]:
    return [{name: row[name] for name in MAIN & row.keys()} for row in rows]


async def _move(session: WriteSession, rows: list[Row], ids: dict[int, Any]) -> list[PartChange]:
    """What holds in an appointment follows it, and is known when the appointment's change is."""
    repository, parts = Appointments(session), list[PartChange]()
    for known_from in sorted({row.get("known_from") for row in rows}, key=str):
        alike = [row for row in rows if row.get("known_from") == known_from]
        await repository.knowing(known_from)
        await repository.fit([ids[row["_row"]] for row in alike])
        parts += await _store_parts(session, alike, ids)
        await repository.knowing(None)
    return parts


async def _store_parts(session: WriteSession, rows: list[Row], ids: dict[int, Any]) -> list[PartChange]:
    """The base workplace and the arrangement that each row speaks of, and the supervisor's erasable contact."""
    if not rows:
        return []
    repository, old = Appointments(session), [ids[row["_row"]] for row in rows]
    bases = await repository.shown_parts("workplace", old)
    arranged = await repository.shown_parts("arrangement", old)
    return [
        *await _merged(session, workplace, [_workplace(row, ids[row["_row"]], bases) for row in rows], ("appointment_id", "position", "starts_on")),
        *await _merged(session, arrangement, [_arrangement(row, ids[row["_row"]], arranged) for row in rows], ("appointment_id", "starts_on")),
        *await _merged(session, supervisor, [_supervisor(row, ids[row["_row"]]) for row in rows], ("appointment_id",)),
    ]  # fmt: skip


async def _new_parts(session: WriteSession, rows: list[Row], ids: dict[int, Any]) -> list[PartChange]:
    """Those of new appointments, for which there is nothing to look; of a file's nothing is told apart."""
    parts = (
        (workplace, [_workplace(row, ids[row["_row"]], {}) for row in rows]),
        (arrangement, [_arrangement(row, ids[row["_row"]], {}) for row in rows]),
        (supervisor, [_supervisor(row, ids[row["_row"]]) for row in rows]),
    )
    if one_alone(rows):
        return [one for table, values in parts for one in await _merged(session, table, values)]
    for table, values in parts:
        await insert(session, table, values)
    return []


async def _merged(
    session: WriteSession, table: Table, rows: list[Row], key: tuple[str, ...] = ()
) -> list[PartChange]:
    return [(table.name, one) for one in await merge(session, table, rows, key, told=one_alone(rows))]


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
