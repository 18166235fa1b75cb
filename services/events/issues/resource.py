"""Issues (号): what appeared of a publication. A number that is missing in the series is shown, and refuses nothing:
it may have been withdrawn, or come later.
"""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, func, select

from services.events import access
from services.events.publication_references import (
    MONTH,
    PUBLICATION,
    Printed,
    PublicationKind,
    check_month,
    office_or,
)
from services.events.publication_tables import issue, publication
from services.events.references import COUNTRY, OFFICE
from services.events.terms import EventCode, OfficeCode
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal, refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Code, Day, Flag, Line, Whole, Wire

NUMBER_TAKEN = Refusal(
    "issue_number_taken",
    "conflict",
    Text("この刊行物には、同じ番号の号があります", "The publication has an issue of this number"),
    Text("別の番号を入力してください。", "Give another number."),
)


class IssueWrite(Wire):
    """`title_ja` is its title, its feature or its main article, whichever the report prints."""

    code: EventCode
    publication_code: EventCode
    office_code: OfficeCode | None = None
    number: Annotated[Whole, Field(ge=1), Called("issue_number")] | None = None
    label: Annotated[Line | None, Called("issue_label")] = None
    published_on: Day
    date_precision: Printed = "day"
    title_ja: Annotated[Line, Called("issue_title_ja")]
    title_en: Annotated[Line | None, Called("issue_title_en")] = None
    article_count: Annotated[Whole, Field(ge=0)] | None = None
    country: Code | None = None
    country_printed: Line | None = None
    body: Annotated[Line | None, Called("issue_body")] = None
    category: Line | None = None
    marked: Annotated[Flag, cells.BOOLEAN] = False


class Issue(IssueWrite):
    id: UUID
    fiscal_year: int
    missing_before: int | None


def missing_before() -> Any:
    """How many numbers lie between an issue's and the one before; null where there is none before."""
    i, before = issue.c, issue.alias("before").c
    last = (
        select(func.max(before.number))
        .where(before.publication_id == i.publication_id, before.number < i.number)
        .scalar_subquery()
    )
    return i.number - last - 1


def source(_: Basis) -> Select[Any]:
    i, p = issue.c, publication.c
    return select(
        i.id, i.code, p.code.label("publication_code"), i.office.label("office_code"), i.number, i.label,
        i.published_on, i.date_precision, i.title_ja, i.title_en, i.article_count, i.country, i.country_printed,
        i.body, i.category, i.marked, i.fiscal_year, missing_before().label("missing_before"), i.row_version,
    ).join_from(issue, publication, p.id == i.publication_id)  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found = await office_or(session, rows, issue)
    for row in rows:
        found.setdefault(row["_row"], []).extend(check_month(row))
    return found


issues = Resource(
    service="events",
    schema="events",
    name="issue",
    plural="issues",
    read=Issue,
    write=IssueWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "publication": equals(publication.c.code),
        "publication_kind": equals(publication.c.kind, PublicationKind),
        "office": equals(issue.c.office),
        "fiscal_year": equals(issue.c.fiscal_year, int),
        "code": equals(issue.c.code),
    },
    sorts=("code", "published_on", "number"),
    code="code",
    parts=(Part(issue, ("code",)),),
    refs=(PUBLICATION, OFFICE, COUNTRY),
    check=check,
    fixed=("code", "publication_code"),
    constraints={"issue_once": NUMBER_TAKEN, "issue_month": refusal(MONTH)},
    version="2026.1",
)
