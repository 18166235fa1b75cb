"""When terms run and when the programme comes to know of things.

Terms follow the arrival group. A new April arrival of year Y belongs to programme year Y until August Y+1,
in two appointments; afterwards the person keeps an August term.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

GROUP_STARTS: dict[str, dict[int, date]] = {
    "a": {2023: date(2023, 7, 31), 2024: date(2024, 7, 29), 2025: date(2025, 7, 29)},
    "b": {2023: date(2023, 8, 7), 2024: date(2024, 8, 5), 2025: date(2025, 8, 5)},
    "c": {2023: date(2023, 8, 21), 2024: date(2024, 8, 19), 2025: date(2025, 8, 19)},
}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Civil days in Japan, both ends inclusive."""

    first: date
    last: date


def group_term(group: str, year: int) -> Span:
    starts = GROUP_STARTS[group]
    return Span(starts[year], starts[year + 1] - DAY)


def april_terms(year: int) -> tuple[Span, Span]:
    """The first year and the short renewal of a new April arrival."""
    return (
        Span(date(year, 4, 8), date(year + 1, 3, 31)),
        Span(date(year + 1, 4, 1), date(year + 1, 8, 1)),
    )


def settled_term(group: str, year: int) -> Span:
    """The term of somebody reappointed into `year`."""
    if group == "april":
        return Span(date(year, 8, 2), date(year + 1, 8, 1))
    return group_term("b" if group == "ad_hoc" else group, year)


def ad_hoc_term(rng: Random, year: int) -> Span:
    first = date(year, 9, 1) + DAY * rng.randrange(120)
    return Span(first, group_term("b", year).last)


def day_between(rng: Random, first: date, last: date) -> date:
    return first + DAY * rng.randint(0, max((last - first).days, 0))


def instant_on(rng: Random, day: date) -> str:
    """An instant within office hours of a day in Japan."""
    return f"{day.isoformat()}T{rng.randint(9, 17):02}:{rng.randrange(60):02}:00+09:00"


def instant_between(rng: Random, first: date, last: date) -> str:
    return instant_on(rng, day_between(rng, first, last))
