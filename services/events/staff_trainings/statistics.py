"""Tables 78 and 78a of the business report: trainings of headquarters' staff, and their days.

`sessions` is what was printed or reported, and null where nothing was; `sessions_inferred` has the number of days there.
"""

from typing import Any, get_args

from sqlalchemy import ColumnElement, Integer, Select, case, func, literal, select

from services.events import access
from services.events.lines import printed
from services.events.meeting_tables import staff_training, staff_training_period
from services.events.staff_trainings.resource import INFERRED, PERIODS, Category, T
from services.events.stated_figures.resource import STATED
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Behind, Measure, Statistic, line, summed, told
from services.kit.text import Text as Said


def _trainings() -> Select[Any]:
    number = func.row_number().over(
        partition_by=T.fiscal_year, order_by=(T.category, PERIODS.c.first_day.asc().nulls_last(), T.code)
    )
    return select(
        T.id.label("training_id"), T.fiscal_year, number.label("row_no"), T.code.label("training_code"),
        printed(T.category, "staff_training_category", get_args(Category)).label("category"),
        T.name.label("training_name"), T.date_text, T.sessions, INFERRED.label("sessions_inferred"),
        literal("record").label("stands_on"),
    ).join_from(staff_training, PERIODS, PERIODS.c.training_id == T.id, isouter=True)  # fmt: skip


def _lines(_: Basis) -> Select[Any]:
    return select(_trainings().subquery("line"))


def _periods(_: Basis) -> Select[Any]:
    p, of = staff_training_period.c, _trainings().subquery("training")

    def day(column: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.to_char(column, case((p.date_precision == "month", "YYYY-MM"), else_="YYYY-MM-DD"))

    made = select(
        of.c.fiscal_year, of.c.row_no, of.c.training_code, of.c.training_name, p.period_no,
        day(p.date_start).label("date_start"), day(p.date_end).label("date_end"), p.date_precision,
        literal(1).label("periods"), of.c.stands_on,
    ).join_from(staff_training_period, of, of.c.training_id == p.training_id)  # fmt: skip
    return select(made.subquery("line"))


FILTERS = {"fiscal_year": equals(line("fiscal_year", Integer), int)}
NUMBERED = told(row_no=cells.INTEGER)
BESIDE = told("training_code", fiscal_year=cells.INTEGER)
STATISTICS = (
    Statistic(
        "hq-trainings",
        Said("本部研修", "Trainings of headquarters' staff"),
        _lines,
        {
            "sessions": Measure("回", summed("sessions")),
            "sessions_inferred": Measure("回", summed("sessions_inferred")),
        },
        "sum",
        NUMBERED | told("category", "training_name", "date_text") | BESIDE,
        FILTERS,
        access.FIGURES,
        dated=False,
        behind={
            "record": Behind(
                "/events/v1/staff-trainings",
                access.EVENTS_OF_CLAIR,
                {"code": "training_code"},
                {"sessions": {}, "sessions_inferred": {}},
            )
        },
        by="stands_on",
        printed=("row_no", "category", "training_name", "date_text"),
        stated=STATED,
    ),
    Statistic(
        "hq-training-periods",
        Said("本部研修の日程", "Days of trainings of headquarters' staff"),
        _periods,
        {"periods": Measure("回", summed("periods"))},
        "sum",
        NUMBERED
        | told("date_start", "date_end", "date_precision", "training_name", period_no=cells.INTEGER)
        | BESIDE,
        FILTERS,
        access.FIGURES,
        dated=False,
        behind={
            "record": Behind(
                "/events/v1/staff-training-periods",
                access.EVENTS_OF_CLAIR,
                {"training": "training_code", "period_no": "period_no"},
                {"periods": {}},
            )
        },
        by="stands_on",
        printed=("row_no", "period_no", "date_start", "date_end", "date_precision"),
    ),
)
