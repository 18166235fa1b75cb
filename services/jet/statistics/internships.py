"""Internships in the business report: tables 54, 54a and 55. A line is a programme; its columns are dimensions.

CLAIR's own are counted by who took part and where; of a regional one that a grant was given for, the organiser's figures
stand. A programme that was cancelled is a line still, without figures and with its reason.
"""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, case, cast, func, select

from services.jet import access
from services.jet.internship_assignments.resource import took_part
from services.jet.internship_tables import internship_assignment, internship_period, internship_programme
from services.kit import directory, temporal
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Behind, Measure, Statistic, line, summed, told
from services.kit.text import Text as Said

P = internship_programme.c


def _state() -> ColumnElement[Any]:
    return case(
        (P.cancelled_on.is_not(None), "not_held"), (P.date_start > temporal.TODAY, "planned"), else_="held"
    )


def _programmes(own: bool, *figures: Any) -> Select[Any]:
    """Programmes in the order of their days, numbered within the fiscal year: CLAIR's own, or regional ones that a
    grant was given for."""
    of = P.organiser_id.is_(None) if own else and_(P.organiser_id.is_not(None), P.granted)
    number = func.row_number().over(partition_by=P.fiscal_year, order_by=(P.date_start, P.code))
    return select(
        P.id.label("programme_id"), P.fiscal_year, number.label("row_no"), P.code.label("programme_code"),
        P.name_ja.label("programme_name"), cast(P.date_start, Text).label("date_start"),
        cast(P.date_end, Text).label("date_end"), P.content_ja.label("content"), _state().label("state"),
        P.cancelled_reason.label("not_held_reason"), P.organiser_id, *figures,
    ).where(of)  # fmt: skip


def _counted(counted: Any) -> ColumnElement[Any]:
    """Over the interns who took part, once the programme has begun."""
    mine = internship_assignment.c.programme_id == P.id
    found = select(func.count(counted.distinct())).where(mine, took_part()).scalar_subquery()
    return case((_state() == "held", found))


def _interns(_: Basis) -> Select[Any]:
    a = internship_assignment.c
    figures = _counted(a.id).label("participants"), _counted(a.organisation_id).label("host_bodies")
    return select(_programmes(True, *figures).subquery("line"))


def _periods(_: Basis) -> Select[Any]:
    t, numbered = internship_period.c, _programmes(True).subquery("numbered")
    made = (
        select(
            numbered.c.fiscal_year, numbered.c.row_no, numbered.c.programme_code, t.period_no,
            t.label_ja.label("label"), cast(t.date_start, Text).label("date_start"),
            cast(t.date_end, Text).label("date_end"), t.note, numbered.c.state,
        )
        .join_from(internship_period, numbered, numbered.c.programme_id == t.programme_id)
        .subquery("line")
    )  # fmt: skip
    return select(
        made, func.count().over(partition_by=(made.c.programme_code, made.c.period_no)).label("periods")
    )


def _regional(_: Basis) -> Select[Any]:
    figures = [
        case((_state() == "held", P[f"{name}_reported"])).label(name)
        for name in ("participants", "jet_participants", "host_bodies")
    ]
    made, o = _programmes(False, *figures).subquery("programme"), directory.organisation.c
    named = select(made, o.name.label("municipality"), o.code.label("organiser_code")).join_from(
        made, directory.organisation, o.id == made.c.organiser_id
    )
    return select(named.subquery("line"))


FILTERS = {
    "fiscal_year": equals(line("fiscal_year", Integer), int),
    "programme_code": equals(line("programme_code", Text)),
}
NUMBERED = told(row_no=cells.INTEGER)
DATES = told("date_start", "date_end")
BESIDE = told("programme_code", "state", "not_held_reason", fiscal_year=cells.INTEGER)
OF_PROGRAMME = {"programme_code": "programme_code"}
TOOK_PART = {"took_part": "true"}
STATISTICS = (
    Statistic(
        "jet-internships",
        Said("インターンシップ（クレア主催）", "Internships"),
        _interns,
        {
            "participants": Measure("名", summed("participants")),
            "host_bodies": Measure("団体", summed("host_bodies")),
        },
        "sum",
        NUMBERED | told("programme_name") | DATES | BESIDE,
        FILTERS,
        access.PROGRAMME_FIGURES,
        dated=False,
        behind={
            "held": Behind(
                "/jet/v1/internship-assignments", access.CAREERS_OF_CLAIR, OF_PROGRAMME,
                {"participants": TOOK_PART, "host_bodies": TOOK_PART},
            )
        },
        by="state",
        printed=("row_no", "state"),
    ),
    Statistic(
        "jet-internship-periods",
        Said("インターンシップの日程", "Periods of internships"),
        _periods,
        {"periods": Measure("回", summed("periods"))},
        "sum",
        NUMBERED | told(period_no=cells.INTEGER) | told("label") | DATES | told("note") | told("programme_code", "state", fiscal_year=cells.INTEGER),
        FILTERS,
        access.PROGRAMME_FIGURES,
        dated=False,
        behind={
            state: Behind(
                "/jet/v1/internship-periods", access.FAIRS, OF_PROGRAMME | {"period_no": "period_no"}, {"periods": {}}
            )
            for state in ("held", "planned", "not_held")
        },
        by="state",
        printed=("row_no", "period_no", "label", "date_start", "date_end", "note"),
    ),
    Statistic(
        "jet-internship-grants",
        Said("地域におけるインターンシップへの助成", "Grants for regional internships"),
        _regional,
        {
            "participants": Measure("名", summed("participants")),
            "jet_participants": Measure("名", summed("jet_participants"), of="participants"),
            "host_bodies": Measure("団体", summed("host_bodies")),
        },
        "sum",
        NUMBERED | DATES | told("municipality", "content", "organiser_code") | BESIDE,
        FILTERS,
        access.PROGRAMME_FIGURES,
        dated=False,
        behind={
            "held": Behind(
                "/jet/v1/internship-programmes", access.FAIRS, OF_PROGRAMME,
                {"participants": {}, "jet_participants": {}, "host_bodies": {}},
            )
        },
        by="state",
        printed=("row_no", "date_start", "date_end", "municipality", "content", "state"),
    ),
)  # fmt: skip
