"""Who serves where: one row per person and programme year (01-architecture, roster rule).

`programme_year` alone means everyone with an appointment of that year that is not cancelled; `as_of` narrows
to those whose appointment holds that day. A person with several appointments in a year stands where the
first of them begins that the caller sees, whatever is asked of the rows: a cell counts its records. "As of 1 July" in the reports is the year's roster as known on that day.
"""

from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, case, func, literal_column, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.elements import ColumnElement

from services.jet.tables import (
    appointment,
    appointment_known,
    participation,
    participation_known,
    workplace,
    workplace_known,
)
from services.kit import directory, temporal
from services.kit.directory import visible
from services.kit.resource import Basis

served = directory.organisation.alias("served")
host = directory.organisation.alias("host")
municipality = directory.organisation.alias("municipality")


# 全国地方公共団体コード: the first two digits are the prefecture's (JIS X 0401). Private bodies have codes of other shapes.
LOCAL = "^(0[1-9]|[1-3][0-9]|4[0-7])[0-9]{4}$"


def held(name: str, kind: Any) -> ColumnElement[Any]:
    """A column of the rows chosen, one per person and programme year."""
    return literal_column(f"held.{name}", kind)


def _place(basis: Basis, a: Any, w: Any) -> ColumnElement[bool]:
    day = bindparam("as_of", type_=Date()) if basis.dated else a.starts_on
    clauses = [w.c.appointment_id == a.id, w.c.position == 1, w.c.effective.op("@>")(day)]
    if basis.known:
        clauses.append(temporal.known(w.c.known))
    return and_(*clauses)


def _member(basis: Basis, a: Any, h: Any) -> ColumnElement[bool]:
    """Whose member the organisation was on the first day, as it was known."""
    clauses = [h.c.member_id == a.organisation_id, h.c.effective.op("@>")(a.starts_on)]
    if basis.known:
        clauses.append(temporal.known(h.c.known))
    return and_(*clauses)


def terms(basis: Basis, *more: Any) -> Select[Any]:
    """Facts without names: what statistics count, and what the roster adds names to.

    The row of a person and year is chosen inside, so that a filter asks of the row and never chooses another.
    """
    facts = _chosen(basis).subquery("held")
    return select(*facts.c, *more).select_from(facts)


def _body(name: str) -> ColumnElement[Any]:
    """A column of the host authority, a prefecture or designated city; who is nobody's member stands for itself."""
    return case((host.c.id.is_not(None), host.c[name]), else_=served.c[name])


def _chosen(basis: Basis) -> Select[Any]:
    a = (appointment_known if basis.known else appointment).alias("term").c
    stint = (participation_known if basis.known else participation).alias("stint")
    w = (workplace_known if basis.known else workplace).alias("base")
    h = (directory.hierarchy_known if basis.known else directory.hierarchy).alias("membership")
    statement = (
        select(
            a.id, a.participant_id, a.programme_year, a.job_type, a.starts_on, a.ends_on,
            stint.c.nationality, stint.c.arrival_group, (stint.c.programme_year == a.programme_year).label("is_new"),
            a.organisation_id, served.c.code.label("organisation_code"), served.c.name.label("organisation_name"),
            case((served.c.code.regexp_match(LOCAL), func.left(served.c.code, 2))).label("prefecture"),
            host.c.code.label("host_code"), host.c.name.label("host_name"),
            *(_body(name).label(f"body_{called}") for name, called in (("code", "code"), ("name", "name"), ("kind", "type"))),
            w.c.name.label("workplace_name"), w.c.kind.label("workplace_kind"), w.c.school_level,
            municipality.c.code.label("municipality_code"), municipality.c.name.label("municipality_name"),
        )
        .ext(distinct_on(a.programme_year, a.participant_id))
        .join_from(a.id.table, stint, and_(
            stint.c.participant_id == a.participant_id, stint.c.programme_year == _latest_stint(basis, a)))
        .join(served, served.c.id == a.organisation_id)
        .join(h, _member(basis, a, h), isouter=True)
        .join(host, host.c.id == h.c.host_id, isouter=True)
        .join(w, _place(basis, a, w), isouter=True)
        .join(municipality, municipality.c.id == w.c.municipality_id, isouter=True)
        .order_by(a.programme_year, a.participant_id, a.starts_on)
    )  # fmt: skip
    if basis.known:
        statement = statement.where(temporal.known(a.known), temporal.known(stint.c.known))
        # where what was stated of two memberships overlaps, the later holds
        statement = statement.order_by(h.c.known_from.desc())
    if basis.own:
        statement = statement.where(visible(a.organisation_id))
    if basis.dated:
        statement = statement.where(a.effective.op("@>")(bindparam("as_of", type_=Date())))
    return statement


def _latest_stint(basis: Basis, a: Any) -> Any:
    """The stint that an appointment belongs to: the latest that had begun by its programme year."""
    other = (participation_known if basis.known else participation).alias("other")
    held_then = [temporal.known(other.c.known)] if basis.known else []
    return (
        select(func.max(other.c.programme_year))
        .where(
            other.c.participant_id == a.participant_id, other.c.programme_year <= a.programme_year, *held_then
        )
        .correlate(a.id.table)
        .scalar_subquery()
    )
