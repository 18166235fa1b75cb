"""Reading facts as they hold on a day and as they were known at an instant.

A date given as `known_at` means the end of that day in Japan. An answer is settled when it is two minutes old and
no write of this service that began before it is still running: what that writes was known at its beginning.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator
from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    MetaData,
    Table,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE

from services.kit.db.session import ReadSession
from services.kit.errors import Refusal
from services.kit.japan.clock import JST, day_in_japan
from services.kit.resource import Basis
from services.kit.text import Text

# The day of business time, read once in a statement.
TODAY: Any = cast(select(func.platform.today()).scalar_subquery(), Date)
SETTLED_AFTER = timedelta(minutes=2)
KNOWN_LATER = Refusal(
    "known_in_order",
    "conflict",
    Text("先に別の変更が記録されました", "Another change was recorded first"),
    Text("最新の内容を読み直してから、もう一度送ってください。", "Read it again and repeat your change."),
)
AFTER_GO_LIVE = Refusal(
    "known_before_go_live",
    "conflict",
    Text("運用開始後の把握日時は指定できません", "After go-live no instant of knowledge can be stated"),
    Text("known_from は運用開始前の日時に限ります。", "known_from must lie before go-live."),
)
KNOWLEDGE = {"known_in_order": KNOWN_LATER, "known_before_go_live": AFTER_GO_LIVE}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _known_at(value: object) -> object:
    """What is written as a date is one: midnight is an instant, and not the end of its day."""
    if not isinstance(value, str):
        return value
    read: type[date] = date if _DAY.fullmatch(value) else datetime
    try:
        known = read.fromisoformat(value)
    except ValueError:  # its text would repeat the input
        raise ValueError("a date, or an instant in ISO 8601") from None
    if not 1900 <= known.year <= 2200:
        raise ValueError("a year from 1900 to 2200")
    return known


KnownAt = Annotated[date | datetime, BeforeValidator(_known_at)]


# The writers are looked for only where the age does not say no already.
_NOW = """
SELECT platform.now() AS at, coalesce($1::timestamptz <= platform.now() - $2::interval, false) AND NOT EXISTS (
    SELECT FROM pg_stat_activity WHERE usename = current_user AND backend_xid IS NOT NULL
    AND xact_start + (SELECT offset_by FROM platform.clock) <= $1) AS settled
"""


def end_of_day(day: date) -> datetime:
    """The first instant that is no longer `day` in Japan, less the smallest step Postgres keeps."""
    return datetime.combine(day + timedelta(days=1), time(), JST) - timedelta(microseconds=1)


def instant(known_at: date | datetime) -> datetime:
    if isinstance(known_at, datetime):
        return known_at if known_at.tzinfo else known_at.replace(tzinfo=JST)
    return end_of_day(known_at)


async def basis(
    session: ReadSession, as_of: date | None, known_at: date | datetime | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the answer says it stands on, and the binds of its statement; `today` with them."""
    asked = instant(known_at) if known_at is not None else None
    row = await session.row(_NOW, asked, SETTLED_AFTER)
    assert row is not None
    known: datetime = asked if asked is not None else row["at"]
    said = {"as_of": as_of, "known_at": known, "settled": row["settled"]}
    return {"basis": said}, {"as_of": as_of, "known_at": known, "today": day_in_japan(row["at"])}


def known(column: Any) -> ColumnElement[bool]:
    """Facts as they were known at the bind `known_at`."""
    held: ColumnElement[bool] = column.op("@>")(bindparam("known_at", type_=DateTime(timezone=True)))
    return held


def facts(basis: Basis, present: Table, known_rows: Table) -> tuple[FromClause, list[ColumnElement[bool]]]:
    """The rows of a fact that a statement reads, under the name that `of_fact` gives their columns."""
    rows = (known_rows if basis.known else present).alias("fact")
    held = [known(rows.c.known)] if basis.known else []
    if basis.dated:
        held.append(rows.c.effective.op("@>")(bindparam("as_of", type_=Date())))
    return rows, held


def of_fact(name: str, kind: Any) -> ColumnElement[Any]:
    """A column of the fact, whichever of its rows `facts` reads."""
    return literal_column(f"fact.{name}", kind)


def known_view(table: Table) -> Table:
    """The view that unites a fact's present and past; it is never written to."""
    columns = [Column(column.name, column.type) for column in table.columns]
    return Table(f"{table.name}_known", MetaData(schema=table.schema), *columns, Column("known", TSTZRANGE))
