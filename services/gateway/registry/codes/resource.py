"""Code lists and what stands in them: a list says its version, its source and the source's date.

Countries (ISO 3166-1, CLDR names), CLAIR's seven overseas offices with their zones, and the organisations have
tables of their own; any other list's codes stand together. A code that has ended stays, with the one that replaced it.
"""

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator
from sqlalchemy import Select, select

from services.gateway.registry import access
from services.gateway.registry.references import to_code_list, to_country
from services.gateway.registry.tables import code, code_list, country, overseas_office
from services.kit.errors import Refusal
from services.kit.fields import equals, holds_on
from services.kit.resource import Basis, Part, Resource
from services.kit.text import Text
from services.kit.wire import Code, Day, Kana, Line, Name, Whole, Wire

UNKNOWN_REPLACEMENT = Refusal(
    "replacement_unknown",
    "conflict",
    Text("引き継ぐコードがこのコード表にありません", "The code list has no such replacing code"),
    Text("引き継ぐコードを先に登録してください。", "Enter the replacing code first."),
)


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("not an IANA time zone")
    return value


class CountryWrite(Wire):
    alpha2: Code
    alpha3: Code
    name_ja: Name
    name_en: Name


class Country(CountryWrite):
    id: UUID


def _countries(_: Basis) -> Select[Any]:
    c = country.c
    return select(c.id, c.alpha2, c.alpha3, c.name_ja, c.name_en, c.row_version)


countries = Resource(
    service="directory", schema="identity", name="country", plural="countries",
    read=Country, write=CountryWrite, source=_countries, access=access.OPEN,
    code="alpha2", sorts=("alpha2",), parts=(Part(country, ("alpha2",)),), version="2026.1",
)  # fmt: skip


class OverseasOfficeWrite(Wire):
    code: Code
    name_ja: Name
    name_en: Name
    city_ja: Name
    city_en: Name
    country: Code
    time_zone: Annotated[Line, AfterValidator(_zone)]
    chart_order: Whole | None = None


class OverseasOffice(OverseasOfficeWrite):
    id: UUID


def _offices(_: Basis) -> Select[Any]:
    o = overseas_office.c
    return select(
        o.id,
        o.code,
        o.name_ja,
        o.name_en,
        o.city_ja,
        o.city_en,
        o.country,
        o.time_zone,
        o.chart_order,
        o.row_version,
    )


overseas_offices = Resource(
    service="directory", schema="identity", name="overseas_office", plural="overseas-offices",
    read=OverseasOffice, write=OverseasOfficeWrite, source=_offices, access=access.OPEN,
    code="code", sorts=("code",), parts=(Part(overseas_office, ("code",)),), refs=(to_country(),), version="2026.2",
)  # fmt: skip


class CodeListWrite(Wire):
    name: Code
    title_ja: Name
    title_en: Name
    version: Line
    source: Line
    source_on: Day | None = None


class CodeList(CodeListWrite):
    id: UUID


def _lists(_: Basis) -> Select[Any]:
    c = code_list.c
    return select(c.id, c.name, c.title_ja, c.title_en, c.version, c.source, c.source_on, c.row_version)


code_lists = Resource(
    service="directory", schema="identity", name="code_list", plural="code-lists",
    read=CodeList, write=CodeListWrite, source=_lists, access=access.OPEN,
    code="name", sorts=("name",), parts=(Part(code_list, ("name",)),), version="2026.1",
)  # fmt: skip


class CodeWrite(Wire):
    code_list: Code
    code: Code
    label_ja: Name
    label_en: Name | None = None
    label_kana: Kana | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    replaced_by_code: Code | None = None


class ListedCode(CodeWrite):
    id: UUID


def _codes(_: Basis) -> Select[Any]:
    c = code.c
    return select(
        c.id, code_list.c.name.label("code_list"), c.code, c.label_ja, c.label_en, c.label_kana, c.valid_from,
        c.valid_to, c.replaced_by_code, c.row_version,
    ).join_from(code, code_list, code_list.c.id == c.code_list_id)  # fmt: skip


codes = Resource(
    service="directory", schema="identity", name="listed_code", plural="codes",
    read=ListedCode, write=CodeWrite, source=_codes, access=access.OPEN,
    filters={
        "code_list": equals(code_list.c.name),
        "code": equals(code.c.code),
        "on": holds_on(code.c.effective),
    },
    sorts=("code",), parts=(Part(code, ("code_list_id", "code")),), refs=(to_code_list(),),
    constraints={"code_replaced_by_code_fkey": UNKNOWN_REPLACEMENT}, version="2026.1",
)  # fmt: skip

RESOURCES = (countries, overseas_offices, code_lists, codes)
