"""Who took part in an edition (参加団体): local governments, companies and others, each once however many legs it joined.

An organisation reads its own rows, announced or not: which events it has joined over the years.
"""

from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, any_, false, func, or_, select

from services.events import access
from services.events.edition_participants.domain import ONE_BODY, Capacity, check_body, check_legs
from services.events.edition_participants.repository import legs_of
from services.events.edition_tables import edition_participant
from services.events.lines import is_local
from services.events.references import EDITION, check_office, organisation, take_office
from services.events.tables import announced, edition, event
from services.events.terms import PROGRAMME, EventCode, OrganisationCode, Programme
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.japan.choices import several
from services.kit.resource import Basis, Filter, Part, Resource, Row
from services.kit.wire import Called, Line, Whole, Wire, choice

Number = Annotated[StrictInt, Field(ge=1, le=999), cells.INTEGER]
Numbers = Annotated[list[Number], Field(max_length=99), several(cells.INTEGER)]
CAPACITY = choice("participant_capacity", get_args(Capacity))


class EditionParticipantWrite(Wire):
    """`leg_numbers`: none for all legs. `listed_in`: the part of the report that prints it, where there are several."""

    edition_code: Annotated[EventCode, Called("event_edition_code")]
    organisation_code: OrganisationCode | None = None
    name: Line | None = None
    seq: Annotated[Whole, Field(ge=1)]
    capacity: Annotated[Capacity, CAPACITY, Called("participant_capacity")] = "participant"
    leg_numbers: Numbers = Field(default_factory=list)
    listed_in: Line | None = None


class EditionParticipant(EditionParticipantWrite):
    id: UUID
    organisation_name: str | None
    title_ja: str
    programme: Annotated[Programme, PROGRAMME, Called("event_programme")]
    fiscal_year: int
    office_code: str | None


def source(_: Basis) -> Select[Any]:
    p, e, o = edition_participant.c, edition.c, directory.organisation.c
    return (
        select(
            p.id, e.code.label("edition_code"), o.code.label("organisation_code"), p.name, p.seq, p.capacity,
            p.leg_numbers, p.listed_in, o.name.label("organisation_name"), e.title_ja, event.c.programme,
            e.fiscal_year, p.office.label("office_code"), p.row_version,
        )
        .join_from(edition_participant, edition, e.id == p.edition_id)
        .join(event, event.c.id == e.event_id)
        .join(directory.organisation, o.id == p.organisation_id, isouter=True)
    )  # fmt: skip


def derive(row: Row) -> None:
    row["body"] = row["name"] if row.get("organisation_id") is None else str(row["organisation_id"])


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_office(session, rows, edition, "edition_id")
    found = await check_office(session, rows, "edition_code")
    legs = await legs_of(session, {row["edition_id"] for row in rows})
    for row in rows:
        found.setdefault(row["_row"], []).extend(
            check_body(row["organisation_code"], row["name"])
            + check_legs(row["leg_numbers"], legs[row["edition_id"]])
        )
    return found


def _joined(given: Any) -> Any:
    p = edition_participant.c
    return or_(func.cardinality(p.leg_numbers) == 0, given == any_(p.leg_numbers))


edition_participants = Resource(
    service="events",
    schema="events",
    name="edition_participant",
    plural="edition-participants",
    read=EditionParticipant,
    write=EditionParticipantWrite,
    source=source,
    access=access.ANNOUNCED,
    own=announced(directory.visible(edition_participant.c.organisation_id)),
    filters={
        "edition": equals(edition.c.code),
        "organisation": by_organisation(edition_participant.c.organisation_id),
        "programme": equals(event.c.programme, Programme),
        "office": equals(edition_participant.c.office),
        "fiscal_year": equals(edition.c.fiscal_year, int),
        "capacity": equals(edition_participant.c.capacity, Capacity),
        "leg_number": Filter(int, _joined),
        "local_government": Filter(
            bool, lambda given: func.coalesce(is_local(directory.organisation.c.kind), false()) == given
        ),
    },
    sorts=("fiscal_year", "edition_code", "seq"),
    parts=(Part(edition_participant, ("edition_id", "body")),),
    refs=(EDITION, organisation()),
    derive=derive,
    check=check,
    organisation="organisation_id",
    fixed=("edition_code", "organisation_code", "name"),
    constraints={"edition_participant_body": refusal(ONE_BODY)},
    version="2026.1",
)
