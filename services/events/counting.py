"""What was counted of a subject, for lines of statistics: of a leg, of an edition with all its legs, of a mission.

Counts that are part of another are in it already and are not added. Where what remains cannot be added, because units differ or
the organiser's figures stand beside one's own, or where nothing was counted, all three are null, which is not zero.
"""

from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Text, case, cast, func, select
from sqlalchemy.sql.elements import SQLCoreOperations

from services.events.counts.domain import Subject
from services.events.counts.tables import attendance_count, unit_of
from services.kit.statistics import worst

__all__ = ("Counted", "of_edition", "of_leg", "of_mission", "unit_of")
Id = SQLCoreOperations[Any]


class Counted(NamedTuple):
    """`unit` as printed: 延べ for person-times; `qualifier` as records say it."""

    value: ColumnElement[int]
    unit: ColumnElement[str]
    qualifier: ColumnElement[str]


def of_leg(leg: Id, subject: Subject, **only: str) -> Counted:
    """`only`: `unit` (as printed) or `counted_for` (own, organiser), where a line asks for one of them."""
    return _counted("record_id", leg, subject, only)


def of_edition(edition: Id, subject: Subject, **only: str) -> Counted:
    """Its own counts, or the sum over its legs: it never has both."""
    return _counted("edition_id", edition, subject, only)


def of_mission(mission: Id, subject: Subject, **only: str) -> Counted:
    return _counted("mission_id", mission, subject, only)


def _counted(link: str, record: Id, subject: Subject, only: dict[str, str]) -> Counted:
    c = attendance_count.alias("counted").c
    unit = unit_of(c)
    named = {"unit": unit, "counted_for": c.counted_for}
    added = [
        c[link] == record,
        c.subject == subject,
        ~c.part,
        *(named[name] == value for name, value in only.items()),
    ]
    alike = func.count(func.concat(unit, " ", c.counted_for).distinct()) == 1

    def told(expression: ColumnElement[Any]) -> Any:
        return select(case((alike, expression))).where(*added).scalar_subquery()

    return Counted(
        told(cast(func.sum(c.value), BigInteger)), told(cast(func.min(unit), Text)), told(worst(c.qualifier))
    )
