"""Publications (刊行物): a series of issues or articles, or a site that has only a text.

`cumulative_before` is how many issues there were at the end of the fiscal year `cumulative_year`, of which no record is
kept here; those of later years are counted on from it.
"""

from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, func, select

from services.events import access
from services.events.publication_references import PublicationKind
from services.events.publication_tables import issue, publication
from services.events.references import OFFICE, check_office
from services.events.terms import EventCode, OfficeCode
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Line, Passage, Whole, Wire, Year, choice

TOGETHER = Finding(
    "cumulative_incomplete",
    Text("累計とその年度はそろって必要です", "The number so far and its fiscal year come together"),
    Text("両方を入力するか、両方を空欄にしてください。", "Give both, or neither."),
)


class PublicationWrite(Wire):
    code: EventCode
    kind: Annotated[
        PublicationKind,
        choice("publication_kind", get_args(PublicationKind)),
        Called("publication_kind"),
    ]
    office_code: OfficeCode | None = None
    name_ja: Line
    name_en: Line | None = None
    content: Passage | None = None
    frequency: Line | None = None
    cumulative_before: Annotated[Whole, Field(ge=0)] | None = None
    cumulative_year: Year | None = None
    ended_on: Day | None = None


class Publication(PublicationWrite):
    id: UUID
    cumulative: int | None


def source(_: Basis) -> Select[Any]:
    p, i = publication.c, issue.c
    since = (
        select(func.count())
        .where(i.publication_id == p.id, i.fiscal_year > p.cumulative_year)
        .scalar_subquery()
    )
    return select(
        p.id, p.code, p.kind, p.office.label("office_code"), p.name_ja, p.name_en, p.content, p.frequency,
        p.cumulative_before, p.cumulative_year, p.ended_on, (p.cumulative_before + since).label("cumulative"),
        p.row_version,
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found = await check_office(session, rows, stored=publication)
    for row in rows:
        if (row["cumulative_before"] is None) != (row["cumulative_year"] is None):
            missing = "cumulative_year" if row["cumulative_year"] is None else "cumulative_before"
            found.setdefault(row["_row"], []).append((missing, TOGETHER))
    return found


publications = Resource(
    service="events",
    schema="events",
    name="publication",
    plural="publications",
    read=Publication,
    write=PublicationWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "kind": equals(publication.c.kind, PublicationKind),
        "office": equals(publication.c.office),
        "code": equals(publication.c.code),
    },
    sorts=("code",),
    code="code",
    parts=(Part(publication, ("code",)),),
    refs=(OFFICE,),
    check=check,
    fixed=("code",),
    constraints={"publication_cumulative": refusal(TOGETHER)},
    version="2026.1",
)
