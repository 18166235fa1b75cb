"""Readings that are due (読取期限): what was to be read on which day, and whether it is there. Computed at each question by the
business day; nothing is guessed, nor carried on from the day before.

A reading of a day soon after is `late`: it stands with its own day, and the figure of the day that was due stays empty.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Date, Select, Text, Uuid, cast, func, literal, literal_column, select

from services.events import access
from services.events.publication_tables import reading_request
from services.events.readings_due.lines import with_readings
from services.events.tables import mine
from services.kit.fields import equals
from services.kit.resource import Basis, Filter, Resource
from services.kit.wire import Called, Day, Wire, choice

State = Literal["read", "late", "missing"]


class ReadingDue(Wire):
    id: UUID
    metric_code: str
    due_on: Day
    state: Annotated[State, choice("reading_state", get_args(State)), Called("reading_state")]
    channel_name_ja: str
    name_ja: str
    name_en: str | None
    unit: str
    owner: Annotated[str | None, Called("metric_owner")]
    office_code: str | None
    read_on: Day | None
    value: int | None
    last_asked_on: Day | None


def due_id(metric_id: Any, due_on: Any) -> Any:
    """What is due has no record: it is known by what it is."""
    return cast(func.md5(func.concat(cast(metric_id, Text), cast(due_on, Text))), Uuid)


def source(_: Basis) -> Select[Any]:
    line, q = with_readings().subquery("line").c, reading_request.c
    asked = (
        select(func.max(q.asked_on))
        .where(q.metric_id == line.metric_id, q.due_on == line.due_on)
        .scalar_subquery()
    )
    return select(
        due_id(line.metric_id, line.due_on).label("id"), line.metric_code, line.due_on, line.state,
        line.channel_name_ja, line.name_ja, line.name_en, line.unit, line.owner, line.office.label("office_code"),
        line.read_on, line.value, asked.label("last_asked_on"), literal(1).label("row_version"),
    )  # fmt: skip


def _of(name: str, kind: Any = Text) -> Any:
    return literal_column(f"line.{name}", kind)


readings_due = Resource(
    service="events",
    schema="events",
    name="reading_due",
    plural="readings-due",
    read=ReadingDue,
    source=source,
    access={"list": access.READINGS_DUE},
    own=mine(_of("office")),
    filters={
        "metric": equals(_of("metric_code")),
        "office": equals(_of("office")),
        "state": equals(_of("state"), State),
        "from": Filter(Day, lambda given: _of("due_on", Date) >= given),
    },
    sorts=("due_on", "metric_code"),
)
