"""What was counted, of all records: sums of one subject and unit, the organisers' figures apart from one's own.

`count` adds what is part of no other count. `part` are parts (うち): told where all are broken down in the same way.
"""

from typing import Any

from sqlalchemy import BigInteger, Integer, Select, Text, case, cast, func, select

from services.events import access
from services.events.counts.resource import FISCAL_YEAR, PROGRAMME, attendance_counts, joined
from services.events.counts.tables import attendance_count, unit_of
from services.events.stated_figures.resource import STATED
from services.events.tables import edition, leg, mission
from services.kit import directory
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Dimension, Measure, Statistic, line, summed
from services.kit.text import Text as Said


def _counts(_: Basis) -> Select[Any]:
    c, n = attendance_count.c, directory.country.c
    inner = (
        joined(
            select(
                c.record_id, c.subject, unit_of(c).label("unit"), c.counted_for, c.country,
                n.name_ja.label("country_name"), c.capacity, c.label, c.office.label("office_code"),
                case((~c.part, c.qualifier)).label("added_qualifier"), case((c.part, c.qualifier)).label("part_qualifier"),
                PROGRAMME.label("programme"), FISCAL_YEAR.label("fiscal_year"),
                edition.c.code.label("edition"), leg.c.code.label("leg"), mission.c.code.label("mission"),
                case((~c.part, c.value)).label("added"), case((c.part, c.value)).label("part"),
                case((c.part, func.concat(c.broken_down_by, case((c.broken_down_by == "nothing", c.label)))))
                .label("parted"),
            )
        )
        .join(directory.country, n.alpha2 == c.country, isouter=True)
        .subquery("line")
    )  # fmt: skip
    return select(*inner.c).select_from(inner)


def _part(facts: Any) -> Any:
    """Parts that overlap, by country and by capacity, are not added."""
    return case((func.count(facts.parted.distinct()) == 1, cast(func.sum(facts.part), BigInteger)))


def _countries(facts: Any) -> Any:
    return func.count(func.concat(facts.record_id, facts.country).distinct())


FILTERS = {
    "fiscal_year": equals(line("fiscal_year", Integer), int),
    "office": equals(line("office_code", Text)),
    "programme": equals(line("programme", Text)),
    "subject": equals(line("subject", Text)),
    "edition": equals(line("edition", Text)),
    "leg": equals(line("leg", Text)),
    "mission": equals(line("mission", Text)),
}
NAMED = {
    "subject": "count_subject", "counted_for": "", "capacity": "count_capacity", "programme": "programme",
    "edition": "event_edition_code", "leg": "leg_code", "mission": "mission_code",
}  # fmt: skip
DIMENSIONS = {
    **{name: Dimension(name, filter=name, called=term) for name, term in NAMED.items()},
    "office_code": Dimension("office_code", filter="office"),
    "country": Dimension("country", "country_name", "country"),
    "fiscal_year": Dimension("fiscal_year", filter="fiscal_year", cell=cells.INTEGER),
}
STATISTICS = (
    Statistic(
        "event-counts",
        Said("行事・派遣の人数と団体数", "Counts of events and missions"),
        _counts,
        {
            "count": Measure(None, summed("added"), {"part": False}, qualifier="added_qualifier"),
            "part": Measure(None, _part, {"part": True}, "count", qualifier="part_qualifier"),
        },
        "sum",
        DIMENSIONS,
        FILTERS,
        access.FIGURES,
        dated=False,
        records=attendance_counts,
        apart=("subject", "counted_for"),
        unit_column="unit",
        stated=STATED,
    ),
    Statistic(
        "event-countries",
        Said("国別に数えた行事・派遣の国数", "Countries of events and missions"),
        lambda basis: _counts(basis).where(line("country", Text).is_not(None)),
        {
            "countries": Measure(
                "か国", _countries, distinct=lambda facts: func.count(facts.country.distinct())
            )
        },
        "sum",
        DIMENSIONS,
        FILTERS,
        access.FIGURES,
        dated=False,
        stated=STATED,
    ),
)
