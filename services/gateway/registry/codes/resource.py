"""Code lists: countries (ISO 3166-1, CLDR names) and CLAIR's seven overseas offices with their zones."""

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator
from sqlalchemy import Select, select

from services.gateway.registry import access
from services.gateway.registry.references import to_country
from services.gateway.registry.tables import country, overseas_office
from services.kit.resource import Basis, Part, Resource
from services.kit.wire import Code, Line, Name, Wire


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


class OverseasOffice(OverseasOfficeWrite):
    id: UUID


def _offices(_: Basis) -> Select[Any]:
    o = overseas_office.c
    return select(
        o.id, o.code, o.name_ja, o.name_en, o.city_ja, o.city_en, o.country, o.time_zone, o.row_version
    )


overseas_offices = Resource(
    service="directory", schema="identity", name="overseas_office", plural="overseas-offices",
    read=OverseasOffice, write=OverseasOfficeWrite, source=_offices, access=access.OPEN,
    code="code", sorts=("code",), parts=(Part(overseas_office, ("code",)),), refs=(to_country(),), version="2026.1",
)  # fmt: skip

RESOURCES = (countries, overseas_offices)
