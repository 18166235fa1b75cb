"""Articles (記事): what was written, in an issue or by itself. One that appeared in several parts (前編・後編) is one
article: its parts share `work_code`."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy import Select, any_, select

from services.events import access
from services.events.publication_references import (
    ISSUE,
    MONTH,
    PUBLICATION,
    Printed,
    check_month,
    office_or,
)
from services.events.publication_tables import article, issue, publication
from services.events.references import OFFICE
from services.events.terms import EventCode, OfficeCode
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Basis, Filter, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Day, Flag, Line, Wire, choices

Topic = Literal["inbound", "sales_channels", "exchange", "multicultural", "jet", "other"]
ANOTHER_PUBLICATION = Finding(
    "issue_of_another_publication",
    Text("この号は、別の刊行物の号です", "The issue is of another publication"),
    Text("刊行物と号のコードを確認してください。", "Check the codes of the publication and of the issue."),
)
PART = Finding(
    "part_incomplete",
    Text(
        "分けて掲載した記事には、記事のコードと部分の表示がそろって必要です",
        "A part has the code of its whole and a label",
    ),
    Text("両方を入力するか、両方を空欄にしてください。", "Give both, or neither."),
)


def _once_each(given: list[str]) -> list[str]:
    return list(dict.fromkeys(given))


class ArticleWrite(Wire):
    code: EventCode
    publication_code: EventCode
    issue_code: EventCode | None = None
    office_code: OfficeCode | None = None
    title_ja: Line
    title_en: Line | None = None
    topics: Annotated[
        list[Topic],
        Field(max_length=len(get_args(Topic))),
        AfterValidator(_once_each),
        choices("article_topic", get_args(Topic)),
    ] = Field(default_factory=list)
    published_on: Day
    date_precision: Printed = "day"
    issue_label: Line | None = None
    work_code: EventCode | None = None
    part_label: Line | None = None
    marked: Annotated[Flag, cells.BOOLEAN] = False


class Article(ArticleWrite):
    id: UUID
    fiscal_year: int
    medium: str


def source(_: Basis) -> Select[Any]:
    a, p, i = article.c, publication.c, issue.c
    return (
        select(
            a.id, a.code, p.code.label("publication_code"), i.code.label("issue_code"),
            a.office.label("office_code"), a.title_ja, a.title_en, a.topics, a.published_on, a.date_precision,
            a.issue_label, a.work_code, a.part_label, a.marked, a.fiscal_year, p.name_ja.label("medium"),
            a.row_version,
        )
        .join_from(article, publication, p.id == a.publication_id)
        .join(issue, i.id == a.issue_id, isouter=True)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found = await office_or(session, rows, article)
    of = {row["issue_id"] for row in rows} - {None}
    asked = select(issue.c.id, issue.c.publication_id).where(issue.c.id.in_(of))
    held = {one.id: one.publication_id for one in await session.execute(asked)} if of else {}
    for row in rows:
        problems = found.setdefault(row["_row"], [])
        problems.extend(check_month(row))
        if row["issue_id"] is not None and held[row["issue_id"]] != row["publication_id"]:
            problems.append(("issue_code", ANOTHER_PUBLICATION))
        if (row["work_code"] is None) != (row["part_label"] is None):
            problems.append(("work_code" if row["work_code"] is None else "part_label", PART))
    return found


articles = Resource(
    service="events",
    schema="events",
    name="article",
    plural="articles",
    read=Article,
    write=ArticleWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "publication": equals(publication.c.code),
        "issue": equals(issue.c.code),
        "topic": Filter(Topic, lambda given: given == any_(article.c.topics)),
        "work_code": equals(article.c.work_code),
        "office": equals(article.c.office),
        "fiscal_year": equals(article.c.fiscal_year, int),
        "marked": equals(article.c.marked, bool),
        "code": equals(article.c.code),
    },
    sorts=("code", "published_on"),
    code="code",
    parts=(Part(article, ("code",)),),
    refs=(PUBLICATION, ISSUE, OFFICE),
    check=check,
    fixed=("code", "publication_code"),
    constraints={
        "article_month": refusal(MONTH),
        "article_issue_fkey": refusal(ANOTHER_PUBLICATION),
        "article_part": refusal(PART),
    },
    version="2026.1",
)
