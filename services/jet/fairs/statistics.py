"""Tables 52 and 53 of the business report: career fairs of CLAIR, and regional ones that had its grant.

A line is a fair at a venue. It counts either attendance or what was reported, never both: participants (名) are the
distinct persons who came, or the reported number; exhibitors (団体) those who were there, or the reported number. A fair
that was not held is a line too, which says so and counts nothing.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    or_,
    select,
)

from services.jet import access
from services.jet.career_tables import (
    career_fair,
    career_fair_day,
    fair_attendance,
    fair_exhibitor,
    fair_registration,
)
from services.kit import directory, temporal
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.statistics import Behind, Measure, Statistic, line, summed, told
from services.kit.text import Text as Said


def _venues(clause: ColumnElement[bool]) -> FromClause:
    """Fairs at their venues, with the days that were held there."""
    f, d = career_fair.c, career_fair_day.c
    held = and_(f.cancelled_on.is_(None), d.held_on <= temporal.TODAY)
    return (
        select(
            f.id.label("fair_id"), f.code, f.fiscal_year, f.counted_by, f.organiser_id, f.cancelled_reason, d.venue,
            func.min(d.held_on).label("date_start"), func.max(d.held_on).label("date_end"),
            func.coalesce(func.bool_or(held), false()).label("held"),
            func.array_agg(d.id).filter(held).label("days"), func.array_agg(d.number).filter(held).label("numbers"),
            func.sum(d.reported_participants).filter(held).label("reported_participants"),
            func.sum(d.reported_jet_participants).filter(held).label("reported_jet_participants"),
            func.sum(d.reported_exhibitors).filter(held).label("reported_exhibitors"),
            func.min(d.qualifier).filter(and_(held, d.qualifier != "exact")).label("reported_qualifier"),
        )
        .join_from(career_fair, career_fair_day, d.fair_id == f.id, isouter=True)
        .where(clause)
        .group_by(f.id, d.venue)
        .subquery("venues")
    )  # fmt: skip


def _came(v: Any) -> Any:
    """Distinct persons who were checked in, or are on a list, on any of the line's days."""
    r, a = fair_registration.c, fair_attendance.c
    return (
        select(func.count(r.participant_id.distinct()))
        .join_from(fair_attendance, fair_registration, r.id == a.registration_id)
        .where(r.day_id == func.any(v.days))
        .scalar_subquery()
    )


def _exhibited(v: Any) -> Any:
    x = fair_exhibitor.c
    there = or_(func.cardinality(x.day_numbers) == 0, x.day_numbers.op("&&")(v.numbers))
    return (
        select(func.count(x.id))
        .where(x.fair_id == v.fair_id, x.cancelled_on.is_(None), there)
        .scalar_subquery()
    )


def _lines(granted: bool) -> Select[Any]:
    f = career_fair.c
    own = f.organiser_id.is_(None) if not granted else f.granted
    v, o = _venues(own).c, directory.organisation.c
    attended = v.counted_by == "attendance"

    def counted(came: Any, reported: Any) -> Any:
        return case((v.held, case((attended, came), else_=reported)))

    numbered = func.row_number().over(
        partition_by=v.fiscal_year, order_by=(v.date_start.asc().nulls_last(), v.code, v.venue)
    )
    inner = (
        select(
            v.code.label("fair_code"), v.fiscal_year, v.counted_by, cast(numbered, Integer).label("row_no"),
            v.date_start, v.date_end, v.venue, o.name.label("municipality"),
            counted(_came(v), v.reported_participants).label("participants"),
            counted(_came(v), v.reported_jet_participants).label("jet_participants"),
            counted(_exhibited(v), v.reported_exhibitors).label("exhibitors"),
            case((v.held, "held"), (v.cancelled_reason.is_not(None), "not_held"), else_="planned").label("state"),
            v.cancelled_reason.label("not_held_reason"),
            case((and_(v.held, ~attended), func.coalesce(v.reported_qualifier, "exact")), else_="exact").label("qualifier"),
        )
        .select_from(v.fair_id.table)
        .join(directory.organisation, o.id == v.organiser_id, isouter=True)
        .subquery("line")
    )  # fmt: skip
    return select(*inner.c).select_from(inner)


FILTERS = {
    "fiscal_year": equals(line("fiscal_year", Integer), int),
    "fair": equals(line("fair_code", Text)),
    "venue": equals(line("venue", Text)),
}
OF_LINE = {"fair": "fair_code", "venue": "venue"}
REPORTED = Behind(
    "/jet/v1/career-fair-days",
    access.FAIRS,
    OF_LINE,
    {"participants": {}, "jet_participants": {}, "exhibitors": {}},
)
BEHIND = {
    "headcount": REPORTED,
    "attendance": Behind(
        "/jet/v1/fair-attendances",
        access.REGISTRATIONS,
        OF_LINE,
        {"participants": {}, "jet_participants": {}},
    ),
    "attendance exhibitors": Behind(
        "/jet/v1/fair-exhibitors", access.EXHIBITORS, OF_LINE, {"exhibitors": {"cancelled": "false"}}
    ),
}
DATES = told(row_no=cells.INTEGER) | told("date_start", "date_end")
BESIDE = told("state", "not_held_reason", "fair_code", fiscal_year=cells.INTEGER)
PARTICIPANTS = Measure("名", summed("participants"), qualifier="qualifier")
EXHIBITORS = Measure("団体", summed("exhibitors"), qualifier="qualifier")


def _statistic(name: str, title: Said, place: str, granted: bool, **measures: Measure) -> Statistic:
    """`place`: the printed column that says where."""
    return Statistic(
        name, title, lambda _: _lines(granted=granted), measures, "sum", DATES | told(place) | BESIDE, FILTERS,
        access.PROGRAMME_FIGURES, dated=False, behind=BEHIND, by="counted_by",
        printed=(*DATES, place, "state", "not_held_reason"),
    )  # fmt: skip


STATISTICS = (
    _statistic(
        "jet-career-fairs",
        Said("JETプログラム参加者を対象にしたキャリアフェアの実施状況", "Career fairs run by CLAIR"),
        "venue", False, participants=PARTICIPANTS, exhibitors=EXHIBITORS,
    ),
    _statistic(
        "jet-career-fair-grants",
        Said("地域におけるキャリアフェアへの助成", "Grants for regional career fairs"),
        "municipality", True, participants=PARTICIPANTS,
        jet_participants=Measure("名", summed("jet_participants"), of="participants", qualifier="qualifier"),
        exhibitors=EXHIBITORS,
    ),
)  # fmt: skip
