"""年度: the fiscal year, April to March, named by the Western year of its April."""

import re
from datetime import date
from typing import NewType

from services.kit.findings import Parsed
from services.kit.japan.era import RULE, YEAR, japanese_year, outside_era, year_of
from services.kit.japan.reading import folded, refusal, shown
from services.kit.text import Text

FiscalYear = NewType("FiscalYear", int)

_YEAR = re.compile(r"(?:FY)?" + YEAR + r"(?:年(?P<fiscal>度)?)?", re.IGNORECASE)
_KNOWN = range(1873, 2200)


def fiscal_year_of(day: date) -> FiscalYear:
    return FiscalYear(day.year if day.month >= 4 else day.year - 1)


def first_day(year: int) -> date:
    return date(year, 4, 1)


def label(year: FiscalYear) -> Text:
    # The era of October names the year: all of 2019 is 令和元年度, and 1926 stays 大正15年度.
    return Text(f"{japanese_year(date(year, 10, 1))}年度", f"FY{year}")


def parse_year(raw: object) -> Parsed[int]:
    match = _YEAR.fullmatch(folded(raw))
    if match is None:
        raise refusal(
            "year_unreadable",
            Text(f"「{shown(raw)}」を年として読み取れません。", f"“{shown(raw)}” cannot be read as a year."),
            Text(
                "2024、令和6年度、R6 のいずれかの形で書いてください。", "Write it as 2024, 令和6年度 or R6."
            ),
            RULE,
        )
    year, era = year_of(match, raw)
    if year not in _KNOWN:
        raise refusal(
            "year_out_of_range",
            Text(
                f"「{shown(raw)}」は扱える年の外です。", f"“{shown(raw)}” is outside the years that are kept."
            ),
            Text(
                f"{_KNOWN.start}年から{_KNOWN.stop - 1}年までの年を書いてください。",
                f"Write a year from {_KNOWN.start} to {_KNOWN.stop - 1}.",
            ),
            RULE,
        )
    first = date(year, 4 if match["fiscal"] else 1, 1)
    understood = f"{japanese_year(date(year, 10, 1))}年{match['fiscal'] or ''}（{year}）"
    return Parsed(year, understood, outside_era(era, first, date(year, 12, 31), raw))
