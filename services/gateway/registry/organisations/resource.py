"""Organisations: local governments with their codes, school corporations, companies, and CLAIR itself."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, select

from services.gateway.registry import access
from services.gateway.registry.tables import organisation
from services.kit.fields import Short, equals, search
from services.kit.japan.codes import ORGANISATION_CODE
from services.kit.japan.names import search_key
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Code, Day, Kana, Name, Wire, choice

Kind = Literal[
    "prefecture", "designated_city", "city", "special_ward", "town", "village", "ward",
    "school_corporation", "company", "association", "national", "other",
]  # fmt: skip
KINDS = get_args(Kind)


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
    version="2026.1",
)
