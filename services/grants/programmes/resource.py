"""Grant programmes (助成制度): what stays over the years, and the section of CLAIR that owns it."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, func, select

from services.grants import access
from services.grants.tables import announced, grant_round, own, programme
from services.grants.terms import GrantCode, Section
from services.kit.db.session import WriteSession
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Line, Wire, choice

Kind = Literal["organisation", "individual", "in_kind", "honour"]
NOT_YOUR_SECTION = Finding(
    "section_not_yours",
    Text("この係は、あなたの担当ではありません", "This is no section that you serve in"),
    Text(
        "担当する係のコードを入力してください。別の係の制度は、その係の担当者が登録します。",
        "Give a section of yours. Its own officers register the programmes of another.",
    ),
)


class ProgrammeWrite(Wire):
    code: GrantCode
    section: Section
    kind: Annotated[Kind, choice("grant_kind", get_args(Kind)), Called("grant_kind")]
    name_ja: Line
    name_en: Line
    legal_text: Line | None = None
    retired_on: Day | None = None


class Programme(ProgrammeWrite):
    id: UUID


def source(_: Basis) -> Select[Any]:
    p = programme.c
    return select(
        p.id, p.code, p.section, p.kind, p.name_ja, p.name_en, p.legal_text, p.retired_on, p.row_version
    )


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    mine = set(await session.scalar(select(func.grants.sections())) or ())
    return {row["_row"]: [("section", NOT_YOUR_SECTION)] for row in rows if row["section"] not in mine}


programmes = Resource(
    service="grants",
    schema="grants",
    name="grant_programme",
    plural="programmes",
    read=Programme,
    write=ProgrammeWrite,
    source=source,
    access=access.KEPT_BY_SECTIONS,
    own=own(programme.c.section, announced(grant_round.c.programme_id == programme.c.id)),
    filters={
        "code": equals(programme.c.code),
        "section": equals(programme.c.section),
        "kind": equals(programme.c.kind, Kind),
    },
    sorts=("code",),
    code="code",
    parts=(Part(programme, ("code",)),),
    check=check,
    fixed=("code",),
    version="2026.1",
)
