"""Who serves where: one row per person and programme year (01-architecture, roster rule).

`programme_year` alone means everyone with an appointment of that year that is not cancelled; `as_of` narrows
to those whose appointment holds that day. A person with several appointments in a year stands where the
first of those asked for begins. "As of 1 July" in the reports is the year's roster as known on that day.
"""

from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.elements import ColumnElement

from services.jet.tables import appointment, appointment_known, participation, workplace, workplace_known
from services.kit import directory, temporal
from services.kit.resource import Basis

served = directory.organisation.alias("served")
host = directory.organisation.alias("host")
municipality = directory.organisation.alias("municipality")
hierarchy = directory.hierarchy
stint = participation.alias("stint")


def held(name: str, kind: Any) -> ColumnElement[Any]:
    """A column of the appointments asked for, whichever table the basis makes them come from."""
    return literal_column(f"held.{name}", kind)


def _place(basis: Basis, a: Any, w: Any) -> ColumnElement[bool]:
    day = bindparam("as_of", type_=Date()) if basis.dated else a.starts_on
    clauses = [w.c.appointment_id == a.id, w.c.position == 1, w.c.effective.op("@>")(day)]
    if basis.known:
        clauses.append(temporal.known(w.c.known))
    return and_(*clauses)


def terms(basis: Basis, *more: Any) -> Select[Any]:
    """Facts without names: what statistics count, and what the roster adds names to."""
    a = (appointment_known if basis.known else appointment).alias("held").c
    w = (workplace_known if basis.known else workplace).alias("base")
    statement = (
        select(
            a.id, a.participant_id, a.programme_year, a.job_type, a.starts_on, a.ends_on,
            stint.c.nationality, stint.c.arrival_group, (stint.c.programme_year == a.programme_year).label("is_new"),
            a.organisation_id, served.c.code.label("organisation_code"), served.c.name.label("organisation_name"),
            host.c.code.label("host_code"), host.c.name.label("host_name"),
            w.c.name.label("workplace_name"), w.c.kind.label("workplace_kind"), w.c.school_level,
            municipality.c.code.label("municipality_code"), municipality.c.name.label("municipality_name"), *more,
        )
        .ext(distinct_on(a.programme_year, a.participant_id))
        .join_from(a.id.table, stint, and_(
            stint.c.participant_id == a.participant_id, stint.c.programme_year == _latest_stint(a)))
        .join(served, served.c.id == a.organisation_id)
        .join(hierarchy, and_(hierarchy.c.member_id == a.organisation_id,
                              hierarchy.c.effective.op("@>")(a.starts_on)), isouter=True)
        .join(host, host.c.id == hierarchy.c.host_id, isouter=True)
        .join(w, _place(basis, a, w), isouter=True)
        .join(municipality, municipality.c.id == w.c.municipality_id, isouter=True)
        .order_by(a.programme_year, a.participant_id, a.starts_on)
    )  # fmt: skip
    if basis.known:
        statement = statement.where(temporal.known(a.known))
    if basis.dated:
        statement = statement.where(a.effective.op("@>")(bindparam("as_of", type_=Date())))
    return statement


def _latest_stint(a: Any) -> Any:
    """The stint that an appointment belongs to: the latest that had begun by its programme year."""
    other = participation.alias("other")
    return (
        select(func.max(other.c.programme_year))
        .where(other.c.participant_id == a.participant_id, other.c.programme_year <= a.programme_year)
        .correlate(a.id.table)
        .scalar_subquery()
    )
