"""Metrics (指標): what is counted of a channel, who reads it, and by when: at the end of each fiscal year (31 March), of each
month, or without a day."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, select

from services.events import access
from services.events.publication_references import CHANNEL
from services.events.publication_tables import channel, channel_metric
from services.events.references import check_office, take_office
from services.events.terms import EventCode
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Line, Whole, Wire, choice

Due = Literal["fiscal_year_end", "month_end", "none"]
ENDED_FIRST = Finding(
    "metric_ended_first",
    Text("終了日が開始日より前です", "It ends before it begins"),
    Text("開始日と終了日を確認してください。", "Check both days."),
)


class MetricWrite(Wire):
    """`owner`: the post or section that reads it. It is asked for from `starts_on` on."""

    code: EventCode
    channel_code: EventCode
    number: Annotated[Whole, Field(ge=1), Called("place_in_order")] = 1
    name_ja: Line
    name_en: Line | None = None
    unit: Line
    owner: Annotated[Line | None, Called("metric_owner")] = None
    due: Annotated[Due, choice("reading_due", get_args(Due)), Called("reading_due")] = "fiscal_year_end"
    starts_on: Day
    ended_on: Day | None = None


class Metric(MetricWrite):
    id: UUID
    office_code: str | None


def source(_: Basis) -> Select[Any]:
    m, c = channel_metric.c, channel.c
    return select(
        m.id, m.code, c.code.label("channel_code"), m.number, m.name_ja, m.name_en, m.unit, m.owner, m.due,
        m.starts_on, m.ended_on, m.office.label("office_code"), m.row_version,
    ).join_from(channel_metric, channel, c.id == m.channel_id)  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_office(session, rows, channel, "channel_id")
    found = await check_office(session, rows, "channel_code", stored=channel_metric)
    for row in rows:
        if row["ended_on"] is not None and row["ended_on"] < row["starts_on"]:
            found.setdefault(row["_row"], []).append(("ended_on", ENDED_FIRST))
    return found


channel_metrics = Resource(
    service="events",
    schema="events",
    name="channel_metric",
    plural="channel-metrics",
    read=Metric,
    write=MetricWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "channel": equals(channel.c.code),
        "office": equals(channel_metric.c.office),
        "code": equals(channel_metric.c.code),
    },
    sorts=("code",),
    code="code",
    parts=(Part(channel_metric, ("code",)),),
    refs=(CHANNEL,),
    check=check,
    fixed=("code", "channel_code"),
    constraints={"channel_metric_days": refusal(ENDED_FIRST)},
    version="2026.1",
)
