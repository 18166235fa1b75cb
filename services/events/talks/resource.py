"""Talks (講演) of an edition, in their order: what the report prints of them, and who spoke.

A speaker's name stands apart and can be taken out; officers alone read it, and no statistic has it.
"""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, select

from services.events import access
from services.events.edition_tables import talk, talk_speaker
from services.events.references import EDITION, check_office, take_office
from services.events.tables import announced, edition, event
from services.events.terms import EventCode, Programme
from services.kit.db.session import WriteSession
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Called, Line, Name, Only, Whole, Wire


class TalkWrite(Wire):
    """`presenter`: the body that spoke, as printed. `affiliation`: of the speaker."""

    edition_code: Annotated[EventCode, Called("event_edition_code")]
    number: Annotated[Whole, Field(ge=1), Called("talk_number")]
    label: Annotated[Line | None, Called("talk_label")] = None
    title: Annotated[Line | None, Called("talk_title")] = None
    affiliation: Line | None = None
    presenter: Line | None = None
    speaker_name: Name | None = None


class Talk(TalkWrite):
    id: UUID
    office_code: str | None
    speaker_name: Annotated[Name | None, Only("event_officer", "coordinator")] = None


def source(_: Basis) -> Select[Any]:
    t, e = talk.c, edition.c
    return (
        select(
            t.id, e.code.label("edition_code"), t.number, t.label, t.title, t.affiliation, t.presenter,
            talk_speaker.c.speaker_name, t.office.label("office_code"), t.row_version,
        )
        .join_from(talk, edition, e.id == t.edition_id)
        .join(event, event.c.id == e.event_id)
        .join(talk_speaker, talk_speaker.c.talk_id == t.id, isouter=True)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_office(session, rows, edition, "edition_id")
    return await check_office(session, rows, "edition_code")


talks = Resource(
    service="events",
    schema="events",
    name="talk",
    plural="talks",
    read=Talk,
    write=TalkWrite,
    source=source,
    access=access.ANNOUNCED,
    own=announced(edition.c.public),
    filters={
        "edition": equals(edition.c.code),
        "programme": equals(event.c.programme, Programme),
        "office": equals(talk.c.office),
        "fiscal_year": equals(edition.c.fiscal_year, int),
        "number": equals(talk.c.number, int),
    },
    sorts=("edition_code", "number"),
    parts=(Part(talk, ("edition_id", "number")), Part(talk_speaker, ("talk_id",), "talk_id")),
    refs=(EDITION,),
    check=check,
    fixed=("edition_code", "number"),
    version="2026.1",
)
