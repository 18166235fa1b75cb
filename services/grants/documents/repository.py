"""The statements of documents: what one says of its application, the row that draws its number, and its content."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, func, insert, select, text, update

from services.grants.documents.content import Subject
from services.grants.documents.domain import Kind
from services.grants.documents.tables import document, shown
from services.kit.db.session import ReadSession, WriteSession


class Facts(NamedTuple):
    section: str
    subject: Subject
    sample: bool
    today: date


_FACTS = """
SELECT a.section, o.code, o.name, o.kind, a.department, a.title, e.name_ja, e.fiscal_year, r.code, s.receipt_number,
    s.arrived_at, coalesce(v.sample, true) OR (SELECT c.sandbox FROM platform.clock AS c), platform.today()
FROM grants.application AS a JOIN grants.round AS r ON r.id = a.round_id JOIN grants.edition AS e ON e.id = r.edition_id
    JOIN directory.organisation AS o ON o.id = a.organisation_id
    LEFT JOIN grants.rule_version AS v ON v.id = r.rule_version_id
    LEFT JOIN grants.submission AS s ON s.application_id = a.id
WHERE a.id = :id ORDER BY CASE WHEN :first THEN s.number ELSE -s.number END LIMIT 1
"""


async def facts(session: WriteSession, application: UUID, *, first: bool = True) -> Facts:
    """By the submission that applied, or by the last that corrected it, if there is one."""
    found = await session.execute(text(_FACTS), {"id": application, "first": first})
    section, *subject, sample, today = found.one()
    return Facts(section, Subject(*subject), sample, today)


async def file(session: WriteSession, made: dict[str, Any]) -> str:
    """Its number, for which it waits until whoever drew the last one has ended."""
    drawn = await session.execute(insert(document).values(made).returning(document.c.code))
    return str(drawn.scalar_one())


async def lock(session: WriteSession, identity: UUID) -> datetime | None:
    """When it was made void; locked until the transaction ends."""
    asked = select(document.c.void_at).where(document.c.id == identity).with_for_update()
    found: datetime | None = (await session.execute(asked)).scalar_one()
    return found


async def unshown(session: WriteSession, application: UUID) -> list[UUID]:
    d = document.c
    asked = select(d.id).where(
        d.application_id == application, d.void_at.is_(None), d.shown_from > func.platform.now()
    )
    return [*(await session.execute(asked.order_by(d.id).with_for_update())).scalars()]


class Promised(NamedTuple):
    """The number and the day of a letter."""

    code: str
    issued_on: date


async def promised(session: WriteSession, application: UUID, *kinds: Kind) -> Promised | None:
    """The last letter of these kinds that its applicant has."""
    d = document.c
    asked = select(d.code, d.issued_on).where(d.application_id == application, d.kind.in_(kinds), shown())
    row = (await session.execute(asked.order_by(d.id.desc()).limit(1))).one_or_none()
    return None if row is None else Promised(*row)


class Told(NamedTuple):
    """What a document was filed as. `shown_from`: None where its applicant finds it already."""

    section: str
    kind: Kind
    application: UUID
    content: str
    shown_from: datetime | None


async def told(session: WriteSession, identity: UUID) -> Told:
    d = document.c
    waits = case((d.shown_from > func.platform.now(), d.shown_from))
    asked = select(d.section, d.kind, d.application_id, d.content, waits).where(d.id == identity)
    return Told(*(await session.execute(asked)).one())


async def void(session: WriteSession, identity: UUID, sets: dict[str, Any]) -> None:
    values = sets | {"row_version": document.c.row_version + 1}
    await session.execute(update(document).where(document.c.id == identity).values(values))


async def content(reading: ReadSession, identity: UUID) -> str:
    found = await reading.row("SELECT content FROM grants.document WHERE id = $1", identity)
    assert found is not None
    return str(found["content"])
