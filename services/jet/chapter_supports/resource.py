"""Support that CLAIR gave to chapters (活動支援), one line each, and its line in the year's report (3.4(4))."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, case, func, select

from services.jet import access
from services.jet.alumni_chapters.resource import HOME
from services.jet.alumni_tables import alumni_chapter, chapter_support
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.resource import Basis, Part, Ref, Resource, Row
from services.kit.statistics import Dimension, Measure, Statistic
from services.kit.text import Text
from services.kit.wire import Code, Day, Passage, Wire, choice

Kind = Literal["activity", "meeting", "publicity", "advice", "other"]
Place = Literal["domestic", "overseas", "international"]


class ChapterSupportWrite(Wire):
    chapter_code: Code
    kind: Annotated[Kind, choice("chapter_support_kind", get_args(Kind))]
    supported_on: Day
    content: Passage | None = None


class ChapterSupport(ChapterSupportWrite):
    id: UUID
    fiscal_year: int
    chapter_name: str
    chapter_place: Annotated[Place, choice("chapter_place", get_args(Place))]


UNKNOWN_CHAPTER = Finding(
    "chapter_unknown",
    Text("このコードの支部はありません", "No chapter has this code"),
    Text("支部のコードを確認してください。", "Check the chapter's code."),
)
CHAPTER = Ref("chapter_code", "chapter_id", alumni_chapter, "code", UNKNOWN_CHAPTER)


def placed() -> Any:
    """Where the report counts a chapter: 国内, 海外, or JETAA-I by itself."""
    c = alumni_chapter.c
    return case(
        (c.kind == "international", "international"), (c.country == HOME, "domestic"), else_="overseas"
    )


def source(_: Basis) -> Select[Any]:
    s, c = chapter_support.c, alumni_chapter.c
    return select(
        s.id, c.code.label("chapter_code"), s.fiscal_year, s.kind, s.supported_on, s.content,
        c.name_ja.label("chapter_name"), placed().label("chapter_place"), s.row_version,
    ).join_from(chapter_support, alumni_chapter, c.id == s.chapter_id)  # fmt: skip


def derive(row: Row) -> None:
    row["fiscal_year"] = fiscal_year_of(row["supported_on"])


FILTERS = {
    "chapter_code": equals(alumni_chapter.c.code),
    "fiscal_year": equals(chapter_support.c.fiscal_year, int),
    "kind": equals(chapter_support.c.kind, Kind),
    "chapter_place": equals(placed(), Place),
}
chapter_supports = Resource(
    service="jet",
    schema="jet",
    name="chapter_support",
    plural="chapter-supports",
    read=ChapterSupport,
    write=ChapterSupportWrite,
    source=source,
    access={
        "list": access.SUPPORTS,
        "read": access.SUPPORTS,
        "create": access.SUPPORTS_WRITE,
        "change": access.SUPPORTS_WRITE,
        "import": access.SUPPORTS_WRITE,
    },
    filters=FILTERS,
    sorts=("supported_on", "chapter_code"),
    parts=(Part(chapter_support, ("chapter_id", "kind", "supported_on")),),
    refs=(CHAPTER,),
    derive=derive,
    fixed=("chapter_code", "kind", "supported_on"),
    version="2026.1",
)
STATISTICS = (
    Statistic(
        "jet-chapter-supports",
        Text("JETAA・JETAA-Iの活動支援", "Support of JETAA chapters"),
        source,
        {
            "chapters": Measure("団体", lambda facts: func.count(facts.chapter_code.distinct())),
            "supports": Measure("件", lambda facts: func.count(facts.id)),
        },
        "distinct",
        {
            "fiscal_year": Dimension("fiscal_year", filter="fiscal_year"),
            "chapter_place": Dimension("chapter_place", filter="chapter_place"),
            "chapter": Dimension("chapter_code", "chapter_name", "chapter_code"),
            "kind": Dimension("kind", filter="kind"),
        },
        FILTERS,
        access.ALUMNI_FIGURES,
        records=chapter_supports,
        dated=False,
    ),
)
