"""Table 51 of the business report: national totals of a fiscal year by channel and unit, exact, as they were released.

Of a year that is not released there is none: a total that could be asked for twice would tell who came in between.
"""

from typing import Any

from sqlalchemy import Integer, Select, Text, select

from services.jet.care import access
from services.jet.care.releases.tables import figure_release, figure_total
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Dimension, Measure, Statistic, line, summed, told
from services.kit.text import Text as Said


def _lines(_: Basis) -> Select[Any]:
    t = figure_total.c
    made = select(
        figure_release.c.fiscal_year, t.row_no, t.service, t.channel_code, t.channel, t.audience, t.cases, t.persons, t.times
    ).join_from(figure_total, figure_release, figure_release.c.id == t.release_id)  # fmt: skip
    return select(made.subquery("line"))


STATISTICS = (
    Statistic(
        "jet-counselling", Said("JETプログラム参加者へのカウンセリング", "Counselling of JET participants"), _lines,
        {
            "cases": Measure("件", summed("cases")),
            "persons": Measure("名", summed("persons")),
            "times": Measure("回", summed("times")),
        },
        "sum",
        told(row_no=cells.INTEGER) | told("service", "channel", "audience")
        | {"fiscal_year": Dimension("fiscal_year", cell=cells.INTEGER)},
        {
            "fiscal_year": equals(line("fiscal_year", Integer), int),
            "channel": equals(line("channel_code", Text)),
        },
        access.FIGURES, dated=False, printed=("row_no", "service", "channel", "audience"),
    ),
)  # fmt: skip
