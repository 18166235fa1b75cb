"""Table 82 of the business report: surveys abroad, of which some are printed; the totals are of all."""

from typing import Any

from sqlalchemy import ARRAY, Integer, Select, Text, any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.events import access
from services.events.lines import office
from services.events.log_tables import survey
from services.events.surveys.resource import LATE, surveys
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.japan.choices import several
from services.kit.resource import Basis
from services.kit.statistics import Behind, Dimension, Measure, Statistic, called, line, told
from services.kit.text import Text as Said


def _lines(_: Basis) -> Select[Any]:
    """The printed ones first, in the order of their requests; cities in that of the offices."""
    s, f = survey.c, office.c
    cities = (
        select(func.array_agg(aggregate_order_by(f.city_ja, f.chart_order)))
        .where(f.code == any_(s.offices))
        .correlate(survey)
        .scalar_subquery()
    )
    number = func.row_number().over(
        partition_by=s.fiscal_year, order_by=(s.marked.desc(), s.requested_on, s.code)
    )
    inner = select(
        s.id, s.code, s.fiscal_year, s.title, cast(cities, ARRAY(Text)).label("offices"), s.marked,
        cast(number, Integer).label("row_no"), func.coalesce(cast(s.organisation_id, Text), s.requester_name).label("body"),
        literal("survey").label("by"),
    ).subquery("line")  # fmt: skip
    return select(*inner.c).select_from(inner)


def _of_offices(_: Basis) -> Select[Any]:
    """Each survey at each office that it was asked of."""
    s, f = survey.c, office.c
    inner = (
        select(
            s.id, s.fiscal_year, f.code.label("office"), f.city_ja.label("overseas_office"), LATE.label("late"),
            s.answered_on.is_not(None).label("answered"),
        )
        .join_from(survey, office, f.code == any_(s.offices))
        .subquery("line")
    )  # fmt: skip
    return select(*inner.c).select_from(inner)


def _once(*only: str) -> Any:
    """A survey of seven offices is one, and one at each of them."""
    return lambda facts: func.count(facts.id.distinct()).filter(*(facts[name] for name in only))


STATISTICS = (
    Statistic(
        "survey-offices",
        Said("海外依頼調査（事務所別）", "Surveys abroad by office"),
        _of_offices,
        {
            "surveys": Measure("件", _once()),
            "answered": Measure("件", _once("answered"), {"answered": "true"}, of="surveys"),
            "late": Measure("件", _once("late"), {"late": "true"}, of="surveys"),
        },
        "distinct",
        {
            "office": Dimension("office", filter="office", called="office_code"),
            "overseas_office": Dimension("overseas_office", told_by="office"),
        },
        {"fiscal_year": equals(line("fiscal_year", Integer), int), "office": equals(line("office", Text))},
        access.FIGURES,
        records=surveys,
        dated=False,
        printed=("overseas_office", "office"),
    ),
    Statistic(
        "requested-surveys",
        Said("海外依頼調査", "Surveys abroad"),
        _lines,
        {
            "surveys": Measure("件", lambda facts: func.count(facts.id)),
            "bodies": Measure("団体", lambda facts: func.count(facts.body.distinct())),
        },
        "distinct",
        called(title="survey_title")
        | told(row_no=cells.INTEGER, offices=several(cells.TEXT), marked=cells.BOOLEAN),
        {"fiscal_year": equals(line("fiscal_year", Integer), int)},
        access.FIGURES,
        dated=False,
        behind={
            "survey": Behind("/events/v1/surveys", access.EVENTS_OF_CLAIR, {"code": "code"}, {"surveys": {}})
        },
        by="by",
        printed=("row_no", "title", "offices"),
        marked="marked",
    ),
)
