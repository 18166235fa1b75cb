"""Certificates (認定): who was certified by a training, with a number that goes on through all the years of its event.

A row without a number gets the next one; of two holders of one name on one day the second is given its number by hand. The highest number of a year is how many were certified so far (累計); those of
an edition are how many it certified, whatever number of parts they attended.
"""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, select

from services.events import access
from services.events.certificates import repository
from services.events.certificates.tables import certificate, certificate_holder
from services.events.references import EDITION, check_office, organisation
from services.events.tables import edition, event, mine
from services.events.terms import EventCode, OrganisationCode
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Kana, Name, Whole, Wire

TAKEN = Refusal(
    "certificate_number_taken", "conflict",
    Text("この番号の認定は登録されています", "A certificate has this number"),
    Text("番号を確認するか、空欄にして次の番号を取ってください。", "Check the number, or leave it out to get the next one."),
)  # fmt: skip


class CertificateWrite(Wire):
    edition_code: Annotated[EventCode, Called("event_edition_code")]
    number: Annotated[Whole | None, Field(ge=1), Called("register_number")] = None
    organisation_code: OrganisationCode | None = None
    certified_on: Day
    holder_name: Name
    holder_kana: Kana | None = None


class Certificate(CertificateWrite):
    id: UUID
    event_code: str
    fiscal_year: int
    organisation_name: str | None


def source(_: Basis) -> Select[Any]:
    c, h, e, o = certificate.c, certificate_holder.c, edition.c, directory.organisation.c
    return (
        select(
            c.id, e.code.label("edition_code"), c.number, o.code.label("organisation_code"), c.certified_on,
            h.holder_name, h.holder_kana, event.c.code.label("event_code"), e.fiscal_year,
            o.name.label("organisation_name"), c.row_version,
        )
        .join_from(certificate, edition, e.id == c.edition_id)
        .join(event, event.c.id == c.event_id)
        .join(certificate_holder, h.certificate_id == c.id, isouter=True)
        .join(directory.organisation, o.id == c.organisation_id, isouter=True)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """Draws the numbers that are not given. A file that comes again draws none: its holders have theirs."""
    await repository.take_over(session, rows)
    events, bare = {row["event_id"] for row in rows}, [row for row in rows if row["number"] is None]
    await repository.lock(session, events)
    known, drawn = await repository.numbers(session, bare), await repository.last(session, events)
    for row in rows:
        if row["number"] is not None:
            drawn[row["event_id"]] = max(drawn.get(row["event_id"], 0), row["number"])
    for row in bare:
        row["number"] = known.get((row["edition_id"], row["holder_name"], row["certified_on"]))
        if row["number"] is None:
            row["number"] = drawn[row["event_id"]] = drawn.get(row["event_id"], 0) + 1
    return await check_office(session, rows, "edition_code")


certificates = Resource(
    service="events",
    schema="events",
    name="certificate",
    plural="certificates",
    read=Certificate,
    write=CertificateWrite,
    source=source,
    access=access.OF_OFFICE,
    own=mine(certificate.c.office),
    filters={
        "edition": equals(edition.c.code),
        "event": equals(event.c.code),
        "fiscal_year": equals(edition.c.fiscal_year, int),
        "organisation": by_organisation(certificate.c.organisation_id),
    },
    sorts=("number",),
    parts=(
        Part(certificate, ("event_id", "number")),
        Part(certificate_holder, ("certificate_id",), "certificate_id"),
    ),
    refs=(EDITION, organisation()),
    check=check,
    fixed=("edition_code", "number"),
    constraints={"certificate_once": TAKEN},
    version="2026.1",
)
