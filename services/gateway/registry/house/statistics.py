"""Chapters 6 and 7 of the business report and its page on the house: tables 77, 77a, 81, 85 to 89a.

Each is asked of its day, as the report prints it: the board on 16 May, the chart and the overseas offices on 1 April, staff
of headquarters on 2 April. The printed column `unit` is `organisation_unit` here, and `position` of the board
`officer_position`: the one is each cell's own word, the other means a rank elsewhere.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, Text, func

from services.gateway.registry import access
from services.gateway.registry.house import lines
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis, Filter
from services.kit.statistics import Behind, Dimension, Measure, Statistic, Unit, called, line, told
from services.kit.text import Text as Said

ROW = told(row_no=cells.INTEGER)
OFFICE = {"office_code": equals(line("office_code", Text))}


def _distinct(name: str, unit: Unit, column: str) -> dict[str, Measure]:
    return {name: Measure(unit, lambda facts: func.count(facts[column].distinct()))}


LISTS = {
    "posts": ("/directory/v1/posts", access.SERVING),
    "departments": ("/directory/v1/departments", access.READ),
}
STAFF = _distinct("staff", "名", "person_id")


def _table(
    name: str,
    title: Said,
    source: Callable[[Basis], Select[Any]],
    printed: dict[str, Dimension],
    measures: dict[str, Measure] = STAFF,
    *,
    beside: dict[str, Dimension] | None = None,
    filters: dict[str, Filter] | None = None,
    plural: str = "posts",
    of_clair: bool = True,
    parameters: dict[str, str],
    **more: str,
) -> Statistic:
    """`printed` are the columns of the table in their order. A cell leads to the list `plural` of its day: `parameters` are
    columns of the line, and `more` holds of the whole table."""
    (metric,) = measures
    path, rule = LISTS[plural]
    held = {"organisation": "CLAIR"} if of_clair else {}
    return Statistic(
        name, title, lambda basis: lines.listed(source(basis), basis), measures, "distinct", printed | (beside or {}),
        filters or {}, access.HOUSE, printed=tuple(printed), by="listed",
        behind={"listed": Behind(path, rule, parameters | {"as_of": "day"}, {metric: held | more}, dated=True)},
    )  # fmt: skip


STATISTICS = (
    _table(
        "seconded-staff", Said("クレアでのOJT（派遣職員数）", "Staff seconded to CLAIR"), lines.seconded,
        ROW | told("location", "organisation_unit"), beside=told("unit_code", "office_code"), filters=OFFICE,
        parameters={"unit": "unit_code"}, seconded="training",
    ),
    _table(
        "seconded-staff-origins", Said("クレアでのOJT（派遣元）", "Where seconded staff come from"), lines.seconded,
        ROW | told(seq=cells.INTEGER) | told("municipality", "municipality_type", "next_office_code"),
        beside=told("person_key", "home_code", "unit_code", "office_code"), filters=OFFICE,
        parameters={"unit": "unit_code", "person": "person_key"}, seconded="training",
    ),
    _table(
        "resident-staff", Said("駐在員型職員の受入れ", "Resident officials"), lines.resident,
        ROW | told("prefecture", "overseas_office"), beside=told("home_code", "office_code"), filters=OFFICE,
        parameters={"office": "office_code", "person": "person_key"}, seconded="resident",
    ),
    _table(
        "officers", Said("役員等", "Officers"), lines.officers,
        ROW | told("role", "person_key", "officer_position"), parameters={"person": "person_key", "title": "role"},
        section="board",
    ),
    _table(
        "organisation-units", Said("機構", "Organisation"), lines.units,
        ROW | told("location", "department", "organisation_unit"), _distinct("units", "件", "unit_code"),
        beside=told("unit_code", "office_code"), filters=OFFICE, plural="departments", parameters={"code": "unit_code"},
    ),
    _table(
        "branches", Said("支部", "Branches"), lines.branches,
        ROW | called(body="reported_body") | told("body_type", "post", "person_key"), _distinct("branches", "団体", "organisation_id"),
        beside=told("organisation_code"), of_clair=False,
        parameters={"organisation": "organisation_code", "person": "person_key"}, section="branch",
    ),
    _table(
        "hq-staff", Said("本部職員", "Staff of headquarters"), lines.hq_staff,
        ROW | told("post", count_printed=cells.BOOLEAN), beside=told("organisation_unit", "unit_code"),
        parameters={"title": "post", "count_printed": "printed"}, headquarters="true",
    ),
    _table(
        "overseas-staff", Said("海外事務所職員", "Staff of the overseas offices"), lines.overseas_staff,
        ROW | told("post", "overseas_office"), beside=told("office_code"), filters=OFFICE,
        parameters={"title": "post", "office": "office_code"},
    ),
    _table(
        "overseas-staff-totals", Said("海外事務所職員の計", "Staff of each overseas office"), lines.overseas_totals,
        ROW | told("overseas_office"), beside=told("office_code"), filters=OFFICE,
        parameters={"office": "office_code"},
    ),
)  # fmt: skip
