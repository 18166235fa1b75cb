"""The statements of a form's publication: the versions, the drafts that it reaches, and all of them carried at once."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import or_, select, text

from services.grants.applications.domain import UNSUBMITTED
from services.grants.applications.tables import application
from services.grants.tables import form_version, grant_round
from services.kit.db.session import WriteSession

_V = form_version.c


class Version(NamedTuple):
    id: UUID
    code: str
    number: int
    form_schema: dict[str, Any]
    frozen: bool


_VERSION = select(_V.id, _V.code, _V.number, _V.form_schema, _V.frozen_at.is_not(None))


async def present(session: WriteSession, round_id: UUID) -> Version | None:
    """The one that the round has."""
    of = select(grant_round.c.form_version_id).where(grant_round.c.id == round_id).scalar_subquery()
    found = (await session.execute(_VERSION.where(_V.id == of))).one_or_none()
    return None if found is None else Version(*found)


async def named(session: WriteSession, round_id: UUID, codes: Collection[str]) -> dict[str, Version]:
    """Those of the round's edition, by code."""
    edition = select(grant_round.c.edition_id).where(grant_round.c.id == round_id).scalar_subquery()
    found = await session.execute(_VERSION.where(_V.code.in_(codes), _V.edition_id == edition))
    return {row.code: Version(*row) for row in found}


class Draft(NamedTuple):
    id: UUID
    state: str
    answers: dict[str, Any]
    form_change: dict[str, Any] | None


async def drafts(session: WriteSession, round_id: UUID) -> list[Draft]:
    """What is not submitted, locked: whoever writes one just now has written it, or comes after."""
    a = application.c
    found = await session.execute(
        select(a.id, a.state, a.answers, a.form_change)
        .where(a.round_id == round_id, or_(*(a.state == one for one in UNSUBMITTED)))
        .order_by(a.id)
        .with_for_update()
    )
    return [Draft(*row) for row in found]


_CARRY = """
UPDATE grants.application AS a SET form_version_id = :version, answers = r.answers, form_change = r.form_change,
    left_over = a.left_over || r.left_over, state = r.state, sent_by = NULL, approved_by = NULL,
    row_version = a.row_version + 1
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id uuid, state text, answers jsonb, left_over jsonb, form_change jsonb)
WHERE a.id = r.id
"""


async def carry(session: WriteSession, version: UUID, rows: Sequence[dict[str, Any]]) -> None:
    """`left_over` of each: by the code of the version in which it was typed."""
    await session.execute(text(_CARRY), {"version": version, "rows": to_json(rows).decode()})
