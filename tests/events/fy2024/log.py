"""The office log of FY2024 as its tables print it: each figure is so many lines, synthetic but for their number.

Interviews and consultations of the citizens' plaza are headquarters' own; what the overseas offices supported and whom is
invented, since these tables have a shape alone. Fourteen surveys were asked for by ten bodies; six are printed.
"""

from datetime import date, timedelta
from typing import Any

from tests.support.report_tables import local_governments, printed

Row = dict[str, Any]
Rows = list[Row]
TABLES = ("37", "82")
PLAZA = {"interview": 42, "consultation": 260}
_CITIES = {
    "ニューヨーク": "new_york", "ロンドン": "london", "パリ": "paris", "シンガポール": "singapore", "ソウル": "seoul",
    "シドニー": "sydney", "北京": "beijing",
}  # fmt: skip
# bodies that asked, by their names in the report; the fourteen surveys are of ten
BODIES = (
    "北海道",
    "静岡県",
    "愛知県",
    "京都府",
    "広島県",
    "福岡県",
    "横浜市",
    "名古屋市",
    "福岡市",
    "静岡県三島市",
)
NAMES = BODIES
_CODES = {name: row["code"] for name, row in local_governments().items()}
_PLAIN = ("NPO法人架空", "架空国際交流協会", "架空市国際課")
_KINDS = ("npo", "association", "other")


def _day(number: int, of: int) -> str:
    """Over the fiscal year."""
    return str(date(2024, 4, 1) + timedelta(days=number * 364 // of))


def _plaza() -> Rows:
    return [
        {
            "office_code": "", "received_on": _day(number, count), "done_on": _day(number, count), "kind": kind,
            "requester_name": f"{_PLAIN[number % 3]}{number + 1}", "requester_kind": _KINDS[number % 3],
            "content": f"多文化共生に関する{'聞き取り' if kind == 'interview' else '相談'} {number + 1}",
        }
        for kind, count in PLAZA.items()
        for number in range(count)
    ]  # fmt: skip


def _overseas() -> Rows:
    """Of each office three local governments and a university; an enquiry by e-mail beside, which is not counted."""
    asked: tuple[Row, ...] = (
        {"organisation_code": _CODES["静岡県"], "kind": "activity_support", "marked": "true"},
        {"organisation_code": _CODES["横浜市"], "kind": "appointment"},
        {"organisation_code": _CODES["静岡県三島市"], "kind": "interpreter"},
        {"requester_name": "架空大学", "requester_kind": "other", "kind": "activity_support"},
        {"organisation_code": _CODES["愛知県"], "kind": "enquiry", "channel": "email"},
    )
    return [
        {"office_code": office, "received_on": _day(place, 5), "content": f"{city}での架空の用務 {place + 1}"} | one
        for city, office in _CITIES.items()
        for place, one in enumerate(asked)
    ]  # fmt: skip


def _surveys() -> Rows:
    shown = [(row["title"], row["offices"].split(";")) for row in printed("82")]
    others = [(f"架空の調査 {number}", [list(_CITIES)[number % 7]]) for number in range(14 - len(shown))]
    return [
        {
            "code": f"SV2024-{number + 1:02d}", "title": title, "office_codes": ";".join(_CITIES[city] for city in cities),
            "organisation_code": _CODES[BODIES[number % 10]], "requested_on": _day(number, 14),
            "answered_on": _day(number, 14), "marked": str(number < len(shown)).lower(),
        }
        for number, (title, cities) in enumerate((*shown, *others))
    ]  # fmt: skip


def files() -> dict[str, Rows]:
    """By the kind of import, in the order in which they are loaded."""
    plaza = {"code": "BODIES", "kind": "body_list", "name_ja": "多文化共生支援団体リスト"}
    held = {
        "code": "BODIES",
        "channel_code": "BODIES",
        "name_ja": "掲載団体数",
        "unit": "団体",
        "starts_on": "2025-03-31",
    }
    return {
        "supports": [*_plaza(), *_overseas()], "surveys": _surveys(), "media-channels": [plaza], "channel-metrics": [held],
        "metric-readings": [{"metric_code": "BODIES", "read_on": "2025-03-31", "value": 84}],
    }  # fmt: skip
