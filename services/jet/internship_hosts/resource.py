"""Hosts of interns (受入先): companies and public bodies with their places and, as data, what they ask for."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, select

from services.jet import access
from services.jet.internship_tables import internship_host, internship_programme
from services.jet.internships.terms import PROGRAMME, ProgrammeCode
from services.jet.terms import Languages, Levelled, OrganisationCode
from services.kit import directory
from services.kit.directory import represented
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.japan import cells
from services.kit.resource import Basis, Part, Ref, Resource
from services.kit.text import Text
from services.kit.wire import Code, Line, Passage, Wire, choice

Prefecture = Literal[
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
    "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34", "35", "36", "37", "38",
    "39", "40", "41", "42", "43", "44", "45", "46", "47",
]  # fmt: skip


class InternshipHostWrite(Wire):
    code: Code
    programme_code: ProgrammeCode
    organisation_code: OrganisationCode
    places: Annotated[StrictInt, Field(ge=0, le=999), cells.INTEGER]
    place: Line | None = None
    prefecture: Annotated[Prefecture, choice("prefecture", get_args(Prefecture))] | None = None
    content_ja: Passage | None = None
    content_en: Passage | None = None
    min_year: Annotated[StrictInt, Field(ge=1, le=6), cells.INTEGER] = 1
    japanese_level: Levelled = "none"
    languages: Languages = Field(default_factory=list)


class InternshipHost(InternshipHostWrite):
    id: UUID
    organisation_name: str
    fiscal_year: int


def source(_: Basis) -> Select[Any]:
    h, p, o = internship_host.c, internship_programme.c, directory.organisation.c
    stored = (
        "code",
        "places",
        "place",
        "prefecture",
        "content_ja",
        "content_en",
        "min_year",
        "japanese_level",
        "languages",
    )
    return (
        select(
            h.id, *(h[name] for name in stored), p.code.label("programme_code"), o.code.label("organisation_code"),
            o.name.label("organisation_name"), p.fiscal_year, h.row_version,
        )
        .join_from(internship_host, internship_programme, p.id == h.programme_id)
        .join(directory.organisation, o.id == h.organisation_id)
    )  # fmt: skip


PLACES_EXCEEDED = Refusal(
    "internship_places_exceeded",
    "conflict",
    Text("受入枠を超えます", "More interns than places"),
    Text(
        "受入枠を増やすか、ほかの受入先を選んでください。減らすときは、先に配属を取り消してください。",
        "Give the host more places or choose another. Before places are taken away, take back assignments.",
    ),
)
internship_hosts = Resource(
    service="jet",
    schema="jet",
    name="internship_host",
    plural="internship-hosts",
    read=InternshipHost,
    write=InternshipHostWrite,
    source=source,
    access={
        "list": access.EXHIBITORS,
        "read": access.EXHIBITORS,
        "create": access.FAIRS_WRITE,
        "change": access.FAIRS_WRITE,
        "import": access.FAIRS_WRITE,
    },
    own=represented(internship_host.c.organisation_id),
    code="code",
    filters={
        "programme_code": equals(internship_programme.c.code),
        "fiscal_year": equals(internship_programme.c.fiscal_year, int),
        "organisation": by_organisation(internship_host.c.organisation_id),
        "prefecture": equals(internship_host.c.prefecture, Prefecture),
    },
    sorts=("code", "organisation_name"),
    parts=(Part(internship_host, ("code",)),),
    refs=(
        PROGRAMME,
        Ref(
            "organisation_code",
            "organisation_id",
            directory.organisation,
            "code",
            directory.UNKNOWN_ORGANISATION,
            meant=directory.did_you_mean,
        ),
    ),
    fixed=("code", "programme_code", "organisation_code"),
    version="2026.1",
    constraints={"internship_places_exceeded": PLACES_EXCEEDED},
)
