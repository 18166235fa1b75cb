"""Adopted projects of published rounds as lines of the year's tables: one table for each programme and category.

A table goes by prefectures, designated cities, municipalities and others, in each by the organisation's code, and for one
applicant by the order in which its applications were begun.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    case,
    column,
    func,
    literal,
    select,
)

from services.kit.directory import body_type, organisation


def lines(*asked: Any) -> Select[Any]:
    """`asked`: of a day and an instant, or as they stand. Its columns are those of `line`, so that filters are asked after
    the lines are numbered. `printed_department`: where an applicant has several lines in one table."""
    a = func.grants.public_awards(*asked).table_valued(
        column("id", Uuid), column("programme_code", Text), column("programme_name_ja", Text),
        column("programme_name_en", Text), column("category_code", Text), column("category_name_ja", Text),
        column("category_name_en", Text), column("edition_name_ja", Text), column("edition_name_en", Text),
        column("fiscal_year", Integer), column("organisation_id", Uuid), column("department", Text),
        column("member_ids", ARRAY(Uuid)), column("title", Text), column("country_codes", ARRAY(Text)),
        column("amount_yen", BigInteger), column("state", Text), column("sample", Boolean), name="told",
    )  # fmt: skip
    o, m = organisation.c, organisation.alias("member")
    table = (a.c.programme_code, a.c.fiscal_year, a.c.category_code)
    kind = body_type(o.kind)
    place = func.array_position(literal(["prefecture", "designated_city", "municipality"], ARRAY(Text)), kind)
    number = func.row_number().over(partition_by=table, order_by=(place.asc().nulls_last(), o.code, a.c.id))
    of_applicant = func.count().over(partition_by=(*table, a.c.organisation_id))
    members = select(m.c.name).where(m.c.id == any_(a.c.member_ids)).order_by(m.c.code)
    line = (
        select(
            *(one for one in a.c if one.name not in ("organisation_id", "member_ids")),
            number.label("row_no"), o.code.label("organisation_code"), o.name.label("organisation_name"),
            o.kind.label("organisation_kind"), kind.label("applicant_type"),
            func.array(members.scalar_subquery()).label("members"),
            case((of_applicant > 1, a.c.department)).label("printed_department"),
            case((a.c.state == "declined", "※")).label("mark"),
        )
        .join_from(a, organisation, o.id == a.c.organisation_id)
        .subquery("line")
    )  # fmt: skip
    return select(line)
