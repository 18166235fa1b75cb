"""Careers that alumni told (経験者の進路): since when, in what field and where; published only where they may be."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, Table, Uuid, cast, func, select

from services.jet import access
from services.jet.alumni.resource import consented
from services.jet.alumni_chapters.resource import COUNTRY
from services.jet.alumni_tables import alumni_career, alumni_career_text, alumnus
from services.jet.tables import participant
from services.kit.fields import Short, equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Ref, Resource
from services.kit.text import Text
from services.kit.wire import Code, Day, Flag, Line, Wire, choice

Field = Literal["education", "government", "business", "culture", "research", "non_profit", "other"]


class AlumniCareerWrite(Wire):
    alumnus_id: UUID
    since_on: Day
    career_field: Annotated[Field, choice("career_field", get_args(Field))]
    country: Code | None = None
    employer: Line | None = None
    may_be_published: Flag = False


class AlumniCareer(AlumniCareerWrite):
    id: UUID
    jet_number: str


UNKNOWN_ALUMNUS = Finding(
    "alumnus_unknown",
    Text("この経験者は見つかりません", "No such record of an alumnus is known here"),
    Text("経験者のIDを確認してください。先に同意の登録が必要です。", "Check the id; consent comes first."),
)


def _mine(table: Table) -> Any:
    return table.c.participant_id == cast(func.platform.caller("person"), Uuid)


def source(_: Basis) -> Select[Any]:
    c, t = alumni_career.c, alumni_career_text.c
    return (
        select(
            c.id, c.alumnus_id, c.since_on, c.career_field, c.country, t.employer, c.may_be_published,
            participant.c.jet_number, c.row_version,
        )
        .join_from(alumni_career, alumnus, alumnus.c.id == c.alumnus_id)
        .join(participant, participant.c.id == alumnus.c.participant_id)
        .join(alumni_career_text, t.career_id == c.id, isouter=True)
        .where(consented())
    )  # fmt: skip


alumni_careers = Resource(
    service="jet",
    schema="jet",
    name="alumni_career",
    plural="alumni-careers",
    read=AlumniCareer,
    write=AlumniCareerWrite,
    source=source,
    access={
        "list": access.ALUMNI,
        "read": access.ALUMNI,
        "create": access.ALUMNI_WRITE,
        "change": access.ALUMNI_WRITE,
        "import": access.CHAPTERS_WRITE,
    },
    itself=lambda person: alumnus.c.participant_id == person,
    filters={
        "alumnus_id": equals(alumni_career.c.alumnus_id, UUID),
        "jet_number": equals(participant.c.jet_number),
        "career_field": equals(alumni_career.c.career_field, Field),
        "country": equals(alumni_career.c.country, Short),
        "may_be_published": equals(alumni_career.c.may_be_published, bool),
    },
    sorts=("since_on",),
    parts=(
        Part(alumni_career, ("alumnus_id", "since_on")),
        Part(alumni_career_text, ("career_id",), "career_id"),
    ),
    refs=(Ref("alumnus_id", "_alumnus_id", alumnus, "id", UNKNOWN_ALUMNUS, _mine), COUNTRY),
    fixed=("alumnus_id", "since_on"),
    version="2026.1",
)
