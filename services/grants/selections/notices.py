"""Who is told of the result of an application: who applied, and who joined; of a round once its results are public, of a
later promotion and of an award at once."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

from services.grants.applications.tables import application
from services.grants.decision_tables import selection_entry
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.resource import Change

# by application
Parties = Mapping[UUID, Sequence[UUID]]


async def of_round(session: WriteSession, identity: UUID) -> Parties:
    return await _parties(session, selection_entry.c.round_id == identity)


async def of_applications(session: WriteSession, identities: Sequence[UUID]) -> Parties:
    """In the order in which they are named."""
    found = await _parties(session, selection_entry.c.application_id.in_(identities))
    return {one: found[one] for one in identities}


async def _parties(session: WriteSession, of: ColumnElement[bool]) -> Parties:
    a = application.c
    asked = (
        select(a.id, a.organisation_id, a.member_ids)
        .join_from(selection_entry, application, a.id == selection_entry.c.application_id)
        .where(of, a.state == "ranked")
        .order_by(a.id)
    )
    return {row[0]: (row[1], *row[2]) for row in await session.execute(asked)}


async def tell(session: WriteSession, parties: Parties) -> None:
    """Together, in the transaction that makes it known."""
    changes = [Change(0, "UPDATE", one, None, None, of) for one, whom in parties.items() for of in whom]
    await audit.publish(session, "grants", "applications", changes)
