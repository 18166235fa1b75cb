"""Agenda items (議題) of a meeting, in their order, and what became of each."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, select

from services.events import access
from services.events.meeting_tables import agenda_item, meeting
from services.events.references import MEETING, check_office, take_office
from services.events.terms import EventCode
from services.kit.db.session import WriteSession
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Called, Line, Whole, Wire, choice

Outcome = Literal["adopted", "reported", "deferred"]


class AgendaItemWrite(Wire):
    meeting_code: EventCode
    item_no: Annotated[Whole, Field(ge=1)]
    title: Annotated[Line, Called("agenda_item_title")]
    outcome: Annotated[
        Outcome | None, choice("agenda_outcome", get_args(Outcome)), Called("agenda_outcome")
    ] = None


class AgendaItem(AgendaItemWrite):
    id: UUID
    meeting_name: str
    office_code: str | None
    fiscal_year: int


def source(_: Basis) -> Select[Any]:
    t, m = agenda_item.c, meeting.c
    return select(
        t.id, m.code.label("meeting_code"), t.item_no, t.title, t.outcome, m.name.label("meeting_name"),
        t.office.label("office_code"), m.fiscal_year, t.row_version,
    ).join_from(agenda_item, meeting, m.id == t.meeting_id)  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_office(session, rows, meeting, "meeting_id")
    return await check_office(session, rows, "meeting_code")


agenda_items = Resource(
    service="events",
    schema="events",
    name="agenda_item",
    plural="agenda-items",
    read=AgendaItem,
    write=AgendaItemWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "meeting": equals(meeting.c.code),
        "office": equals(agenda_item.c.office),
        "fiscal_year": equals(meeting.c.fiscal_year, int),
        "item_no": equals(agenda_item.c.item_no, int),
    },
    sorts=("item_no",),
    parts=(Part(agenda_item, ("meeting_id", "item_no")),),
    refs=(MEETING,),
    check=check,
    fixed=("meeting_code", "item_no"),
    version="2026.1",
)
