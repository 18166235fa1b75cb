"""The payment file: columns after the Zengin transfer (全銀協 総合振込), and what a bank may read of a payment.

A line says to whom, where and how much, and by whom as in every other payment of the JET Programme; nothing in the file
tells what it is paid for.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.kit.errors import Refusal
from services.kit.text import Text

COLUMNS = (
    "金融機関コード",
    "支店コード",
    "預金種目",
    "口座番号",
    "受取人名",
    "振込金額",
    "振込依頼人名",
    "振込指定日",
)
# 預金種目: 1 普通, 2 当座, 4 貯蓄
ACCOUNT_TYPES = {"ordinary": "1", "current": "2", "savings": "4"}
_LETTERS = str.maketrans(
    "ァィゥェォッャュョヮヵヶヰヱー・＝ヽヾ" + "ヷヸヹヺ",
    "アイウエオツヤユヨワカケイエ－\u3000\u3000\u3000\u3000" + "ワイエヲ",
)
NOTHING_TO_PAY = Refusal(
    "nothing_to_pay", "conflict",
    Text("支払う申請がありません", "There is nothing to pay"),
    Text("承認された申請を確認してください。", "See which claims are approved."),
)  # fmt: skip
PAID_BEFORE = Refusal(
    "pay_day_past", "payload",
    Text("振込指定日が今日より前です", "The day of payment has passed"),
    Text("今日以降の日付を指定してください。", "Choose today or a later day."),
)  # fmt: skip


class PaymentSettings(BaseSettings):
    """`KAKEHASHI_TRANSFER_NAME`: by whom a payment is, as the receiver's passbook prints it."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", extra="ignore")

    transfer_name: str = "ジエツトプログラム"


def bank_kana(kana: str) -> str:
    """A reading in the letters that banks print: no small ones, a dash for a long vowel, a space for a dot."""
    return " ".join(kana.translate(_LETTERS).split())


def line(details: Mapping[str, Any], yen: int, pay_on: date, by: str) -> list[str | int]:
    """One transfer, in the order of COLUMNS."""
    return [
        details["bank_code"], details["branch_code"], ACCOUNT_TYPES[details["account_type"]],
        details["account_number"], bank_kana(details["account_holder_kana"]), yen, by, f"{pay_on:%Y%m%d}",
    ]  # fmt: skip
