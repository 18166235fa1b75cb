"""A table of the report in a few words: its columns, what is counted, and the list that each count stands in."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, Text, func

from services.events import access
from services.events.stated_figures.resource import STATED
from services.events.statistics.sources import Figure
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Behind, Dimension, Measure, Statistic, Unit, called, line, summed, told
from services.kit.text import Text as Said

FILTERS = {
    "fiscal_year": equals(line("fiscal_year", Integer), int),
    "office": equals(line("office_code", Text)),
}
BESIDE = told("state", "not_held_reason", "next_plan", "office_code", fiscal_year=cells.INTEGER) | called(
    edition_code="event_edition_code"
)
WHOLE_NUMBERS = (
    "row_no", "seminar_row_no", "part_no", "talk_no", "item_no", "period_no", "occurrence_no", "session_no", "series_no",
    "edition", "seq",
)  # fmt: skip
# as the report calls a column, where that is not what the line calls it
KEYS = {
    "seminar_row_no": "row_no", "theme": "title_ja", "training_name": "title_ja", "event_name": "title_ja",
    "name": "title_ja", "series_no": "series_number", "edition": "series_number", "conference": "event_name",
    "media": "content", "booth": "content", "menu": "content", "theme_ingredients": "topic", "place_text": "place",
    "host_office": "overseas_office", "item_no": "talk_no", "title": "talk_title", "period_no": "occurrence_no",
    "session_no": "occurrence_no", "products_mode": "format", "municipality": "body", "municipality_type": "body_type",
}  # fmt: skip
# by the glossary's terms, where a column's own name means something else there
TERMS = {
    "host": "event_host", "body": "reported_body", "edition": "series_number", "label": "talk_label",
    "title": "talk_title", "capacity": "participant_capacity",
}  # fmt: skip
OF_EDITION = {"edition": "edition_code"}
PERSONS = {"名": {"person_times": "false"}, "延べ": {"person_times": "true"}}
Source = Callable[[Basis], Select[Any]]


class Counted(NamedTuple):
    """A count of lines, and the list that has its records: `held` are the parameters that hold it to them."""

    measure: Measure
    path: str
    parameters: dict[str, str]
    held: dict[str, str]


def each(unit: Unit, path: str, parameters: dict[str, str], distinct: str = "") -> Counted:
    """Each line counts one; beside the sum, how many different ones there are of its column `distinct`."""
    once = (lambda facts: func.count(facts[distinct].distinct())) if distinct else None
    return Counted(Measure(unit, _lines, distinct=once), path, parameters, {})


def _lines(_: Any) -> ColumnElement[int]:
    return func.count()


def figure(one: Figure, *of: str) -> Counted:
    """What was counted, by the counts of the line's leg or edition that are part of no other."""
    measure = Measure(one.unit, summed(one.name), qualifier=f"{one.name}_qualifier")
    parameters = {"edition": "edition_code"} | {name: f"{name}_code" for name in of or ("leg",)}
    held = {"subject": one.subject, "whole": "true"} | PERSONS.get(one.unit or "", {})
    return Counted(measure, "/events/v1/attendance-counts", parameters, held)


MUNICIPALITIES = Counted(
    Measure("団体", summed("municipality_count")),
    "/events/v1/edition-participants",
    OF_EDITION | {"leg_number": "leg_number"},
    {"local_government": "true"},
)
OCCURRENCES = Counted(
    Measure("回", summed("occurrence_count")), "/events/v1/legs", OF_EDITION, {"cancelled": "false"}
)
EDITIONS = each("件", "/events/v1/editions", {"code": "edition_code"})
LEGS = each("回", "/events/v1/legs", {"code": "leg_code"})
TALKS = each("件", "/events/v1/talks", OF_EDITION | {"number": "talk_no"})
BODIES = each(
    "団体", "/events/v1/edition-participants", OF_EDITION | {"organisation": "organisation_code"}, "body_id"
)


def table(
    name: str, ja: str, en: str, columns: str, source: Source, counted: dict[str, Counted], **keys: str
) -> Statistic:
    """`columns`: those of the report, in its order; `keys`: what the line calls them in this table."""
    printed = columns.split()
    named = {
        one: Dimension(
            (KEYS | keys).get(one, one),
            cell=cells.INTEGER if one in WHOLE_NUMBERS else cells.TEXT,
            called=TERMS.get(one, ""),
        )
        for one in printed
    }
    first, one = next(iter(counted.items()))
    return Statistic(
        name, Said(ja, en), source, {metric: one.measure for metric, one in counted.items()}, "sum", named | BESIDE,
        FILTERS, access.FIGURES, dated=False, by="linked", printed=(*printed, "state"),
        unit_column="" if one.measure.unit else f"{first}_unit", stated=STATED,
        behind={
            f"yes {metric}": Behind(one.path, access.EVENTS_OF_CLAIR, one.parameters, {metric: one.held})
            for metric, one in counted.items()
        },
    )  # fmt: skip
