"""The facts of tables 07–09, 20, 21, 67–71 and 74–76 as the rows of import files."""

from itertools import count
from typing import Any

from tests.support.events import OFFICES
from tests.support.report_tables import printed

Rows = list[dict[str, Any]]
NAMES: tuple[str, ...] = ()
TABLES = ("07", "08", "09", "20", "21", "67", "68", "69", "70", "71", "74", "75", "76")
BY_CITY = {city: code for code, (city, _, _) in OFFICES.items()}
FORUM, FLASH = "自治体国際化フォーラム", "海外事務所フラッシュ"
TOPICS = {"インバウンド": "inbound", "海外販路開拓": "sales_channels"}


def _month(year_month: str) -> dict[str, str]:
    return {"published_on": f"{year_month}-01", "date_precision": "month"}


def publications() -> Rows:
    of = [
        ("CASES", "article", "取組事例"), ("MAIL", "mail_magazine", "メールマガジン"), ("FORUM", "forum", FORUM),
        ("FLASH", "office_flash", FLASH), ("REPORTS", "report", "クレアレポート"),
        ("SERIES", "local_government_series", "各国の地方自治シリーズ"), ("BEST", "best_practice", "優良施策"),
        ("PORTAL", "web", "多文化共生ポータルサイト"), ("RECIPES", "web", "Cook Local Japan"), ("TOOLS", "web", "災害時ツール"),
    ]  # fmt: skip
    texts = {"TOOLS": "災害時に使う表示や音声。13言語（15種類）", "RECIPES": "各地の料理のレシピの紹介"}
    rows: Rows = [
        {"code": code, "kind": kind, "name_ja": name, "content": texts.get(code)} for code, kind, name in of
    ]
    rows[4] |= {"cumulative_before": 555, "cumulative_year": 2023}
    rows[8] |= {"office_code": "london"}
    return rows + [
        {
            "code": f"NEWS-{row['row_no']}", "kind": "newsletter", "office_code": BY_CITY[row["overseas_office"]],
            "name_ja": row["newsletter"], "content": row["content"],
        }
        for row in printed("70")
    ]  # fmt: skip


def _issue(of: str, number: int, **given: Any) -> dict[str, Any]:
    return {"code": f"{of}-{number}", "publication_code": of, "number": number} | given


def issues() -> Rows:
    rows = [
        _issue("MAIL", int(row["volume"]), title_ja=row["main_article"], article_count=row["articles"], **_month(row["year_month"]))
        for row in printed("67")
    ]  # fmt: skip
    rows += [
        _issue("FLASH", int(row["row_no"]), title_ja=row["main_article"], article_count=row["articles"], **_month(row["year_month"]))
        for row in printed("68")
    ]  # fmt: skip
    rows += [
        _issue("FORUM", int(row["issue_no"]), label=row["issue_label"], title_ja=row["feature"], **_month(row["year_month"]))
        for row in printed("69")
    ]  # fmt: skip
    rows += [
        _issue(f"NEWS-{row['row_no']}", number, title_ja=f"第{number}号", **_month(f"2024-{4 + number % 9:02}"))
        for row in printed("70")
        for number in range(1, int(row["issues"]) + 1)
    ]  # fmt: skip
    rows += [
        _issue("REPORTS", 555 + int(row["row_no"]), office_code=BY_CITY[row["overseas_office"]], title_ja=row["title"], **_month("2025-03"))
        for row in printed("74")
    ]  # fmt: skip
    rows += [
        _issue("SERIES", int(row["row_no"]), country_printed=row["country"], title_ja=row["title"], **_month("2025-03"))
        for row in printed("75")
    ]  # fmt: skip
    return rows + [
        _issue("BEST", int(row["row_no"]), body=row["body"], category=row["category"], title_ja=row["theme"], **_month("2025-03"))
        for row in printed("76")
    ]  # fmt: skip


def articles() -> Rows:
    """All that the counts count: those that are printed, and invented ones beside them."""
    rows: Rows = []
    for row in printed("07"):
        base = {"publication_code": "CASES", "published_on": row["published_on"]}
        title, parts = row["title"].removesuffix("（前編）（後編）"), ("（前編）", "（後編）")
        if title == row["title"]:
            rows.append(base | {"code": f"CASE-{row['row_no']}", "title_ja": title})
        else:
            rows += [
                base | {"code": f"CASE-{row['row_no']}-{at}", "title_ja": title, "work_code": "HALAL", "part_label": part}
                for at, part in enumerate(parts, 1)
            ]  # fmt: skip
    number = count(1)

    def of(field: str, medium: str, title: str, **given: Any) -> dict[str, Any]:
        made = {"code": f"ART-{next(number):03}", "publication_code": "FORUM" if medium == FORUM else "FLASH"}
        return made | {"topics": [TOPICS[field]], "title_ja": title, **_month("2024-09")} | given

    for row in printed("09"):
        rows.append(
            of(row["field"], row["medium"], row["title"], issue_label=row["issue"] or None, marked=True)
        )
    for row in printed("08"):
        shown = sum(one["field"] == row["field"] for one in printed("09"))
        rows += [of(row["field"], FLASH, f"架空の記事{at}") for at in range(int(row["articles"]) - shown)]
    return rows


def channels() -> Rows:
    rows: Rows = [
        {
            "code": f"CH-{row['row_no']}", "office_code": BY_CITY[row["overseas_office"]], "kind": "sns",
            "number": row["seq"], "name_ja": row["channel"],
        }
        for row in printed("71")
    ]  # fmt: skip
    return [
        *rows,
        {"code": "LIBRARY", "kind": "library", "number": 1, "name_ja": "多文化共生ツールライブラリー"},
        {"code": "FACEBOOK", "kind": "sns", "number": 1, "name_ja": "Facebook"},
        {"code": "X", "kind": "sns", "number": 2, "name_ja": "X（旧Twitter）"},
        {"code": "READERS", "kind": "mail_list", "number": 3, "name_ja": "メールマガジン"},
    ]  # fmt: skip


METRICS = ("LIKES", "FACEBOOK-FOLLOWERS", "X-FOLLOWERS")


def metrics() -> Rows:
    since = {"starts_on": "2024-03-31"}
    rows: Rows = [
        {"code": f"TOOLS-{row['row_no']}", "channel_code": "LIBRARY", "number": row["row_no"], "name_ja": row["item"], "unit": "件", **since}
        for row in printed("20")
    ]  # fmt: skip
    rows += [
        {
            "code": code, "channel_code": "FACEBOOK" if row["channel"] == "Facebook" else "X", "number": row["row_no"],
            "name_ja": row["metric"], "unit": "名", **since,
        }
        for code, row in zip(METRICS, printed("21"), strict=True)
    ]  # fmt: skip
    return [*rows, {"code": "READERS", "channel_code": "READERS", "name_ja": "読者数", "unit": "名", **since}]


def readings() -> Rows:
    rows: Rows = [
        {"metric_code": f"TOOLS-{row['row_no']}", "read_on": "2025-03-31", "value": row["count"]}
        for row in printed("20")
    ]
    for code, row in zip(METRICS, printed("21"), strict=True):
        rows += [
            {"metric_code": code, "read_on": day, "value": row[name]}
            for day, name in (("2024-03-31", "previous_year"), ("2025-03-31", "count"))
        ]
    return [*rows, {"metric_code": "READERS", "read_on": "2025-03-31", "value": 6336}]


def _numbers(rows: Rows) -> Rows:
    """As a CSV would have them, but for numbers."""
    whole = ("number", "article_count", "value")
    return [
        {name: int(value) if name in whole and value is not None else value for name, value in row.items()}
        for row in rows
    ]


def files() -> dict[str, Rows]:
    made = {
        "publications": publications(), "issues": issues(), "articles": articles(), "media-channels": channels(),
        "channel-metrics": metrics(), "metric-readings": readings(),
    }  # fmt: skip
    return {kind: _numbers(rows) for kind, rows in made.items()}
