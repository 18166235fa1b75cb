"""Rules of completion (修了): enough of the sessions, every component at least once, e-learning finished to the end.

Work sent in by correspondence counts as presence in its session when it is handed in, and is recorded as such.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.kit.text import Text

E_LEARNING = "e_learning"
RUN_CANCELLED = Text("中止になった実施回に修了はありません。", "Nobody completes a run that was cancelled.")


@dataclass(frozen=True, slots=True)
class Held:
    """A session of the run: its last day in Japan, its form and the component that it is of."""

    id: object
    ends_on: date
    form: str
    component: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """What it takes. `e_learning`: there is a programme of e-learning to finish."""

    sessions: tuple[Held, ...]
    percent: int
    e_learning: bool


def earned(course: Course, attended: Sequence[object], finished_on: date | None) -> date | None:
    """The day on which somebody completed the run, or None. `attended`: ids of sessions."""
    counted = [one for one in course.sessions if one.form != E_LEARNING]
    there = [one for one in counted if one.id in set(attended)]
    learns = course.e_learning or len(counted) < len(course.sessions)
    if not counted and not learns:
        return None
    if learns and finished_on is None:
        return None
    if len(there) * 100 < len(counted) * course.percent:
        return None
    if {one.component for one in counted} > {one.component for one in there}:
        return None
    days = [one.ends_on for one in there] + ([finished_on] if learns and finished_on is not None else [])
    return max(days, default=None)


def certificate_number(fiscal_year: int, number: int) -> str:
    """As it is printed: 2024-000001."""
    return f"{fiscal_year}-{number:06d}"
