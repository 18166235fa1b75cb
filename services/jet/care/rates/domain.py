"""Rules of exchange rates: of another currency than the yen, in range, for days in order."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from services.kit.findings import Finding
from services.kit.text import Text

MOST = 10**6  # yen for one unit, not reached
OUT_OF_RANGE = Finding(
    "exchange_rate_out_of_range",
    Text("為替レートが範囲の外です", "The rate or its currency is out of range"),
    Text(
        "円以外の通貨の、1単位あたりの円を0より大きく100万未満で入力してください。",
        "Write the yen for one unit of another currency, above 0 and below 1,000,000.",
    ),
)
OUT_OF_ORDER = Finding(
    "exchange_rate_days",
    Text("終了日が開始日より前です", "The last day lies before the first"),
    Text("有効期間の日付を確認してください。", "Check both days."),
)


def astray(row: dict[str, Any]) -> Iterator[tuple[str, Finding]]:
    if row["currency"] == "JPY":
        yield "currency", OUT_OF_RANGE
    if not 0 < Decimal(row["yen_rate"]) < MOST:
        yield "yen_rate", OUT_OF_RANGE
    if row["valid_to"] < row["valid_from"]:
        yield "valid_to", OUT_OF_ORDER
