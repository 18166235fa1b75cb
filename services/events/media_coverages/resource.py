"""Media coverage (報道) of an edition: medium, title, day and address, and the organisations that appeared in it."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, StrictStr
from sqlalchemy import Select, any_, select

from services.events import access
from services.events.edition_tables import media_coverage
from services.events.media_coverages.repository import unknown_codes
from services.events.references import EDITION, check_office, take_office
from services.events.tables import edition, event
from services.events.terms import EventCode, OrganisationCode, Programme
from services.kit.db.session import WriteSession
from services.kit.directory import UNKNOWN_ORGANISATION
from services.kit.fields import Short, equals
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.japan.choices import several
from services.kit.japan.codes import ORGANISATION_CODE
from services.kit.resource import Basis, Filter, Part, Resource, Row
from services.kit.wire import Called, Day, Line, Wire

Address = Annotated[
    StrictStr,
    Field(max_length=500, pattern=r"^https?://\S+$", examples=["https://news.example.com/2024/11/02"]),
    cells.TEXT,
]
Codes = Annotated[
    list[OrganisationCode], Field(max_length=200), AfterValidator(lambda given: list(dict.fromkeys(given))),
    several(ORGANISATION_CODE),
]  # fmt: skip


class MediaCoverageWrite(Wire):
    code: EventCode
    edition_code: Annotated[EventCode, Called("event_edition_code")]
    medium: Line
    title: Annotated[Line | None, Called("coverage_title")] = None
    published_on: Day
    url: Address | None = None
    organisation_codes: Codes = Field(default_factory=list)


class MediaCoverage(MediaCoverageWrite):
    id: UUID
    office_code: str | None


def source(_: Basis) -> Select[Any]:
    m, e = media_coverage.c, edition.c
    return (
        select(
            m.id, m.code, e.code.label("edition_code"), m.medium, m.title, m.published_on, m.url, m.organisation_codes,
            m.office.label("office_code"), m.row_version,
        )
        .join_from(media_coverage, edition, e.id == m.edition_id)
        .join(event, event.c.id == e.event_id)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_office(session, rows, edition, "edition_id")
    found = await check_office(session, rows, "edition_code", stored=media_coverage)
    unknown = await unknown_codes(session, {one for row in rows for one in row["organisation_codes"]})
    for row in rows:
        if unknown.intersection(row["organisation_codes"]):
            found.setdefault(row["_row"], []).append(("organisation_codes", UNKNOWN_ORGANISATION))
    return found


media_coverages = Resource(
    service="events",
    schema="events",
    name="media_coverage",
    plural="media-coverages",
    read=MediaCoverage,
    write=MediaCoverageWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "edition": equals(edition.c.code),
        "organisation_code": Filter(Short, lambda given: given == any_(media_coverage.c.organisation_codes)),
        "programme": equals(event.c.programme, Programme),
        "office": equals(media_coverage.c.office),
        "fiscal_year": equals(edition.c.fiscal_year, int),
        "code": equals(media_coverage.c.code),
    },
    sorts=("code", "published_on"),
    code="code",
    parts=(Part(media_coverage, ("code",)),),
    refs=(EDITION,),
    check=check,
    fixed=("code", "edition_code"),
    version="2026.1",
)
