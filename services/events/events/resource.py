"""Events (行事): what stays over the years: its programme in the business report, its office, its name, and tags."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, any_, select

from services.events import access
from services.events.edition_tables import announced_or_joined
from services.events.references import OFFICE, check_office
from services.events.tables import announced, edition, event
from services.events.terms import PROGRAMME, EventCode, OfficeCode, Programme
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.japan.choices import several
from services.kit.resource import Basis, Filter, Part, Resource
from services.kit.wire import Called, Line, Wire

Tag = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]+$")]


class EventWrite(Wire):
    code: EventCode
    programme: Annotated[Programme, PROGRAMME, Called("event_programme")]
    office_code: OfficeCode | None = None
    name_ja: Line
    name_en: Line | None = None
    tags: Annotated[list[Tag], Field(max_length=20), several(cells.TEXT)] = Field(default_factory=list)


class Event(EventWrite):
    id: UUID


def source(_: Basis) -> Select[Any]:
    e = event.c
    return select(
        e.id, e.code, e.programme, e.office.label("office_code"), e.name_ja, e.name_en, e.tags, e.row_version
    )


def _told() -> Any:
    """That the caller sees one of its editions."""
    return select(edition.c.id).where(edition.c.event_id == event.c.id, announced_or_joined()).exists()


events = Resource(
    service="events",
    schema="events",
    name="event",
    plural="events",
    read=Event,
    write=EventWrite,
    source=source,
    access=access.ANNOUNCED,
    own=announced(_told()),
    filters={
        "programme": equals(event.c.programme, Programme),
        "office": equals(event.c.office),
        "tag": Filter(Tag, lambda given: given == any_(event.c.tags)),
        "code": equals(event.c.code),
    },
    sorts=("code",),
    code="code",
    parts=(Part(event, ("code",)),),
    refs=(OFFICE,),
    check=partial(check_office, stored=event),
    fixed=("code", "office_code"),
    version="2026.1",
)
