"""Rules of claims for a clinic's bill (メンタルヘルスカウンセリング助成): what is granted of a bill, in whole yen.

A bill in another currency is exchanged at the rate of the service day; a part of it is granted, up to what is left of
the person's cap of the fiscal year in which the service day lies. Each amount is rounded down.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from math import floor
from typing import Any, Literal

from services.kit.errors import ACTION_CLOSED, Refusal
from services.kit.findings import Finding
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

State = Literal["draft", "submitted", "returned", "approved", "refused", "paid"]
YEN, MOST = "JPY", 10**9
# what a claim needs before it is submitted, besides a receipt
NEEDED = ("clinic_name", "bank_code", "branch_code", "account_type", "account_number", "account_holder_kana")

_OPEN = Text(
    "提出した申請は変更できません。差し戻されたときは変更できます。",
    "A claim that was submitted stays as it is, unless it is returned.",
)
_SUBMITTED = Text("提出された申請だけを決定できます。", "Only a claim that is submitted can be decided.")
CLAIM = Machine(
    "care_claim",
    "draft",
    (
        Transition("write", ("draft",), "draft", _OPEN),
        Transition("write", ("returned",), "returned", _OPEN),
        Transition("submit", ("draft", "returned"), "submitted", _OPEN),
        Transition("return", ("submitted",), "returned", _SUBMITTED),
        Transition("approve", ("submitted",), "approved", _SUBMITTED),
        Transition("refuse", ("submitted",), "refused", _SUBMITTED),
        Transition(
            "pay", ("approved",), "paid",
            Text("承認された申請だけを支払えます。", "Only a claim that is approved is paid."),
        ),
    ),
)  # fmt: skip
SERVED_LATER = Finding(
    "service_day_ahead",
    Text("受診日が今日より後です", "The day of the service lies ahead"),
    Text("領収書の受診日を確認してください。", "Check the day of the service on the receipt."),
)
NOT_WHOLE = Finding(
    "yen_not_whole",
    Text("円の金額に小数があります", "An amount in yen has no decimals"),
    Text("円単位の整数で入力してください。", "Write it in whole yen."),
)
OUT_OF_RANGE = Finding(
    "amount_out_of_range",
    Text("金額が範囲の外です", "The amount is out of range"),
    Text("0より大きく10億未満の金額を入力してください。", "Write an amount above 0 and below 1,000,000,000."),
)
MISSING = Finding(
    "claim_incomplete",
    Text("提出に必要な項目がありません", "This is needed before the claim is submitted"),
    Text("入力してから、もう一度提出してください。", "Fill it in and submit the claim again."),
)
NO_RECEIPT = Finding(
    "receipt_missing",
    Text("領収書がありません", "There is no receipt"),
    Text(
        "領収書の写真を添付してから、もう一度提出してください。",
        "Add a photograph of it and submit the claim again.",
    ),
)
NO_RATE = Refusal(
    "exchange_rate_missing", "conflict",
    Text("受診日の為替レートが登録されていません", "There is no exchange rate of the day of the service"),
    Text("この通貨の受診日を含むレートを登録してから、もう一度承認してください。",
         "Enter the rate of this currency that covers the day, and approve the claim again."),
)  # fmt: skip
NO_TERMS = Refusal(
    "subsidy_terms_missing", "conflict",
    Text("この年度の助成条件が登録されていません", "There are no terms of the subsidy for this fiscal year"),
    Text("助成条件を登録してから、もう一度承認してください。", "Enter the terms and approve the claim again."),
)  # fmt: skip
NOTHING_LEFT = Refusal(
    "allowance_spent", "conflict",
    Text("助成できる金額がありません", "There is nothing to grant"),
    Text("この年度の上限に達しているか、助成額が1円に満たない申請です。不承認にしてください。",
         "The cap of this fiscal year is reached, or less than a yen would be granted. Refuse the claim."),
)  # fmt: skip
OWN_CLAIM = Refusal(
    "claim_is_your_own", "conflict",
    Text("自分の申請は決定できません", "This claim is your own"),
    Text("ほかの担当者に決定を依頼してください。", "Ask another officer to decide it."),
)  # fmt: skip


def handed_in_since(today: date) -> int:
    """Of earlier fiscal years nobody is expected to hand a claim in any more."""
    return fiscal_year_of(today) - 1


def yen_of(amount: Decimal, rate: Decimal) -> int:
    """`rate`: yen for one unit of the currency; 1 for yen itself. Exact, then rounded down."""
    numerator, denominator = amount.as_integer_ratio()
    over, under = rate.as_integer_ratio()
    return numerator * over // (denominator * under)


def subsidy(yen: int, percent: int) -> int:
    return yen * percent // 100


def granted(yen: int, percent: int, cap: int, so_far: int) -> int:
    """What is granted of a bill, 0 where nothing is left. A cap that was lowered below `so_far` grants no more."""
    return max(0, min(subsidy(yen, percent), cap - so_far))


def held_cap(cap: int, so_far: int) -> int:
    """The cap that an allowance is held to: what was granted under an earlier one is not taken back."""
    return max(cap, so_far)


def astray(row: dict[str, Any], today: date) -> Iterator[tuple[str, Finding]]:
    """What of a written claim cannot be."""
    if row["service_on"] > today:
        yield "service_on", SERVED_LATER
    amount = Decimal(row["amount"])
    if not 0 < amount < MOST:
        yield "amount", OUT_OF_RANGE
    elif row["currency"] == YEN and amount != floor(amount):
        yield "amount", NOT_WHOLE


def missing(details: dict[str, Any], receipts: int) -> Iterator[tuple[str, Finding]]:
    """What a claim lacks that is to be submitted."""
    for name in NEEDED:
        if not details.get(name):
            yield name, MISSING
    if not receipts:
        yield "receipts", NO_RECEIPT


def closed(action: str, state: str) -> Finding | None:
    return CLAIM.closed(action, state)


def after(action: str, state: str) -> str:
    """Where an open action leads from a state."""
    step = CLAIM.step(action, state)
    assert step is not None, ACTION_CLOSED.code
    return step.after
