"""Claims of invented people, as the tests make them."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.support.care import OFFICER, Care, done
from tests.support.serving import Caller

JPEG, PNG = b"\xff\xd8\xff\xe0" + b"photograph" * 20, b"\x89PNG\r\n\x1a\n" + b"scan" * 20
HEIC, PDF = b"\x00\x00\x00\x18ftypheic" + b"picture" * 20, b"%PDF-1.7\n" + b"paper" * 20
CLINIC = "架空こころのクリニック"
CONTENT = {
    "clinic_name": CLINIC,
    "bank_code": "9999",
    "branch_code": "998",
    "account_type": "ordinary",
    "account_number": "7654321",
    "account_holder_kana": "ジェーン・ドゥー",
    "claim_note": "カウンセリング3回分です。",
}


def written(care: Care, who: Caller, *, on: str = "2024-06-10", amount: str = "8400", **more: Any) -> Any:
    body = {"service_on": on, "currency": "JPY", "amount": amount} | CONTENT | more
    return done(care.call("care_claims_create", who, json=body))


def photographed(
    care: Care, who: Caller, claim: str, content: bytes = JPEG, media: str = "image/jpeg"
) -> httpx.Response:
    return care.call(
        "care_claim_receipts_add", who, headers={"Content-Type": media}, path={"ref": claim}, content=content
    )


def submitted(care: Care, who: Caller, **more: Any) -> str:
    claim: str = written(care, who, **more)["id"]
    done(photographed(care, who, claim))
    done(act(care, "submit", claim, who))
    return claim


def act(care: Care, verb: str, claim: str, who: Caller = OFFICER, **options: Any) -> httpx.Response:
    return care.call(f"care_claims_{verb}", who, path={"ref": claim}, **options)


def granted(care: Care, claim: str) -> int:
    found: int = done(act(care, "approve", claim))["granted_yen"]
    return found


def paid_today(care: Care) -> Any:
    return done(care.call("care_claim_payments_create", OFFICER, json={"pay_on": "2024-07-08"}))


def a_day_later(care: Care) -> None:
    """As if what is paid today had been paid yesterday."""
    care.sql("UPDATE care.claim SET pay_on = '2024-07-07' WHERE pay_on = '2024-07-08'")


def left(care: Care, who: Caller) -> dict[int, int]:
    """Of each fiscal year that the caller was granted something in."""
    return {
        one["fiscal_year"]: one["left_yen"] for one in done(care.call("care_allowances_list", who))["items"]
    }


async def persists(care: Care, operation: str, who: Caller, **options: Any) -> httpx.Response:
    """As a client does: busy is asked again with the same key."""
    headers = {"Idempotency-Key": str(uuid4())}
    while True:
        answer = await care.served.send(operation, who, headers, **options)
        if answer.status_code != 503:
            return answer
        await asyncio.sleep(0.05)


def walled(care: Care, officer: UUID | None, person: UUID | None) -> None:
    care.sql(
        "INSERT INTO care.person_wall (counsellor_id, participant_id, reason) "
        f"VALUES ('{officer}', '{person}', 'friend')"
    )
