"""Which readings are due, by the business day, and which of them are there."""

from typing import Any

from sqlalchemy import (
    Date,
    DateTime,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    extract,
    func,
    literal_column,
    or_,
    select,
    true,
)

from services.events.publication_tables import channel, channel_metric, metric_reading
from services.kit import temporal

MONTH: Any = literal_column("interval '1 month'")
DAY: Any = literal_column("interval '1 day'")


def dues() -> Select[Any]:
    """Each metric with each day on which it was due to be read, up to today, while its channel was open: month ends, or
    those of March alone."""
    m, c = channel_metric.c, channel.c
    last = func.least(temporal.TODAY, m.ended_on, c.closed_on)
    first = func.date_trunc("month", cast(m.starts_on, DateTime))
    months = (
        func.generate_series(first, cast(last, DateTime), MONTH)
        .table_valued("month", name="months")
        .render_derived()
    )
    month: Any = months.c.month
    due_on = cast(month + MONTH - DAY, Date)
    return (
        select(
            m.id.label("metric_id"), m.code.label("metric_code"), m.name_ja, m.name_en, m.number.label("metric_number"),
            m.unit, m.owner, m.office, m.due, c.code.label("channel_code"), c.kind.label("channel_kind"),
            c.name_ja.label("channel_name_ja"), c.name_en.label("channel_name_en"), c.number.label("channel_number"),
            due_on.label("due_on"),
        )
        .join_from(channel_metric, channel, c.id == m.channel_id)
        .join(months, true())
        .where(
            due_on <= last,
            due_on >= func.greatest(m.starts_on, c.opened_on),
            or_(m.due == "month_end", and_(m.due == "fiscal_year_end", extract("month", due_on) == 3)),
        )
    )  # fmt: skip


def year_of(day: Any) -> Any:
    return cast(extract("year", day), Integer) - case((extract("month", day) < 4, 1), else_=0)


def _next_due(due_on: Any) -> Any:
    """The end of the next month; until then what is read is late, and from then on it is that day's own."""
    return cast(due_on + DAY + MONTH - DAY, Date)


def with_readings() -> Select[Any]:
    """What is due, with the reading of that very day or else the first of the days after it: late, with its own day,
    and not the figure of the day that was due."""
    d = dues().subquery("due").c
    r = metric_reading.c
    found = (
        select(r.read_on, r.value, r.qualifier)
        .where(r.metric_id == d.metric_id, r.read_on >= d.due_on, r.read_on < _next_due(d.due_on))
        .order_by(r.read_on)
        .limit(1)
        .lateral("found")
    )
    state = case((found.c.read_on == d.due_on, "read"), (found.c.read_on.is_(None), "missing"), else_="late")
    return (
        select(*d, found.c.read_on, found.c.value, found.c.qualifier, state.label("state"))
        .select_from(d.metric_id.table)
        .join(found, true(), isouter=True)
    )


def unread() -> Select[Any]:
    """What is missing still, and may be read late."""
    d, r = dues().subquery("due").c, metric_reading.c
    there = exists().where(r.metric_id == d.metric_id, r.read_on >= d.due_on, r.read_on < _next_due(d.due_on))
    return select(d.metric_id, d.due_on).where(~there, _next_due(d.due_on) > temporal.TODAY)
