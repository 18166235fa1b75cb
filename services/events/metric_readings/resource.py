"""Readings (読み値): what a metric was on a day, as somebody read it. There is one of a metric and day; a wrong one is
corrected, and what it was stays in the audit."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, func, select

from services.events import access
from services.events.publication_references import METRIC
from services.events.publication_tables import channel_metric, metric_reading
from services.events.references import check_office, take_office
from services.events.terms import EventCode
from services.kit.db.session import WriteSession
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Filter, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Line, Whole, Wire, choice

Qualifier = Literal["exact", "about", "at_least"]
TO_COME = Finding(
    "reading_to_come",
    Text("これから来る日の値は入力できません", "A day that is still to come has no reading"),
    Text("読み取った日を入力してください。", "Give the day on which it was read."),
)


class ReadingWrite(Wire):
    metric_code: EventCode
    read_on: Day
    value: Annotated[Whole, Field(ge=0)]
    qualifier: Annotated[Qualifier, choice("qualifier", get_args(Qualifier))] = "exact"
    source: Annotated[Line | None, Called("reading_source")] = None


class Reading(ReadingWrite):
    id: UUID
    unit: str
    office_code: str | None


def source(_: Basis) -> Select[Any]:
    r, m = metric_reading.c, channel_metric.c
    return select(
        r.id, m.code.label("metric_code"), r.read_on, r.value, r.qualifier, r.source, m.unit,
        r.office.label("office_code"), r.row_version,
    ).join_from(metric_reading, channel_metric, m.id == r.metric_id)  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """That no day is still to come is held by the second wall, too."""
    await take_office(session, rows, channel_metric, "metric_id")
    found = await check_office(session, rows, "metric_code")
    today = await session.scalar(select(func.platform.today()))
    for row in rows:
        if row["read_on"] > today:
            found.setdefault(row["_row"], []).append(("read_on", TO_COME))
    return found


metric_readings = Resource(
    service="events",
    schema="events",
    name="metric_reading",
    plural="metric-readings",
    read=Reading,
    write=ReadingWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "metric": equals(channel_metric.c.code),
        "office": equals(metric_reading.c.office),
        "read_on": equals(metric_reading.c.read_on, Day),
        "from": Filter(Day, lambda given: metric_reading.c.read_on >= given),
    },
    sorts=("read_on",),
    parts=(Part(metric_reading, ("metric_id", "read_on")),),
    refs=(METRIC,),
    check=check,
    fixed=("metric_code", "read_on"),
    version="2026.1",
)
