"""The shared directory as every service reads it, and the first wall's clause over it.

The registry alone writes these tables; the others hold SELECT and foreign keys.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Date,
    DateTime,
    MetaData,
    Table,
    Text,
    Uuid,
    any_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import DATERANGE
from sqlalchemy.sql.elements import SQLCoreOperations

from services.kit.db.session import WriteSession
from services.kit.findings import Finding
from services.kit.japan.code_slips import SLIPS, candidates
from services.kit.temporal import known_view
from services.kit.text import Text as Said

METADATA = MetaData(schema="directory")
UNKNOWN_ORGANISATION = Finding(
    "organisation_unknown",
    Said("この団体コードの団体は登録されていません", "No organisation has this code"),
    Said("団体コード（検査数字を含む6桁など）を確認してください。", "Check the code, check digit included."),
    "L3-06",
)
MUNICIPALITIES = ("city", "special_ward", "town", "village")
# of a file with more unknown codes than these it is the file that is wrong
MEANT_AT_MOST = 50

organisation = Table(
    "organisation", METADATA,
    Column("id", Uuid, primary_key=True), Column("code", Text), Column("name", Text), Column("name_en", Text),
    Column("kind", Text), Column("valid_from", Date), Column("valid_to", Date),
)  # fmt: skip
hierarchy = Table(
    "hierarchy", METADATA,
    Column("member_id", Uuid), Column("host_id", Uuid), Column("effective", DATERANGE),
    Column("known_from", DateTime(timezone=True)),
)  # fmt: skip
hierarchy_known = known_view(hierarchy)
country = Table(
    "country", METADATA, Column("id", Uuid), Column("alpha2", Text, primary_key=True),
    Column("name_ja", Text), Column("name_en", Text),
)  # fmt: skip


def visible(column: SQLCoreOperations[Any]) -> ColumnElement[bool]:
    """Rows of the organisations that the caller sees; evaluated once a statement."""
    seen = select(func.directory.visible_organisations()).scalar_subquery()
    return column == any_(cast(seen, ARRAY(Uuid)))


def represented(column: SQLCoreOperations[Any]) -> ColumnElement[bool]:
    """Rows of the organisation whose contact the caller is: of exhibitors and host companies, never of employers."""
    return column == select(func.directory.represented_organisation()).scalar_subquery()


def municipal(kind: SQLCoreOperations[Any]) -> ColumnElement[bool]:
    return or_(*(kind == one for one in MUNICIPALITIES))


def body_type(kind: SQLCoreOperations[Any]) -> ColumnElement[Any]:
    """As the business report tells bodies apart: prefecture, designated_city, municipality; of others their kind."""
    return case((municipal(kind), "municipality"), else_=kind)


def body_name(body: Any) -> ColumnElement[Any]:
    """An organisation, by its columns, as the report names it: a municipality with its prefecture's name before it
    (静岡県三島市), a prefecture and a designated city by themselves."""
    p = organisation.alias("prefecture").c
    within = (
        select(p.name)
        .where(p.kind == "prefecture", func.left(p.code, 2) == func.left(body.code, 2))
        .order_by(p.code)
        .limit(1)
        .correlate(body.code.table)
        .scalar_subquery()
    )
    return case((municipal(body.kind), func.concat(within, body.name)), else_=body.name)


def organisation_is(column: SQLCoreOperations[Any], given: ColumnElement[Any]) -> ColumnElement[bool]:
    """`given` may be an id or a code."""
    found = select(organisation.c.id).where(
        or_(organisation.c.code == given, cast(organisation.c.id, Text) == func.lower(given))
    )
    return column == found.scalar_subquery()


async def did_you_mean(session: WriteSession, codes: set[str]) -> dict[str, Finding]:
    """The unknown codes that are one slip away from an organisation's, with that organisation in the remedy."""
    slips = {code: {one.code: one.slip for one in candidates(code)} for code in sorted(codes)[:MEANT_AT_MOST]}
    wanted = literal([candidate for made in slips.values() for candidate in made], ARRAY(Text))
    statement = select(organisation.c.code, organisation.c.name).where(organisation.c.code == any_(wanted))
    names = {row.code: row.name for row in await session.execute(statement)}
    # of several, the best: candidates come in that order
    best = {code: next((one for one in made if one in names), None) for code, made in slips.items()}
    return {
        code: _meant(one, names[one], SLIPS[slips[code][one]])
        for code, one in best.items()
        if one is not None
    }


def _meant(code: str, name: str, reason: Said) -> Finding:
    remedy = Said(
        f"もしかして「{code} {name}」ではありませんか（{reason.ja}）。",
        f"Did you mean {code} {name} ({reason.en})?",
    )
    return replace(UNKNOWN_ORGANISATION, remedy=remedy)
