"""Organisations: local governments with their codes, school corporations, companies, and CLAIR itself."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, select

from services.gateway.registry import access
from services.gateway.registry.tables import organisation
from services.kit.db.session import WriteSession
from services.kit.fields import Short, equals, search
from services.kit.findings import BadValue, Finding
from services.kit.japan.codes import ORGANISATION_CODE
from services.kit.japan.local_government_code import (
    LocalGovernmentCode,
    corporate_number,
    parse_local_government_code,
)
from services.kit.japan.names import search_key
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Code, Day, Kana, Name, Wire, choice

Kind = Literal[
    "prefecture", "designated_city", "city", "special_ward", "town", "village", "ward",
    "school_corporation", "company", "association", "national", "other",
]  # fmt: skip
KINDS = get_args(Kind)

# 普通地方公共団体と特別区: each is a corporation, whose number follows from its code; wards of cities are none.
CORPORATIONS = ("prefecture", "designated_city", "city", "special_ward", "town", "village")
# those whose codes stand in the ministry's table
LOCAL_GOVERNMENTS = (*CORPORATIONS, "ward")
# 色丹村, 泊村, 留夜別村, 留別村, 紗那村, 蘂取村: in the ministry's table of codes, without an administration
NORTHERN_VILLAGES = ("016951", "016969", "016977", "016985", "016993", "017001")


class OrganisationWrite(Wire):
    code: Annotated[Code, ORGANISATION_CODE]
    name: Name
    name_kana: Kana | None = None
    name_en: Name | None = None
    kind: Annotated[Kind, choice("organisation_kind", KINDS)]
    corporate_number: Code | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None


class Organisation(OrganisationWrite):
    id: UUID


def source(_: Basis) -> Select[Any]:
    o = organisation.c
    return select(
        o.id,
        o.code,
        o.name,
        o.name_kana,
        o.name_en,
        o.kind,
        o.corporate_number,
        o.valid_from,
        o.valid_to,
        o.row_version,
    )


def derive(row: Row) -> None:
    row["search_key"] = search_key(
        " ".join(row[name] or "" for name in ("code", "name", "name_kana", "name_en"))
    )
    code: str = row["code"]
    corporation = row["kind"] in CORPORATIONS and code not in NORTHERN_VILLAGES
    if not row["corporate_number"] and corporation and _six_digits(code):
        row["corporate_number"] = corporate_number(LocalGovernmentCode(code))


async def check(_: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found = {row["_row"]: _misread(row) for row in rows}
    return {number: [("code", finding)] for number, finding in found.items() if finding is not None}


def _misread(row: Row) -> Finding | None:
    """A local government's code of six digits, however it came in, has a prefecture and its check digit."""
    if row["kind"] not in LOCAL_GOVERNMENTS or not _six_digits(row["code"]):
        return None
    try:
        parse_local_government_code(row["code"])
    except BadValue as refused:
        return refused.finding
    return None


def _six_digits(code: str) -> bool:
    return len(code) == 6 and code.isascii() and code.isdigit()


organisations = Resource(
    service="directory",
    schema="identity",
    name="organisation",
    plural="organisations",
    read=Organisation,
    write=OrganisationWrite,
    source=source,
    access=access.OPEN,
    code="code",
    filters={
        "q": search(organisation.c.search_key),
        "kind": equals(organisation.c.kind, Kind),
        "code": equals(organisation.c.code, Short),
    },
    sorts=("code", "name_kana"),
    parts=(Part(organisation, ("code",)),),
    derive=derive,
    check=check,
    version="2026.1",
)
