"""Facts of the tables of meetings and of trainings of the staff, as files that are loaded in this order.

What a table does not say is made up: codes, and which office an overseas meeting is of.
"""

from calendar import monthrange
from typing import Any

from tests.support.report_tables import local_governments, printed

Rows = list[dict[str, Any]]
TABLES = ("30", "39", "40", "41", "73", "83", "83a", "78", "78a")
NAMES = tuple(row["secretariat"] for row in printed("41"))
MODES = {
    "": "", "現地": "on_site", "オンライン": "online", "現地及びオンライン": "hybrid", "一部オンライン併用": "partly_online",
}  # fmt: skip
OFFICES = {
    "在シンガポール地方団体駐在員等会議": "singapore", "韓国駐在地方公務員等連絡協議会兼クレアソウルセミナー": "seoul",
    "在中国自治体事務所連絡会議": "beijing", "クレア北京事務所事業説明会": "beijing",
}  # fmt: skip
BODIES = {"理事会": "board", "評議員会": "councillors"}
# the count of one training is lost in print; 計25 has it
STATED = {
    "code": "HQ-TRAININGS-2024", "statistic": "hq-trainings", "fiscal_year": "2024", "label_ja": "計", "label_en": "Total",
    "value": "25", "unit": "回", "qualifier": "exact", "source": "6.2",
}  # fmt: skip


def _meeting(table: str, body: str, row: dict[str, str], name: str, **given: str) -> dict[str, Any]:
    day = row.get("held_on", "")
    return {
        "code": f"M{table}-{row['row_no']}", "body": body, "name": name, "date_start": row.get("date_start", day),
        "date_end": row.get("date_end", day), "mode": MODES[row.get("method", row.get("mode", ""))],
    } | given  # fmt: skip


def _count(row: dict[str, str], unit: str) -> dict[str, str]:
    return {"participants": row["participants"], "unit": unit, "qualifier": "exact"}


def _numbered(series: str, number: str) -> dict[str, str]:
    return {"series": series, "meeting_no": number}


def _meetings() -> Rows:
    governments = local_governments()
    return [
        *(
            _meeting(
                "30", "review", row, f"第{row['meeting_no']}回担い手連携促進検討会", meeting_no=row["meeting_no"],
                place=row["place"], topic=row["topic"], participants_text=row["participants_text"],
            )
            for row in printed("30")
        ),
        *(_meeting("39", "regional_advisers", row, "アドバイザー意見交換会") for row in printed("39")),
        *(
            _meeting("40", "association_council", row, row["event_name"], **_count(row, row["unit"]))
            for row in printed("40")
        ),
        *(
            _meeting(
                "41", "association_block", row, f"{row['block']}総会", block=row["block"],
                secretariat_code=governments[row["secretariat"]]["code"],
            )
            for row in printed("41")
        ),
        *(
            _meeting(
                "73", "resident_officers", row, row["series"], office_code=OFFICES[row["series"]], place=row["place"],
                content=row["content"], **_numbered(row["series"], row["session_no"]), **_count(row, "名"),
            )
            for row in printed("73")
        ),
        *(
            _meeting("83", BODIES[row["body"]], row, f"第{row['meeting_no']}回{row['body']}", meeting_no=row["meeting_no"])
            for row in printed("83")
        ),
    ]  # fmt: skip


def _period(row: dict[str, str]) -> dict[str, str]:
    first, last = row["date_start"], row["date_end"]
    if row["date_precision"] == "month":
        year, month = map(int, last.split("-"))
        first, last = f"{first}-01", f"{last}-{monthrange(year, month)[1]}"
    return {
        "training_code": f"T78-{row['row_no']}", "period_no": row["period_no"], "date_start": first,
        "date_end": last, "date_precision": row["date_precision"],
    }  # fmt: skip


def files() -> dict[str, Rows]:
    return {
        "meetings": _meetings(),
        "agenda-items": [
            {"meeting_code": f"M83-{row['row_no']}", "item_no": row["item_no"], "title": row["title"]}
            for row in printed("83a")
        ],
        "staff-trainings": [
            {
                "code": f"T78-{row['row_no']}", "category": row["category"], "name": row["training_name"],
                "fiscal_year": "2024", "date_text": row["date_text"], "sessions": row["sessions"],
            }
            for row in printed("78")
        ],
        "staff-training-periods": [_period(row) for row in printed("78a")],
        "stated-figures": [STATED],
    }  # fmt: skip
