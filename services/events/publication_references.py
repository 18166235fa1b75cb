"""What records of publications and channels refer to, and whose they are."""

from collections.abc import Sequence
from typing import Annotated, Literal, get_args

from sqlalchemy import Table

from services.events.publication_tables import channel, channel_metric, issue, publication
from services.events.references import check_office, take_office
from services.kit.db.session import WriteSession
from services.kit.findings import Finding
from services.kit.resource import Ref, Row
from services.kit.text import Text
from services.kit.wire import Called, choice

PublicationKind = Literal[
    "article", "mail_magazine", "office_flash", "forum", "newsletter", "report", "local_government_series",
    "best_practice", "web",
]  # fmt: skip
Precision = Literal["day", "month"]
Printed = Annotated[Precision, choice("date_precision", get_args(Precision)), Called("date_precision")]
MONTH = Finding(
    "month_by_its_first_day",
    Text("月だけが分かるときは、その月の1日を入力します", "A month alone is given by its first day"),
    Text(
        "日付を1日にするか、日付の精度を「日」にしてください。",
        "Give the first of the month, or say that the day is known.",
    ),
)


def _unknown(code: str, ja: str, en: str) -> Finding:
    return Finding(
        code,
        Text(f"このコードの{ja}は登録されていません", f"No {en} has this code"),
        Text(f"{ja}のコードを確認してください。{ja}は先に登録します。", f"Check the code; the {en} is entered first."),
    )  # fmt: skip


PUBLICATION = Ref(
    "publication_code", "publication_id", publication, "code",
    _unknown("publication_unknown", "刊行物", "publication"),
)  # fmt: skip
ISSUE = Ref("issue_code", "issue_id", issue, "code", _unknown("issue_unknown", "号", "issue"))
CHANNEL = Ref(
    "channel_code", "channel_id", channel, "code", _unknown("channel_unknown", "発信媒体", "channel")
)
METRIC = Ref("metric_code", "metric_id", channel_metric, "code", _unknown("metric_unknown", "指標", "metric"))


async def office_or(
    session: WriteSession, rows: Sequence[Row], table: Table, link: str, stored: Table
) -> dict[int, list[tuple[str, Finding]]]:
    """Of the office that a row names, else of that of the record it belongs to."""
    named = {row["_row"]: row["office"] for row in rows}
    await take_office(session, rows, table, link)
    for row in rows:
        row["office"] = named[row["_row"]] or row["office"]
    return await check_office(session, rows, stored=stored)


def check_month(row: Row) -> list[tuple[str, Finding]]:
    """Mirrored by the constraints issue_month and article_month."""
    return (
        [("published_on", MONTH)] if row["date_precision"] == "month" and row["published_on"].day > 1 else []
    )
