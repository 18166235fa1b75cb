"""The statements of runs: the state by the clock, what is stored of those that rows name, and the cancellation."""

import unicodedata
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, and_, case, cast, func, or_, select, text

from services.jet.tables import capacity_claim, capacity_pool
from services.jet.training_tables import training_course, training_edition, training_run
from services.kit import directory, temporal
from services.kit.db.session import WriteSession
from services.kit.resource import Row

_NOW: Any = cast(select(func.platform.now()).scalar_subquery(), DateTime(timezone=True))


def _state() -> ColumnElement[str]:
    """`domain.state`, on the database's clock."""
    r = training_run.c
    year_end = cast(func.make_date(r.fiscal_year + 1, 4, 1), Date)
    first_morning = func.timezone("Asia/Tokyo", cast(r.starts_on, DateTime()))
    closes = func.coalesce(r.enrol_until, first_morning)
    return case(
        (r.cancelled_on.is_not(None), "cancelled"),
        (or_(r.ends_on < temporal.TODAY, and_(r.ends_on.is_(None), year_end <= temporal.TODAY)), "held"),
        (r.enrol_from > _NOW, "planned"),
        (or_(closes.is_(None), closes > _NOW), "open"),
        else_="closed",
    )


STATE = _state()
# Where people enrol themselves in what employers are not told of, no employer nominates.
NOMINATES = or_(
    training_run.c.enrol_by == "nomination",
    and_(training_run.c.enrol_by == "either", training_course.c.employer_informed),
)


def _people(state: str) -> Any:
    """People, not claims: a party may be several."""
    return (
        select(func.coalesce(func.sum(capacity_claim.c.party), 0))
        .where(capacity_claim.c.pool_id == training_run.c.pool_id, capacity_claim.c.state == state)
        .scalar_subquery()
    )


OFFERED, WAITING = _people("offered"), _people("waiting")


def named(given: Any) -> ColumnElement[bool]:
    """Anywhere in the run's code, its course's name of the year, its place or its organiser."""
    e, r = training_edition.c, training_run.c
    words = func.concat_ws(" ", r.code, e.name_ja, e.name_en, r.place, directory.organisation.c.name)
    return func.normalize(words, text("NFKC")).ilike(given, escape="\\")


def pattern(given: str) -> str:
    key = unicodedata.normalize("NFKC", given.strip())
    for special in "\\%_":
        key = key.replace(special, "\\" + special)
    return f"%{key}%"


class Stored(NamedTuple):
    """A run as it stands, locked."""

    id: UUID
    edition_id: UUID
    organiser_id: UUID | None
    pool_id: UUID
    seats: int | None


async def years(session: WriteSession, editions: Collection[UUID]) -> dict[UUID, int]:
    """The fiscal year of each edition."""
    e = training_edition.c
    found = await session.execute(select(e.id, e.fiscal_year).where(e.id.in_(editions)))
    return {row.id: row.fiscal_year for row in found}


async def stored(session: WriteSession, rows: Sequence[Row]) -> dict[int, Stored]:
    """The runs that rows name by their code, by row."""
    r = training_run.c
    statement = (
        select(r.code, r.id, r.edition_id, r.organiser_id, r.pool_id, capacity_pool.c.seats)
        .join_from(training_run, capacity_pool, capacity_pool.c.id == r.pool_id)
        .where(r.code.in_([row["code"] for row in rows]))
        .order_by(r.id)
        .with_for_update(of=training_run)
    )
    found = {code: Stored(*one) for code, *one in await session.execute(statement)}
    return {row["_row"]: found[row["code"]] for row in rows if row["code"] in found}


async def lock(session: WriteSession, run: UUID) -> str:
    """Its state, which stays until the transaction ends but for what the clock does to it."""
    found = await session.execute(
        select(STATE).where(training_run.c.id == run).with_for_update(of=training_run)
    )
    return str(found.scalar_one())


async def cancel(session: WriteSession, run: UUID, reason: str) -> None:
    await session.execute(
        text(
            "UPDATE jet.training_run SET cancelled_on = platform.today(), cancelled_reason = :reason, "
            "row_version = row_version + 1 WHERE id = :run"
        ),
        {"run": run, "reason": reason},
    )
