"""Checking and storing appointments: one row of a file or one body is an appointment with its workplace,
supervisor and housing."""

from collections import defaultdict
from collections.abc import Mapping
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
# Which field of a row fills each column. A row speaks of its base workplace (position 1), and of one arrangement.
MAIN = {name: name for name in ("id", *KEY, "job_type", "ends_on")}
_PART = {"appointment_id": "id", "organisation_id": "organisation_id"}
_TERM = _PART | {"starts_on": "starts_on", "ends_on": "ends_on"}
WORKPLACE = _TERM | {
    "position": "position", "name": "workplace_name", "kind": "workplace_kind", "school_level": "school_level",
    "municipality_id": "municipality_id", "days_per_week": "workplace_days",
}  # fmt: skip
ARRANGEMENT = _TERM | {name: name for name in ("housing_type", "housing_rent_yen", "housing_provider")}
SUPERVISOR = _PART | {name: f"supervisor_{name}" for name in ("name", "phone", "email")}

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
        stint = of.get(row["_row"])
        if wrong := check_row(row) + check_stint(row, stint, new="id" not in row, kept=kept):
            found[row["_row"]] += wrong
    sound = [row for row in rows if row["_row"] not in found]
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
    new = [row | {"id": uuid7(), "position": 1} for row in new]
    made, parts = await _made(session, new)
    mended = await merge(session, appointment, _values(stored, MAIN), ("id",), told=told)
    changes = {change.row: change for change in (*made, *mended)}
    ids = {row["_row"]: row["id"] for row in (*new, *stored)}
    moved, same = ([row for row in stored if (row["_row"] in changes) is is_] for is_ in (True, False))
    parts += [*await _move(session, moved), *await _store_parts(session, same)]
    lesser = [one.of(ids[one.row], name) for name, one in parts if told or one.row not in changes]
    await advance(session, "appoint", new)
    return await with_lesser(session, appointment, changes, lesser)


async def _made(session: WriteSession, rows: list[Row]) -> tuple[list[Change], list[PartChange]]:
    """New appointments, for which there is nothing to look; of a file's nothing is told apart."""
    if one_alone(rows):
        made = await merge(session, appointment, _values(rows, MAIN), ())
        parts = ((workplace, WORKPLACE), (arrangement, ARRANGEMENT), (supervisor, SUPERVISOR))
        return made, [
            one for table, fields in parts for one in await _merged(session, table, _values(rows, fields))
        ]
    known = {"known_from": "known_from"} if rows and "known_from" in rows[0] else {}
    facts = ((appointment, MAIN), (workplace, WORKPLACE), (arrangement, ARRANGEMENT))
    await insert(
        session, rows, [*((table, fields | known) for table, fields in facts), (supervisor, SUPERVISOR)]
    )
    return [Change(row["_row"], "INSERT", row["id"], None, None) for row in rows], []


def _values(rows: list[Row], fields: Mapping[str, str], shown: Mapping[str, Any] = {}) -> list[Row]:
    """A table's columns of each row, with its `known_from` if it states one. `shown`: the term of the part that is
    stored, by appointment."""
    made = []
    for row in rows:
        values = {column: row[field] for column, field in fields.items()} | {"_row": row["_row"]}
        if "known_from" in row and fields is not SUPERVISOR:
            values["known_from"] = row["known_from"]
        if (held := shown.get(str(row["id"]))) is not None:
            values |= {"starts_on": held.starts_on, "ends_on": held.ends_on}
        made.append(values)
    return made


async def _move(session: WriteSession, rows: list[Row]) -> list[PartChange]:
    """What holds in an appointment follows it, and is known when the appointment's change is."""
    repository, parts = Appointments(session), list[PartChange]()
    for known_from in sorted({row.get("known_from") for row in rows}, key=str):
        alike = [row for row in rows if row.get("known_from") == known_from]
        await repository.knowing(known_from)
        await repository.fit([row["id"] for row in alike])
        parts += await _store_parts(session, alike)
        await repository.knowing(None)
    return parts


async def _store_parts(session: WriteSession, rows: list[Row]) -> list[PartChange]:
    """The base workplace and the arrangement that each row speaks of, and the supervisor's erasable contact."""
    if not rows:
        return []
    repository, old = Appointments(session), [row["id"] for row in rows]
    bases = await repository.shown_parts("workplace", old)
    arranged = await repository.shown_parts("arrangement", old)
    based = [row | {"position": 1} for row in rows]
    return [
        *await _merged(session, workplace, _values(based, WORKPLACE, bases), ("appointment_id", "position", "starts_on")),
        *await _merged(session, arrangement, _values(rows, ARRANGEMENT, arranged), ("appointment_id", "starts_on")),
        *await _merged(session, supervisor, _values(rows, SUPERVISOR), ("appointment_id",)),
    ]  # fmt: skip


async def _merged(
    session: WriteSession, table: Table, rows: list[Row], key: tuple[str, ...] = ()
) -> list[PartChange]:
    return [(table.name, one) for one in await merge(session, table, rows, key, told=one_alone(rows))]
