"""Dates that are known to the month or the year only, or that are 都度 (as required).

The printed text is kept: it is what the paper said.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.kit.findings import Parsed
from services.kit.japan.era import YEAR, day_of, japanese_date, outside_era, parse_date, year_of
from services.kit.japan.reading import folded, whole_number

Precision = Literal["day", "month", "year", "as_required"]

_MONTH = re.compile(YEAR + r"(?:年|[./-])(?P<month>[0-9]{1,2})月?")
_YEAR = re.compile(YEAR + r"年?(?P<fiscal>度)?")
_AS_REQUIRED = frozenset({"都度", "その都度", "随時", "asrequired"})
_YEARS_AS_NUMBERS = range(1868, 2200)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """`start` is the first day of the month, the year or (令和6年度) the fiscal year."""

    start: date | None
    precision: Precision
    printed: str


def parse_partial_date(raw: object) -> Parsed[PartialDate]:
    text = folded(raw)
    printed = raw.strip() if isinstance(raw, str) else text
    if text.casefold() in _AS_REQUIRED:
        return Parsed(PartialDate(None, "as_required", printed), printed)
    if match := _MONTH.fullmatch(text):
        return _month(match, raw, printed)
    number = whole_number(raw)
    if (number is None or number in _YEARS_AS_NUMBERS) and (match := _YEAR.fullmatch(text)):
        return _year(match, raw, printed)
    day = parse_date(raw)
    printed = printed if isinstance(raw, str) else japanese_date(day.value)
    return Parsed(PartialDate(day.value, "day", printed), day.understood, day.warnings)


def _month(match: re.Match[str], raw: object, printed: str) -> Parsed[PartialDate]:
    year, era = year_of(match, raw)
    start = day_of(year, match["month"], "1", raw)
    last = start.replace(day=monthrange(start.year, start.month)[1])
    warnings = outside_era(era, start, last, raw)
    return Parsed(PartialDate(start, "month", printed), f"{printed}（{start.isoformat()[:7]}）", warnings)


def _year(match: re.Match[str], raw: object, printed: str) -> Parsed[PartialDate]:
    year, era = year_of(match, raw)
    fiscal = match["fiscal"] is not None
    start = date(year, 4 if fiscal else 1, 1)
    warnings = outside_era(era, start, date(year, 12, 31), raw)
    return Parsed(
        PartialDate(start, "year", printed), f"{printed}（{year}年{'度' if fiscal else ''}）", warnings
    )
