"""Categories (区分) of an edition: what the year's report prints apart, such as 海外販路開拓 and インバウンド."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictStr
from sqlalchemy import Select, select

from services.grants import access
from services.grants.references import take_over
from services.grants.tables import announced, category, edition, grant_round, own
from services.grants.terms import EDITION, GrantCode
from services.kit.db.session import WriteSession
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.japan.codes import CODE
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Called, Line, Wire


class CategoryWrite(Wire):
    edition_code: GrantCode
    code: Annotated[
        StrictStr,
        Field(pattern=r"^[a-z][a-z0-9_]{0,29}$", examples=["inbound"]),
        CODE,
        Called("category_code"),
    ]
    name_ja: Line
    name_en: Line


class Category(CategoryWrite):
    id: UUID


def source(_: Basis) -> Select[Any]:
    c, e = category.c, edition.c
    return select(c.id, e.code.label("edition_code"), c.code, c.name_ja, c.name_en, c.row_version).join_from(
        category, edition, e.id == c.edition_id
    )


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_over(session, rows)
    return {}


edition_categories = Resource(
    service="grants",
    schema="grants",
    name="edition_category",
    plural="edition-categories",
    read=Category,
    write=CategoryWrite,
    source=source,
    access=access.KEPT_BY_SECTIONS,
    own=own(category.c.section, announced(grant_round.c.edition_id == category.c.edition_id)),
    filters={"edition_code": equals(edition.c.code), "fiscal_year": equals(edition.c.fiscal_year, int)},
    sorts=("edition_code", "code"),
    parts=(Part(category, ("edition_id", "code")),),
    refs=(EDITION,),
    check=check,
    fixed=("edition_code", "code"),
    version="2026.1",
)
