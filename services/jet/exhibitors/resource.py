"""Exhibitors (出展者) of a career fair: companies and public bodies of the directory, with what they look for.

CLAIR admits them; each describes itself until the fair opens. One that is cancelled sees nobody any more.
"""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, any_, func, or_, select

from services.jet import access, career_references
from services.jet.career_tables import career_fair, career_fair_day, fair_exhibitor
from services.jet.career_terms import Skill, Skills
from services.jet.exhibitors.domain import describable, unknown_numbers
from services.jet.exhibitors.repository import fairs
from services.jet.fair_days.resource import Number
from services.jet.fair_interviews import service as interviews
from services.jet.fairs.resource import FairCode
from services.jet.terms import Languages, Levelled, OrganisationCode
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.directory import represented
from services.kit.fields import Short, equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.japan.choices import several
from services.kit.resource import Basis, Change, Filter, Part, Resource, Row
from services.kit.wire import Day, Line, Passage, Wire, WrittenBy
from services.kit.writer import changes_nothing, store_parts

CLAIR = WrittenBy("coordinator")
Numbers = Annotated[list[Number], Field(max_length=99), several(cells.INTEGER)]


class FairExhibitorWrite(Wire):
    """`day_numbers`: none for all days."""

    fair_code: FairCode
    organisation_code: OrganisationCode
    day_numbers: Annotated[Numbers, CLAIR] = Field(default_factory=list)
    booth: Annotated[Line | None, CLAIR] = None
    description_ja: Passage | None = None
    description_en: Passage | None = None
    wanted_skills: Skills = Field(default_factory=list)
    wanted_languages: Languages = Field(default_factory=list)
    wanted_japanese_level: Levelled | None = None
    cancelled_on: Annotated[Day | None, CLAIR] = None


class FairExhibitor(FairExhibitorWrite):
    id: UUID
    organisation_name: str


def source(_: Basis) -> Select[Any]:
    x, f, o = fair_exhibitor.c, career_fair.c, directory.organisation.c
    return (
        select(
            x.id, f.code.label("fair_code"), o.code.label("organisation_code"), o.name.label("organisation_name"),
            x.day_numbers, x.booth, x.description_ja, x.description_en, x.wanted_skills, x.wanted_languages,
            x.wanted_japanese_level, x.cancelled_on, x.row_version,
        )
        .join_from(fair_exhibitor, career_fair, f.id == x.fair_id)
        .join(directory.organisation, o.id == x.organisation_id)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    of = await fairs(session, {row["fair_id"] for row in rows})
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        fair, wrong = of[row["fair_id"]], found.setdefault(row["_row"], [])
        bound = session.scope.reach != "all" and not changes_nothing(row, FairExhibitorWrite)
        if bound and (closed := describable(fair.opens_at, fair.now)) is not None:
            wrong.append(("fair_code", closed))
        if (unknown := unknown_numbers(row["day_numbers"], fair.numbers)) is not None:
            wrong.append(("day_numbers", unknown))
    return found


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    changes = await store_parts(session, fair_exhibitors, rows, insert_only)
    cancelled = {row["_row"] for row in rows if row["cancelled_on"] is not None}
    await interviews.cancel_of_exhibitors(session, [one.id for one in changes if one.row in cancelled])
    return changes


def _on_day(given: Any) -> Any:
    x = fair_exhibitor.c
    return or_(func.cardinality(x.day_numbers) == 0, given == any_(x.day_numbers))


def _at_venue(given: Any) -> Any:
    d = career_fair_day.alias("there").c
    return (
        select(d.id)
        .where(d.fair_id == fair_exhibitor.c.fair_id, d.venue == given, _on_day(d.number))
        .exists()
    )


fair_exhibitors = Resource(
    service="jet",
    schema="jet",
    name="fair_exhibitor",
    plural="fair-exhibitors",
    read=FairExhibitor,
    write=FairExhibitorWrite,
    source=source,
    access={
        "list": access.EXHIBITORS,
        "read": access.EXHIBITORS,
        "create": access.FAIRS_WRITE,
        "change": access.EXHIBITORS_OWN,
        "import": access.FAIRS_WRITE,
    },
    own=represented(fair_exhibitor.c.organisation_id),
    filters={
        "fair": equals(career_fair.c.code),
        "organisation": by_organisation(fair_exhibitor.c.organisation_id),
        "day_number": Filter(int, _on_day),
        "venue": Filter(Short, _at_venue),
        "cancelled": Filter(bool, lambda given: fair_exhibitor.c.cancelled_on.is_not(None) == given),
        "skill": Filter(Skill, lambda given: given == any_(fair_exhibitor.c.wanted_skills)),
        "language": Filter(Short, lambda given: given == any_(fair_exhibitor.c.wanted_languages)),
    },
    sorts=("fair_code", "organisation_code"),
    parts=(Part(fair_exhibitor, ("fair_id", "organisation_id")),),
    refs=(
        career_references.FAIR,
        career_references.organisation("organisation_code", "organisation_id"),
    ),
    check=check,
    store=store,
    fixed=("fair_code", "organisation_code"),
    version="2026.1",
)
