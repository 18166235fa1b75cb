"""Candidates (求職者): what an exhibitor sees of those who consent to its fair, and nothing else.

A candidate's id is good for one fair, and random: two fairs have nothing in common by which to join them. Fields that
the consent does not name are empty, and no filter asks of them. Each read is logged with whom it showed; a file is
marked with the company it was made for, has its limit of rows, and is cut off when something of it is withdrawn.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.expression import FromClause
from sqlalchemy.types import Text as SqlText

from services.jet import access
from services.jet.career_tables import (
    career_fair,
    career_fair_day,
    fair_exhibitor,
    fair_profile,
    fair_registration,
)
from services.jet.career_terms import SHARED, Ability, Skill, Skills
from services.jet.tables import capacity_claim
from services.jet.terms import Languages, Level
from services.kit import directory
from services.kit.directory import represented
from services.kit.fields import Short, equals
from services.kit.resource import Basis, Filter, Resource
from services.kit.wire import Passage, Wire

# rows of one page and of one file: a company looks for people, it does not take the fair home
MOST = 100


class FairCandidate(Wire):
    id: UUID
    fair_code: str
    day_code: str
    display_name: str | None
    headline: str | None
    languages: Languages | None
    skills: Skills | None
    japanese_ability: Ability | None
    wishes: Passage | None
    cv: Passage | None
    shown_to: str


def shared(name: str) -> ColumnElement[Any]:
    """A field of the profile as the consent lets it be seen."""
    named = literal(name, SqlText()) == any_(fair_registration.c.shared_fields)
    return case((named, fair_profile.c[name]))


def open_here(registration: FromClause = fair_registration) -> ColumnElement[bool]:
    """Registrations that the caller's company may see: at its own fair and days, with consent to the fair and a place
    there, until the fair closes to exhibitors."""
    r = registration.c
    x, f, d, c = (
        table.alias(name).c
        for table, name in (
            (fair_exhibitor, "exhibits"), (career_fair, "exhibited"), (career_fair_day, "attended"),
            (capacity_claim, "seat"),
        )
    )  # fmt: skip
    present = or_(func.cardinality(x.day_numbers) == 0, d.number == any_(x.day_numbers))
    there = (
        select(x.id)
        .join_from(x.id.table, f.id.table, f.id == x.fair_id)
        .join(d.id.table, d.id == r.day_id)
        .join(c.id.table, c.id == r.id)
        .where(
            x.fair_id == r.fair_id, represented(x.organisation_id), x.cancelled_on.is_(None), present,
            f.cancelled_on.is_(None), func.platform.now() < f.candidates_until, c.state == "confirmed",
        )
        .correlate(registration)
    )  # fmt: skip
    return and_(r.consented_at.is_not(None), there.exists())


def source(_: Basis) -> Select[Any]:
    r, f, d, o = fair_registration.c, career_fair.c, career_fair_day.c, directory.organisation.c
    shown_to = select(o.code + " " + o.name).where(represented(o.id)).scalar_subquery()
    return (
        select(
            r.id, f.code.label("fair_code"), d.code.label("day_code"), *(shared(name).label(name) for name in SHARED),
            shown_to.label("shown_to"), r.participant_id.label("person"), r.row_version,
        )
        .join_from(fair_registration, career_fair, f.id == r.fair_id)
        .join(career_fair_day, d.id == r.day_id)
        .join(fair_profile, fair_profile.c.registration_id == r.id)
        .where(r.consented_at.is_not(None))
    )  # fmt: skip


def _several(name: str) -> ColumnElement[Any]:
    """A field of several values, none where the consent does not name it."""
    return func.coalesce(shared(name), literal([], ARRAY(SqlText())))


def _among(name: str, annotation: Any) -> Filter:
    return Filter(annotation, lambda given: given == any_(_several(name)))


fair_candidates = Resource(
    service="jet",
    schema="jet",
    name="fair_candidate",
    plural="fair-candidates",
    read=FairCandidate,
    source=source,
    access={"list": access.CANDIDATES, "read": access.CANDIDATES},
    own=open_here(),
    filters={
        "fair": equals(career_fair.c.code),
        "day": equals(career_fair_day.c.code),
        "language": _among("languages", Short),
        "skill": _among("skills", Skill),
        "japanese_ability": equals(shared("japanese_ability"), Level),
    },
    subject="person",
    revocable=MOST,
    marked="shown_to",
)
