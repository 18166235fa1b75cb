"""Dates as people in Japan write them: 和暦 (era years), ISO, slashes, Excel serials.

Era starts: the edicts of 1868, 1912, 1926, 1989 and 2019. Before 明治6 (1873) Japan kept a lunar
calendar, so those dates are read and printed in 西暦 (Western years) only.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from services.kit.findings import BadValue, Finding, Parsed
from services.kit.japan.reading import folded, refusal, shown, warning, whole_number
from services.kit.text import Text

RULE = "L3-05"


class Era(NamedTuple):
    name: str
    letter: str
    start: date


ERAS = (
    Era("明治", "M", date(1868, 10, 23)),
    Era("大正", "T", date(1912, 7, 30)),
    Era("昭和", "S", date(1926, 12, 25)),
    Era("平成", "H", date(1989, 1, 8)),
    Era("令和", "R", date(2019, 5, 1)),
)
GREGORIAN_START = date(1873, 1, 1)
WEEKDAYS = "月火水木金土日"

_ERA_BY_MARK = {mark: era for era in ERAS for mark in (era.name, era.name[0], era.letter)}
# A written year, for use inside longer patterns; read it with `year_of`.
YEAR = r"(?:(?P<era>明治|大正|昭和|平成|令和|[明大昭平令MTSHRmtshr])\.?|西暦)?(?P<year>元|[0-9]{1,4})"

_TIME = r"(?:[T ](?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?))?"
_BESIDE = r"(?:\((?:(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2})・?)?(?:(?P<weekday>[月火水木金土日])(?:曜日?)?)?\))?"
_DATE = re.compile(
    YEAR + r"(?:年|[./-])(?P<month>[0-9]{1,2})(?:月|[./-])(?P<day>[0-9]{1,2})日?" + _TIME + _BESIDE
)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_MIDNIGHT = re.compile(r"[0:]+")

_LAST_SERIAL = 2_958_465  # 9999-12-31
_EXCEL_LEAP_DAY = 60  # Excel's 1900-02-29, which never was
_SERIALS_LIKE_YEARS = range(1868, 2200)

_DATE_REMEDY = Text(
    "2024-07-29、2024/7/29、令和6年7月29日、R6.7.29 のいずれかの形で、年月日を書いてください。",
    "Write year, month and day as 2024-07-29, 2024/7/29, 令和6年7月29日 or R6.7.29.",
)


def era_of(day: date) -> Era | None:
    """The era of a day; none before 明治6."""
    if day < GREGORIAN_START:
        return None
    return next(era for era in reversed(ERAS) if era.start <= day)


def japanese_year(day: date) -> str:
    """令和6, 令和元; 1850 before 明治6."""
    era = era_of(day)
    if era is None:
        return f"{day.year:04}"
    number = day.year - era.start.year + 1
    return f"{era.name}{'元' if number == 1 else number}"


def japanese_date(day: date) -> str:
    return f"{japanese_year(day)}年{day.month}月{day.day}日"


def understood_date(day: date) -> str:
    return f"{japanese_date(day)}（{day.isoformat()}・{WEEKDAYS[day.weekday()]}）"


def year_of(match: re.Match[str], raw: object) -> tuple[int, Era | None]:
    """The Western year of a match of YEAR, and the era it was written in."""
    mark, digits = match["era"], match["year"]
    if mark is None:
        if len(digits) == 4 and digits != "0000":
            return int(digits), None
        raise refusal(
            "year_without_era",
            Text(
                f"「{shown(raw)}」の年が西暦か和暦か分かりません。",
                f"The year of “{shown(raw)}” could be of any era.",
            ),
            Text(
                "西暦は4桁で、和暦は元号を付けて書いてください（例：2024、令和6）。",
                "Write a Western year with four digits, or an era year with its era (2024, 令和6).",
            ),
            RULE,
        )
    era = _ERA_BY_MARK[mark.upper()]
    number = 1 if digits == "元" else int(digits)
    if number == 0:
        raise refusal(
            "era_year_zero",
            Text(
                f"「{shown(raw)}」：元号の年は元年（1年）から始まります。",
                f"“{shown(raw)}”: era years start at 1 (元年).",
            ),
            Text("元号の年を確かめてください。", "Check the year of the era."),
            RULE,
        )
    year = era.start.year + number - 1
    if year < GREGORIAN_START.year:
        raise refusal(
            "era_lunar_calendar",
            Text(
                f"「{shown(raw)}」：明治5年以前は旧暦のため、換算できません。",
                f"“{shown(raw)}”: years before 明治6 (1873) follow the lunar calendar.",
            ),
            Text("西暦で書いてください。", "Write the Western year."),
            RULE,
        )
    return year, era


def outside_era(era: Era | None, first: date, last: date, raw: object) -> tuple[Finding, ...]:
    """A remark when no day from first to last fell in the era that was written (平成32年)."""
    if era is None or era in (era_of(first), era_of(last)):
        return ()
    return (
        warning(
            "outside_era",
            Text(
                f"「{shown(raw)}」は{era.name}の期間の外です。{japanese_year(first)}年（{first.year}年）と読み取りました。",
                f"“{shown(raw)}” lies outside the era {era.name}; it was read as {first.year}.",
            ),
            Text("正しければそのままで構いません。", "Leave it if that is right."),
            RULE,
        ),
    )


def parse_date(raw: object) -> Parsed[date]:
    if isinstance(raw, datetime):
        return _read(raw.date(), _time_dropped(raw, raw.time() != time(0)))
    if isinstance(raw, date):
        return _read(raw, ())
    if isinstance(raw, float) and 1 <= raw < _LAST_SERIAL + 1 and not raw.is_integer():
        return _read(_day_of_serial(int(raw), raw), _time_dropped(raw, True))
    number = whole_number(raw)
    if number is not None and 1 <= number <= _LAST_SERIAL:
        return _read(_day_of_serial(number, raw), _like_year(number))
    return _parse_text(raw)


def _parse_text(raw: object) -> Parsed[date]:
    text = folded(raw)
    if len(text) == 5 and text.isascii() and text.isdigit():
        return _read(_day_of_serial(int(text), raw), ())
    if match := _COMPACT.fullmatch(text):
        return _read(day_of(int(match["year"]), match["month"], match["day"], raw), ())
    match = _DATE.fullmatch(text)
    if match is None:
        raise refusal(
            "date_unreadable",
            Text(
                f"「{shown(raw)}」を日付として読み取れません。", f"“{shown(raw)}” cannot be read as a date."
            ),
            _DATE_REMEDY,
            RULE,
        )
    year, era = year_of(match, raw)
    day = day_of(year, match["month"], match["day"], raw)
    _check_beside(match, day, raw)
    late = match["time"] is not None and not _MIDNIGHT.fullmatch(match["time"])
    return _read(day, outside_era(era, day, day, raw) + _time_dropped(raw, late))


def day_of(year: int, month: str, day: str, raw: object) -> date:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        raise _no_such_day(raw, f"{year}年{int(month)}月{int(day)}日") from None


def _read(day: date, warnings: tuple[Finding, ...]) -> Parsed[date]:
    return Parsed(day, understood_date(day), warnings)


def _day_of_serial(serial: int, raw: object) -> date:
    if serial == 0:
        raise _no_such_day(raw, "1900年1月0日")
    if serial == _EXCEL_LEAP_DAY:
        raise _no_such_day(raw, "1900年2月29日")
    return date(1899, 12, 31 if serial < _EXCEL_LEAP_DAY else 30) + timedelta(days=serial)


def _no_such_day(raw: object, read_as: str) -> BadValue:
    return refusal(
        "day_does_not_exist",
        Text(
            f"「{shown(raw)}」（{read_as}と読み取りました）という日は存在しません。",
            f"The day “{shown(raw)}” (read as {read_as}) does not exist.",
        ),
        Text("年月日を確かめてください。", "Check the year, month and day."),
        RULE,
    )


def _check_beside(match: re.Match[str], day: date, raw: object) -> None:
    """A date printed twice, or with its weekday, must agree with itself."""
    iso, weekday = match["iso"], match["weekday"]
    if iso in (None, day.isoformat()) and weekday in (None, WEEKDAYS[day.weekday()]):
        return
    raise refusal(
        "date_contradicts_itself",
        Text(
            f"「{shown(raw)}」の括弧の中が日付と合いません。{understood_date(day)}です。",
            f"The brackets in “{shown(raw)}” do not agree with the date, which is {understood_date(day)}.",
        ),
        Text(
            "日付か、括弧の中のどちらかを直してください。",
            "Correct either the date or what is in the brackets.",
        ),
        RULE,
    )


def _time_dropped(raw: object, late: bool) -> tuple[Finding, ...]:
    if not late:
        return ()
    return (
        warning(
            "time_dropped",
            Text(
                f"「{shown(raw)}」の時刻は読み捨てました。",
                f"The time of day in “{shown(raw)}” was left out.",
            ),
            Text("日付だけを書いてください。", "Write the date alone."),
            RULE,
        ),
    )


def _like_year(number: int) -> tuple[Finding, ...]:
    if number not in _SERIALS_LIKE_YEARS:
        return ()
    return (
        warning(
            "serial_like_year",
            Text(
                f"数値 {number} を Excel の日付として読み取りましたが、年のようにも見えます。",
                f"The number {number} was read as an Excel date, but looks like a year.",
            ),
            _DATE_REMEDY,
            RULE,
        ),
    )
