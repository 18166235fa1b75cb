"""Readings in the business report: tables 20 and 21, and all readings by metric and day.

The figure of a fiscal year is the reading of 31 March itself; where there is none the cell is empty. Numbers of different
metrics are never added.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Integer,
    Select,
    Text,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy import case as when

from services.events import access
from services.events.publication_tables import channel, channel_metric, metric_reading
from services.events.readings_due.lines import dues, with_readings, year_of
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Behind, Measure, Statistic, line, told
from services.kit.text import Text as Said


def alone(column: str) -> Callable[[Any], Any]:
    """The number of a single line; several are not added."""
    return lambda facts: cast(when((func.count() == 1, func.min(facts[column]))), BigInteger)


def _of_year(clause: Any) -> Select[Any]:
    d = dues().subquery("due").c
    now, before = metric_reading.alias("now").c, metric_reading.alias("before").c
    year_ago = cast(d.due_on - literal_column("interval '1 year'"), Date)
    made = (
        select(
            year_of(d.due_on).label("fiscal_year"), d.channel_code, d.metric_code, d.office.label("office_code"),
            func.row_number()
            .over(partition_by=d.due_on, order_by=(d.channel_number, d.channel_code, d.metric_number, d.metric_code))
            .label("row_no"),
            d.channel_name_ja.label("channel"), d.name_ja.label("metric_name"), d.name_ja.label("item"), d.due_on, now.value.label("count"),
            before.value.label("previous_year"), (now.value - before.value).label("change_on_previous_year"),
            func.coalesce(now.qualifier, "exact").label("qualifier"),
            func.coalesce(before.qualifier, "exact").label("previous_qualifier"),
            # a change is no surer than its two numbers, and one of 以上 may be more or less
            when(((now.qualifier == "exact") & (before.qualifier == "exact"), "exact"), else_="about").label("change_qualifier"),
            literal("read").label("by"),
        )
        .select_from(d.metric_id.table)
        .join(now.id.table, (now.metric_id == d.metric_id) & (now.read_on == d.due_on), isouter=True)
        .join(before.id.table, (before.metric_id == d.metric_id) & (before.read_on == year_ago), isouter=True)
        .where(d.due == "fiscal_year_end", clause(d))
        .subquery("line")
    )  # fmt: skip
    return select(made)


def _library(_: Basis) -> Select[Any]:
    return _of_year(lambda d: d.channel_kind == "library")


def _followers(_: Basis) -> Select[Any]:
    """Of headquarters' own accounts."""
    return _of_year(lambda d: (d.channel_kind == "sns") & d.office.is_(None))


def _readings(_: Basis) -> Select[Any]:
    """All that were read, and all that were due and were not."""
    d, r, m, c = with_readings().subquery("due").c, metric_reading.c, channel_metric.c, channel.c
    read = select(
        m.code.label("metric_code"), c.name_ja.label("channel"), m.name_ja.label("metric_name"), m.unit.label("metric_unit"),
        r.read_on, r.value.label("reading"), r.qualifier, r.office.label("office_code"), year_of(r.read_on).label("fiscal_year"),
    ).join_from(metric_reading, channel_metric, m.id == r.metric_id).join(channel, c.id == m.channel_id)  # fmt: skip
    nothing = (
        cast(null(), Integer).label("reading"),
        literal("exact").label("qualifier"),
    )
    missing = select(
        d.metric_code, d.channel_name_ja.label("channel"), d.name_ja.label("metric_name"), d.unit.label("metric_unit"),
        d.due_on.label("read_on"), *nothing, d.office.label("office_code"), year_of(d.due_on).label("fiscal_year"),
    ).where(d.state != "read")  # fmt: skip
    both = union_all(read, missing).subquery("both")
    return select(select(*both.c, literal("read").label("by")).subquery("line"))


FILTERS = {
    "fiscal_year": equals(line("fiscal_year", Integer), int),
    "office": equals(line("office_code", Text)),
}
NUMBERED = told(row_no=cells.INTEGER)
BESIDE = told("channel_code", "metric_code", "office_code", fiscal_year=cells.INTEGER)


def _behind(parameters: dict[str, str], *measures: str) -> dict[str, Behind]:
    counted: dict[str, dict[str, str]] = {name: {} for name in measures}
    return {"read": Behind("/events/v1/metric-readings", access.EVENTS_OF_CLAIR, parameters, counted)}


STATISTICS = (
    Statistic(
        "tool-library-counts",
        Said("多文化共生ツールライブラリー", "Multicultural tool library"),
        _library,
        {"count": Measure("件", alone("count"), qualifier="qualifier")},
        "sum",
        NUMBERED | told("item") | BESIDE,
        FILTERS,
        access.FIGURES,
        dated=False,
        behind=_behind({"metric": "metric_code", "read_on": "due_on"}, "count"),
        by="by",
        printed=("row_no", "item"),
    ),
    Statistic(
        "sns-followers",
        Said("SNSによる情報発信の充実", "Followers of the accounts of social media"),
        _followers,
        {
            "count": Measure("件", alone("count"), qualifier="qualifier"),
            "change_on_previous_year": Measure("件", alone("change_on_previous_year"), qualifier="change_qualifier"),
            "previous_year": Measure("件", alone("previous_year"), qualifier="previous_qualifier"),
        },
        "sum",
        NUMBERED | told("channel", "metric_name") | BESIDE,
        FILTERS,
        access.FIGURES,
        dated=False,
        behind=_behind({"metric": "metric_code", "read_on": "due_on"}, "count"),
        by="by",
        printed=("row_no", "channel", "metric_name"),
    ),
    Statistic(
        "readings",
        Said("発信媒体の指標", "Readings of channels"),
        _readings,
        {"reading": Measure("件", alone("reading"), qualifier="qualifier")},
        "sum",
        told("channel", "metric_name", "metric_unit", "read_on", "metric_code", "office_code", fiscal_year=cells.INTEGER),
        FILTERS | {"metric": equals(line("metric_code", Text))},
        access.FIGURES,
        dated=False,
        behind=_behind({"metric": "metric_code", "read_on": "read_on"}, "reading"),
        by="by",
        printed=("channel", "metric_name", "metric_unit", "read_on"),
    ),
)  # fmt: skip
