"""The statements of panels: the lock, who sits on one, and what a ranking is made from."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, func, insert, select, update

from services.grants.applications.repository import NOW
from services.grants.applications.tables import (
    application,
    in_conflict,
    panel,
    panel_member,
    review,
    submission,
    within_reach,
)
from services.grants.panels.rubric import Rubric
from services.kit.db.session import ReadSession, WriteSession

STATE = case((panel.c.ranked_at.is_not(None), "ranked"), else_="reviewing")


class Held(NamedTuple):
    """A panel as it stands, locked until the transaction ends."""

    id: UUID
    round_id: UUID
    section: str
    rubric: Rubric
    state: str
    now: datetime


async def lock(session: WriteSession, identity: UUID, *, shared: bool = False) -> Held:
    """`shared`: beside others who assign and seal, and before or after whoever ranks."""
    p = panel.c
    asked = select(p.id, p.round_id, p.section, p.rubric, STATE, NOW).where(p.id == identity)
    row = (await session.execute(asked.with_for_update(read=shared))).one()
    return Held(row[0], row[1], row[2], Rubric.model_validate(row[3]), row[4], row[5])


async def serves(session: WriteSession, person: UUID, section: str) -> bool:
    return bool((await session.execute(select(func.grants.serves(person, section)))).scalar_one())


async def sits(session: WriteSession, identity: UUID, person: UUID) -> bool:
    m = panel_member.c
    asked = select(m.id).where(m.panel_id == identity, m.person_id == person)
    return (await session.execute(asked)).first() is not None


async def parted(session: WriteSession, identity: UUID, person: UUID) -> bool:
    """Whether a person is in conflict with an application that the caller reaches."""
    asked = select(in_conflict(person)).where(application.c.id == identity)
    return bool((await session.execute(asked)).scalar_one())


async def has(session: WriteSession, of: Held, identity: UUID) -> bool:
    """Whether the panel's round has this application, within the caller's reach."""
    a = application.c
    asked = select(a.id).where(a.id == identity, a.round_id == of.round_id, within_reach())
    return (await session.execute(asked)).first() is not None


async def add(session: WriteSession, table: Any, made: dict[str, Any]) -> None:
    await session.execute(insert(table).values(made))


class Reviewed(NamedTuple):
    id: UUID
    arrived_at: datetime


async def reviewed(session: WriteSession, of: Held) -> list[Reviewed]:
    """The round's applications in review, locked, with the arrival of the first submission of each."""
    a, s = application.c, submission.c
    arrived = select(func.min(s.arrived_at)).where(s.application_id == a.id).scalar_subquery()
    asked = select(a.id, arrived).where(a.round_id == of.round_id, a.state == "in_review", within_reach())
    return [
        Reviewed(*row) for row in await session.execute(asked.order_by(a.id).with_for_update(of=application))
    ]


class Given(NamedTuple):
    """`counts`: it is sealed, by somebody who is in no conflict today."""

    id: UUID
    application: UUID
    reviewer: UUID
    scores: dict[str, int]
    counts: bool


async def given(session: WriteSession, of: Held, applications: list[UUID]) -> list[Given]:
    r = review.c
    found = await session.execute(
        select(r.id, r.application_id, r.reviewer_id, r.scores, r.sealed_at, in_conflict(r.reviewer_id).label("parted"))
        .join_from(review, application, application.c.id == r.application_id)
        .where(r.panel_id == of.id, r.application_id.in_(applications))
        .order_by(r.id)
        .with_for_update(of=review)
    )  # fmt: skip
    return [
        Given(row.id, row.application_id, row.reviewer_id, row.scores, row.sealed_at is not None and not row.parted)
        for row in found
    ]  # fmt: skip


async def count(session: WriteSession, reviews: list[Given]) -> None:
    for counts in (True, False):
        named = [one.id for one in reviews if one.counts == counts]
        sets = {"counted": counts, "row_version": review.c.row_version + 1}
        await session.execute(update(review).where(review.c.id.in_(named)).values(sets))


async def sign(session: WriteSession, of: Held, person: UUID) -> None:
    sets = {"ranked_at": of.now, "ranked_by": person, "row_version": panel.c.row_version + 1}
    await session.execute(update(panel).where(panel.c.id == of.id).values(sets))


_CONFLICTS = """
SELECT a.id AS application_id, array_agg(m.person_id ORDER BY m.person_id) AS person_ids
FROM grants.application AS a JOIN grants.panel AS p ON p.round_id = a.round_id
    JOIN grants.panel_member AS m ON m.panel_id = p.id
WHERE a.round_id = $1 AND a.section = ANY ((SELECT grants.sections())::text[])
    AND NOT grants.in_conflict((SELECT platform.caller('person')::uuid), a.id, a.round_id, a.organisation_id || a.member_ids)
    AND grants.in_conflict(m.person_id, a.id, a.round_id, a.organisation_id || a.member_ids)
GROUP BY a.id ORDER BY a.id
"""


async def conflicts(reading: ReadSession, round_id: UUID) -> list[dict[str, Any]]:
    """Of the applications within the caller's reach: which of the panel are in conflict with them today."""
    return [dict(row) for row in await reading.fetch(_CONFLICTS, round_id)]
