"""Editions (年度の実施) of grant programmes: a programme in one fiscal year, under that year's name."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.grants import access
from services.grants.editions import repository
from services.grants.editions.domain import OTHER_RECORD, RETIRED, retired_by
from services.grants.tables import announced, edition, grant_round, own, programme
from services.grants.terms import PROGRAMME, GrantCode
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Line, Wire, Year


class EditionWrite(Wire):
    code: GrantCode
    programme_code: GrantCode
    fiscal_year: Year
    name_ja: Line
    name_en: Line


class Edition(EditionWrite):
    id: UUID


def source(_: Basis) -> Select[Any]:
    e, p = edition.c, programme.c
    return select(
        e.id, e.code, p.code.label("programme_code"), e.fiscal_year, e.name_ja, e.name_en, e.row_version
    ).join_from(edition, programme, p.id == e.programme_id)


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """A retired programme has no new editions; a code goes on naming the same programme and year."""
    of = await repository.programmes(session, {row["programme_id"] for row in rows})
    named = await repository.named(session, rows)
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        owner, this = of[row["programme_id"]], (row["programme_id"], row["fiscal_year"])
        row["section"] = owner.section
        wrong = found.setdefault(row["_row"], [])
        stands = named.get(row["code"])
        if stands is None and retired_by(row["fiscal_year"], owner.retired_on):
            wrong.append(("programme_code", RETIRED))
        if stands not in (None, this):
            wrong.append(("code", OTHER_RECORD))
    return found


editions = Resource(
    service="grants",
    schema="grants",
    name="grant_edition",
    plural="editions",
    read=Edition,
    write=EditionWrite,
    source=source,
    access=access.KEPT_BY_SECTIONS,
    own=own(edition.c.section, announced(grant_round.c.edition_id == edition.c.id)),
    filters={
        "code": equals(edition.c.code),
        "programme_code": equals(programme.c.code),
        "fiscal_year": equals(edition.c.fiscal_year, int),
    },
    sorts=("code", "fiscal_year"),
    code="code",
    parts=(Part(edition, ("code",)),),
    refs=(PROGRAMME,),
    check=check,
    fixed=("code", "programme_code", "fiscal_year"),
    version="2026.1",
    constraints={
        "edition_programme_retired": Refusal(RETIRED.code, "conflict", RETIRED.message, RETIRED.remedy)
    },
)
