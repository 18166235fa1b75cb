"""Chapters of JET alumni (JETAA) with the country that each is in, and JETAA International, which is in none."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from services.jet import access
from services.jet.alumni_tables import alumni_chapter
from services.kit import directory, temporal
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import Short, equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Code, Day, Line, Wire, choice

Kind = Literal["chapter", "international"]
HOME = "JP"


class AlumniChapterWrite(Wire):
    code: Code
    kind: Annotated[Kind, choice("chapter_kind", get_args(Kind))]
    name_ja: Line
    name_en: Line
    country: Code | None = None
    active_from: Day | None = None
    active_to: Day | None = None


class AlumniChapter(AlumniChapterWrite):
    id: UUID
    domestic: bool | None
    active: bool


UNKNOWN_COUNTRY = Finding(
    "country_unknown",
    Text("この国コードは登録されていません", "No country has this code"),
    Text(
        "ISO 3166-1 の2文字コード（US など）を入力してください。",
        "Enter an ISO 3166-1 code of two letters, such as US.",
    ),
    "L3-02",
)
SOMEWHERE = Finding(
    "chapter_without_country",
    Text("支部には国が必要で、JETAA-I には国がありません", "A chapter is in a country; JETAA-I is in none"),
    Text("種類か国コードを直してください。", "Mend the kind or the country."),
)
IN_ORDER = Finding(
    "chapter_dates_out_of_order",
    Text("活動終了日が活動開始日より前です", "The last day is before the first"),
    Text("両方の日付を確認してください。", "Check both dates."),
)
COUNTRY = Ref("country", "_country_id", directory.country, "alpha2", UNKNOWN_COUNTRY)


def judged(row: Row) -> list[tuple[str, Finding]]:
    found = []
    if (row["kind"] == "international") != (row["country"] is None):
        found.append(("country", SOMEWHERE))
    if row["active_from"] and row["active_to"] and row["active_to"] < row["active_from"]:
        found.append(("active_to", IN_ORDER))
    return found


async def check(_: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return {row["_row"]: found for row in rows if (found := judged(row))}


def _active() -> Any:
    c, today = alumni_chapter.c, temporal.TODAY
    return func.coalesce(c.active_from <= today, True) & or_(c.active_to.is_(None), c.active_to >= today)


def source(_: Basis) -> Select[Any]:
    c = alumni_chapter.c
    stored = [c[name] for name in AlumniChapterWrite.model_fields]
    return select(
        c.id, *stored, (c.country == HOME).label("domestic"), _active().label("active"), c.row_version
    )


alumni_chapters = Resource(
    service="jet",
    schema="jet",
    name="alumni_chapter",
    plural="alumni-chapters",
    read=AlumniChapter,
    write=AlumniChapterWrite,
    source=source,
    access={
        "list": access.CHAPTERS,
        "read": access.CHAPTERS,
        "create": access.CHAPTERS_WRITE,
        "change": access.CHAPTERS_WRITE,
        "import": access.CHAPTERS_WRITE,
    },
    code="code",
    filters={
        "kind": equals(alumni_chapter.c.kind, Kind),
        "country": equals(alumni_chapter.c.country, Short),
        "active": equals(_active(), bool),
    },
    sorts=("code", "country"),
    parts=(Part(alumni_chapter, ("code",)),),
    refs=(COUNTRY,),
    check=check,
    fixed=("code",),
    version="2026.1",
    constraints={
        "alumni_chapter_somewhere": refusal(SOMEWHERE),
        "alumni_chapter_in_order": refusal(IN_ORDER),
    },
)
