"""The statements of officers' terms: who is known, who serves, and one following another."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

import pydantic_core
from sqlalchemy import text

from services.gateway.registry.people.domain import HOLDERS, Known, Term
from services.gateway.registry.tables import person, person_detail, post
from services.kit import audit
from services.kit.db.merge import insert, merge
from services.kit.db.query import array
from services.kit.db.session import WriteSession
from services.kit.resource import Change, Row

T = TypeVar("T")
TERM = ("person_id", "organisation_id", "section", "valid_from")
_KINDS = f"p.kind IN {HOLDERS}"
_TODAY = "SELECT platform.today()"
# One change of officers after the other: so two that name the same newcomer make one person.
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('directory.officers'))"
_KNOWN = f"""
SELECT DISTINCT r.row, p.id, d.name, d.email
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r("row" integer, organisation_id uuid, email text)
JOIN directory.post AS t ON t.organisation_id = r.organisation_id
JOIN directory.person AS p ON p.id = t.person_id AND {_KINDS}
JOIN directory.person_detail AS d ON d.person_id = p.id AND (d.email IS NULL OR lower(d.email) = lower(r.email))
ORDER BY p.id
"""
_TERMS = f"""
SELECT r.row, t.id, t.person_id, d.name, t.title, t.department, t.valid_from, t.known_from = platform.now() AS of_now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r("row" integer, organisation_id uuid, section text, valid_from date)
JOIN directory.post AS t ON t.organisation_id = r.organisation_id AND t.section = r.section
    AND (t.valid_to IS NULL OR t.valid_to >= r.valid_from)
JOIN directory.person AS p ON p.id = t.person_id AND {_KINDS}
LEFT JOIN directory.person_detail AS d ON d.person_id = p.id
ORDER BY t.id
"""
_OFFICER = f"""
SELECT p.id FROM directory.person AS p WHERE p.number = :number AND {_KINDS}
AND (CAST(:at AS uuid) IS NULL OR EXISTS (
    SELECT FROM directory.post AS t WHERE t.person_id = p.id AND t.organisation_id = CAST(:at AS uuid)))
"""
_STORED = "SELECT id FROM directory.person WHERE id = ANY (CAST(CAST(:ids AS text) AS uuid[]))"
_NUMBERS = "SELECT nextval('directory.officer_number') FROM generate_series(1, :count)"


async def alone(session: WriteSession) -> date:
    """Wait for other changes of officers; today."""
    await session.execute(text(_ALONE))
    today: date = (await session.execute(text(_TODAY))).scalar_one()
    return today


def _told(rows: Sequence[Row], *names: str) -> dict[str, str]:
    told = [{"row": row["_row"]} | {name: row[name] for name in names} for row in rows]
    return {"rows": pydantic_core.to_json(told).decode()}


def _by_row(found: Sequence[tuple[int, T]]) -> dict[int, list[T]]:
    made: dict[int, list[T]] = defaultdict(list)
    for row, one in found:
        made[row].append(one)
    return made


async def known(session: WriteSession, rows: Sequence[Row]) -> dict[int, list[Known]]:
    """By row: who has held a post at its organisation and has its address, or none."""
    found = await session.execute(text(_KNOWN), _told(rows, "organisation_id", "email"))
    return _by_row([(row, Known(*of)) for row, *of in found])


async def terms(session: WriteSession, rows: Sequence[Row]) -> dict[int, list[Term]]:
    found = await session.execute(text(_TERMS), _told(rows, "organisation_id", "section", "valid_from"))
    return _by_row([(row, Term(*of)) for row, *of in found])


async def officer(session: WriteSession, number: str, at: UUID | None) -> UUID | None:
    """Who has the number; `at` an organisation alone, who has held a post there."""
    identity: UUID | None = await session.scalar(
        text(_OFFICER), {"number": number, "at": str(at) if at else None}
    )
    return identity


async def arrive(session: WriteSession, rows: Sequence[Row]) -> list[Row]:
    """Give newcomers a number. Their names come after their posts (`name`), by which the walls know whose they are."""
    ids = {row["person_id"]: row for row in rows if row["_new"]}
    stored = set(await session.scalars(text(_STORED), {"ids": array(ids)})) if ids else set()
    new = [row for identity, row in ids.items() if identity not in stored]
    if not new:
        return []
    numbers = await session.scalars(text(_NUMBERS), {"count": len(new)})
    made = [
        row | {"number": f"O-{number:06d}", "kind": "officer"}
        for row, number in zip(new, numbers, strict=True)
    ]
    await insert(session, made, [(person, {"id": "person_id", "number": "number", "kind": "kind"})])
    changes = [Change(row["_row"], "INSERT", row["person_id"], None, None) for row in made]
    await audit.publish(session, "identity", "people", changes)
    return made


async def name(session: WriteSession, newcomers: Sequence[Row]) -> None:
    same = {column: column for column in ("person_id", "name", "name_kana", "email")}
    await insert(session, newcomers, [(person_detail, same)])


async def change(session: WriteSession, rows: Sequence[Row]) -> list[Change]:
    """Set columns of posts that the rows name by `id`."""
    return await merge(session, post, rows, ("id",))


async def begin(session: WriteSession, rows: Sequence[Row]) -> list[Change]:
    return await merge(session, post, rows, TERM)
