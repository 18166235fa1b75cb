"""Contacts of an office (担当者の連絡先): whom it knows at which body, for what. Its history is the log's lines that
name it. What says who the person is can be erased."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, case, select

from services.events import access
from services.events.log_tables import office_contact, office_contact_detail
from services.events.references import OFFICE, check_office, headquarters, organisation
from services.events.tables import mine
from services.events.terms import EventCode, OfficeCode, OrganisationCode
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.japan.choices import several
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Email, Line, Name, Phone, Wire

Topics = Annotated[list[Line], Field(max_length=20), several(cells.TEXT)]
COUNTERPART = Finding(
    "contact_of_one_body",
    Text("相手先は団体コードか名称のどちらか一つで書きます", "A counterpart is told by a code or by a name, one of both"),
    Text(
        "登録済みの団体は団体コードだけ、ほかは相手先の名称だけを入力してください。",
        "Give the code alone where the directory has it, else the name alone.",
    ),
)  # fmt: skip


class OfficeContactWrite(Wire):
    code: EventCode
    office_code: OfficeCode | None = None
    organisation_code: OrganisationCode | None = None
    counterpart_name: Line | None = None
    person_name: Name | None = None
    title: Line | None = None
    email: Email | None = None
    phone: Phone | None = None
    topics: Topics = Field(default_factory=list)


class OfficeContact(OfficeContactWrite):
    id: UUID
    counterpart: str


def source(_: Basis) -> Select[Any]:
    c, d, o = office_contact.c, office_contact_detail.c, directory.organisation.c
    return (
        select(
            c.id, c.code, c.office.label("office_code"), o.code.label("organisation_code"), c.counterpart_name,
            d.person_name, d.title, d.email, d.phone, c.topics,
            case((o.name.is_not(None), o.name), else_=c.counterpart_name).label("counterpart"), c.row_version,
        )
        .join_from(office_contact, office_contact_detail, d.contact_id == c.id, isouter=True)
        .join(directory.organisation, o.id == c.organisation_id, isouter=True)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found = await check_office(session, rows, stored=office_contact)
    for row in rows:
        if (row["organisation_id"] is None) == (row["counterpart_name"] is None):
            found.setdefault(row["_row"], []).append(("counterpart_name", COUNTERPART))
    return found


office_contacts = Resource(
    service="events",
    schema="events",
    name="office_contact",
    plural="office-contacts",
    read=OfficeContact,
    write=OfficeContactWrite,
    source=source,
    access=access.OF_OFFICE,
    own=mine(office_contact.c.office),
    filters={
        "office": equals(office_contact.c.office),
        "headquarters": headquarters(office_contact.c.office),
        "organisation": by_organisation(office_contact.c.organisation_id),
        "code": equals(office_contact.c.code),
    },
    sorts=("code",),
    code="code",
    parts=(
        Part(office_contact, ("code",), once=("office",)),
        Part(office_contact_detail, ("contact_id",), "contact_id", once=("office",)),
    ),
    refs=(OFFICE, organisation()),
    check=check,
    fixed=("code", "office_code"),
    constraints={"office_contact_of": refusal(COUNTERPART)},
    version="2026.1",
)
