"""The people of the house (役職員) as lines of the report's tables: from posts, secondments and the organisation chart, on a
day and as known at an instant.

A unit (課・所) is a department of CLAIR that has none below it; the one on top of the chart is headquarters itself, and is
no unit's department. A post counts in the house by the unit that it names: one that gives rights alone names none. People
stand by their numbers, in whose order lists go; their names are nowhere here.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    select,
)

from services.gateway.registry.people.domain import BOARD_SECTION, BRANCH_SECTION
from services.gateway.registry.tables import (
    department,
    department_known,
    organisation,
    organisation_role,
    organisation_role_known,
    overseas_office,
    person,
    post,
    post_known,
    secondment,
    secondment_known,
)
from services.kit import temporal
from services.kit.directory import body_name, body_type
from services.kit.resource import Basis

OVERSEAS, HEADQUARTERS = "海外事務所", "本部"


def _held(
    basis: Basis, present: Table, known_rows: Table, name: str
) -> tuple[FromClause, ColumnElement[bool]]:
    """The facts of `as_of`, or of today; and whether one is of them."""
    rows = (known_rows if basis.known else present).alias(name)
    day: Any = bindparam("as_of", type_=Date()) if basis.dated else temporal.TODAY
    known = [temporal.known(rows.c.known)] if basis.known else []
    return rows, and_(rows.c.effective.op("@>")(day), *known)


def _clair() -> Any:
    o = organisation.alias("clair").c
    return select(o.id).where(o.kind == "association", o.code == "CLAIR").scalar_subquery()


def _units(basis: Basis) -> CTE:
    """The chart of CLAIR, each department with the place it is at; `leaf`: a unit."""
    d, held = _held(basis, department, department_known, "department")
    above, above_held = _held(basis, department, department_known, "above")
    below, below_held = _held(basis, department, department_known, "below")
    o = overseas_office.c
    return (
        select(
            d.c.code, d.c.name, d.c.office_code, o.city_ja.label("city"),
            func.coalesce(d.c.chart_order, 1000).label("chart_order"),
            case((d.c.office_code.is_(None), HEADQUARTERS), else_=OVERSEAS).label("location"),
            case((above.c.upper_code.is_not(None), above.c.name)).label("department"),
            ~exists().where(
                below.c.organisation_id == d.c.organisation_id, below.c.upper_code == d.c.code, below_held
            ).correlate(d).label("leaf"),
        )
        .join_from(
            d, above, and_(above.c.organisation_id == d.c.organisation_id, above.c.code == d.c.upper_code, above_held),
            isouter=True,
        )
        .join(overseas_office, o.code == d.c.office_code, isouter=True)
        .where(held, d.c.organisation_id == _clair())
        .cte("units")
    )  # fmt: skip


def listed(lines: Select[Any], basis: Basis) -> Select[Any]:
    """With the day that they are of, for the lists behind them."""
    day: Any = bindparam("as_of", type_=Date()) if basis.dated else temporal.TODAY
    return lines.add_columns(cast(day, Text).label("day"), literal("listed").label("listed"))


def units(basis: Basis) -> Select[Any]:
    """Headquarters first, both in the chart's order."""
    u = _units(basis).c
    line = select(
        func.row_number().over(order_by=(u.office_code.is_not(None), u.chart_order, u.code)).label("row_no"),
        u.location, u.department, u.name.label("organisation_unit"), u.code.label("unit_code"), u.office_code,
    ).where(u.leaf)  # fmt: skip
    return select(line.subquery("line"))


def seconded(basis: Basis) -> Select[Any]:
    """Who is seconded to learn, once at each unit where they serve: overseas offices first; `seq` goes by people's numbers."""
    s, sent = _held(basis, secondment, secondment_known, "seconded")
    t, serves = _held(basis, post, post_known, "served")
    u, home = _units(basis), organisation.alias("home")
    place = (u.c.office_code.is_(None), u.c.chart_order, u.c.code)
    line = (
        select(
            s.c.person_id, person.c.number.label("person_key"),
            func.dense_rank().over(order_by=place).label("row_no"),
            func.row_number().over(partition_by=u.c.code, order_by=person.c.number).label("seq"),
            u.c.location, func.coalesce(u.c.city, u.c.name).label("organisation_unit"), u.c.code.label("unit_code"),
            u.c.office_code, body_name(home.c).label("municipality"), body_type(home.c.kind).label("municipality_type"),
            home.c.code.label("home_code"), s.c.next_office_code,
        )
        .join_from(s, t, and_(t.c.person_id == s.c.person_id, t.c.organisation_id == _clair(), serves))
        .join(u, u.c.code == t.c.unit_code)
        .join(person, person.c.id == s.c.person_id)
        .join(home, home.c.id == s.c.home_id)
        .where(sent, s.c.kind == "training")
    )  # fmt: skip
    return select(line.subquery("line"))


def resident(basis: Basis) -> Select[Any]:
    """駐在員型職員: officials of a prefecture who reside at an office for its own business."""
    s, sent = _held(basis, secondment, secondment_known, "seconded")
    t, serves = _held(basis, post, post_known, "served")
    u, home = _units(basis), organisation.alias("home")
    line = (
        select(
            s.c.person_id, person.c.number.label("person_key"),
            func.row_number().over(order_by=(u.c.chart_order, u.c.code, person.c.number)).label("row_no"),
            body_name(home.c).label("prefecture"), u.c.city.label("overseas_office"), u.c.office_code,
            home.c.code.label("home_code"),
        )
        .join_from(s, t, and_(t.c.person_id == s.c.person_id, t.c.organisation_id == _clair(), serves))
        .join(u, and_(u.c.code == t.c.unit_code, u.c.office_code.is_not(None)))
        .join(person, person.c.id == s.c.person_id)
        .join(home, home.c.id == s.c.home_id)
        .where(sent, s.c.kind == "resident")
    )  # fmt: skip
    return select(line.subquery("line"))


def officers(basis: Basis) -> Select[Any]:
    """The board and the councillors: what each is otherwise stands as the department of the post."""
    t, serves = _held(basis, post, post_known, "served")
    line = (
        select(
            t.c.person_id, func.row_number().over(order_by=(person.c.number, t.c.title)).label("row_no"),
            t.c.title.label("role"), person.c.number.label("person_key"), t.c.department.label("officer_position"),
        )
        .join_from(t, person, person.c.id == t.c.person_id)
        .where(serves, t.c.organisation_id == _clair(), t.c.section == BOARD_SECTION)
    )  # fmt: skip
    return select(line.subquery("line"))


def branches(basis: Basis) -> Select[Any]:
    """Whoever has the role of a branch, with its head: prefectures, then designated cities. A branch without one is a line."""
    r, is_one = _held(basis, organisation_role, organisation_role_known, "branch")
    t, serves = _held(basis, post, post_known, "served")
    o = organisation.c
    heads = and_(t.c.organisation_id == r.c.organisation_id, t.c.section == BRANCH_SECTION, serves)
    order = (o.kind != "prefecture", o.code, person.c.number)
    line = (
        select(
            r.c.organisation_id, func.row_number().over(order_by=order).label("row_no"), o.name.label("body"),
            body_type(o.kind).label("body_type"), o.code.label("organisation_code"),
            func.nullif(func.concat_ws(" ", t.c.department, t.c.title), "").label("post"),
            person.c.number.label("person_key"),
        )
        .join_from(r, organisation, o.id == r.c.organisation_id)
        .join(t, heads, isouter=True)
        .join(person, person.c.id == t.c.person_id, isouter=True)
        .where(is_one, r.c.role == "branch")
    )  # fmt: skip
    return select(line.subquery("line"))


def _staff(basis: Basis, *, overseas: bool) -> Any:
    t, serves = _held(basis, post, post_known, "served")
    u = _units(basis)
    first = func.min(person.c.number).over(partition_by=(t.c.title, t.c.count_printed))
    there = u.c.office_code.is_not(None) if overseas else u.c.office_code.is_(None)
    return (
        select(
            t.c.person_id, t.c.title.label("post"), t.c.count_printed, cast(t.c.count_printed, Text).label("printed"), u.c.name.label("organisation_unit"),
            u.c.code.label("unit_code"), u.c.office_code, u.c.city.label("overseas_office"), u.c.chart_order,
            first.label("first"),
        )
        .join_from(t, u, and_(u.c.code == t.c.unit_code, there))
        .join(person, person.c.id == t.c.person_id)
        .where(serves, t.c.organisation_id == _clair(), t.c.section != BOARD_SECTION)
        .subquery("staff")
    )  # fmt: skip


def _numbered(staff: Any, *order: Any) -> Select[Any]:
    return select(select(staff, func.dense_rank().over(order_by=order).label("row_no")).subquery("line"))


def hq_staff(basis: Basis) -> Select[Any]:
    """By the title of the post, in the order of its first holder's number. Whether the number is printed (参与 is one, and
    printed as a title alone) is said of the post, since no count tells it: 審議役 is one too, and printed with 1."""
    staff = _staff(basis, overseas=False)
    return _numbered(staff, staff.c.first, staff.c.post, staff.c.count_printed)


def overseas_staff(basis: Basis) -> Select[Any]:
    staff = _staff(basis, overseas=True)
    return _numbered(staff, staff.c.first, staff.c.post, staff.c.chart_order, staff.c.office_code)


def overseas_totals(basis: Basis) -> Select[Any]:
    staff = _staff(basis, overseas=True)
    return _numbered(staff, staff.c.chart_order, staff.c.office_code)
