"""Figures of applications, and the year's tables of adopted projects (11, 12 and 61 of the business report)."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal,
    select,
    true,
)

from services.grants import access
from services.grants.adoptions.resource import FILTERS
from services.grants.adoptions.source import lines
from services.grants.applications.counting import CountedAs, counted
from services.grants.applications.resource import applications
from services.kit import directory
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Behind, Dimension, Measure, Statistic, line, told
from services.kit.text import Text as Said

# a day that is not asked is null, which the database takes for none
ASKED = (bindparam("as_of", type_=Date()), bindparam("known_at", type_=DateTime(timezone=True)))


def _applications(_: Basis) -> Select[Any]:
    """A row for each country of an application, or one: it counts once in each, and once in all."""
    a, o, named = counted(*ASKED), directory.organisation.c, directory.country.c
    country = func.unnest(a.c.country_codes).table_valued("code", name="aimed").render_derived()
    made = (
        select(
            *a.c, o.kind.label("organisation_kind"), named.alpha2.label("country"),
            named.name_ja.label("country_name"),
        )
        .join_from(a, directory.organisation, o.id == a.c.organisation_id)
        .join(country, true(), isouter=True)
        .join(directory.country, named.alpha2 == country.c.code, isouter=True)
        .subquery("line")
    )  # fmt: skip
    return select(made)


def _counted(name: CountedAs, of: str = "") -> Measure:
    return Measure(
        "件", lambda facts: func.count(facts.id.distinct()).filter(literal(name) == any_(facts.counted_as)),
        {"counted_as": name}, of,
    )  # fmt: skip


def _adopted(_: Basis) -> Select[Any]:
    return lines(*ASKED).add_columns(
        cast(line("id", Uuid), Text).label("award_id"), literal("adopted").label("by")
    )


STATISTICS = (
    Statistic(
        "grant-applications",
        Said("助成申請の件数", "Applications for grants"),
        _applications,
        {
            "received": _counted("received"),
            "adopted": _counted("adopted"),
            "declined": _counted("declined", of="adopted"),
            "withdrawn": _counted("withdrawn"),
            "not_adopted": _counted("not_adopted"),
        },
        "distinct",
        {
            "grant_programme": Dimension("programme_code", "programme_name", "programme_code"),
            "category": Dimension("category_code", "category_name", "category_code"),
            "fiscal_year": Dimension("fiscal_year", filter="fiscal_year", cell=cells.INTEGER),
            "organisation_kind": Dimension("organisation_kind", filter="organisation_kind"),
            "joint": Dimension("joint", filter="joint"),
            "country": Dimension("country", "country_name", "country"),
            "section": Dimension("section", filter="section"),
        },
        {
            "programme_code": equals(line("programme_code", Text)),
            "category_code": equals(line("category_code", Text)),
            "fiscal_year": equals(line("fiscal_year", Integer), int),
            "organisation_kind": equals(line("organisation_kind", Text)),
            "joint": equals(line("joint", Boolean), bool),
            "country": equals(line("country", Text)),
            "section": equals(line("section", Text)),
        },
        access.GRANT_FIGURES,
        records=applications,
    ),
    Statistic(
        "adopted-grants",
        Said("助成事業の採択一覧", "Adopted projects"),
        _adopted,
        {"projects": Measure("件", lambda facts: func.count(facts.id))},
        "sum",
        {
            "row_no": Dimension("row_no", cell=cells.INTEGER),
            "project_name": Dimension("title"),
            "applicant": Dimension("organisation_name"),
            "department": Dimension("printed_department"),
            "applicant_type": Dimension("applicant_type"),
            "grant_programme": Dimension("programme_code", "programme_name_ja"),
            "category": Dimension("category_code", "category_name_ja"),
            **told("organisation_code", "state", "mark", fiscal_year=cells.INTEGER),
        },
        FILTERS,
        access.GRANT_FIGURES,
        behind={
            "adopted": Behind(
                "/grants/v1/public/awards", access.ANNOUNCED, {"id": "award_id"}, {"projects": {}}
            )
        },
        by="by",
        printed=("row_no", "project_name", "applicant", "department", "applicant_type"),
    ),
)
