"""CLAIR's officers of counselling: cases that need a counsellor, a word that came by telephone, and claims that wait to be
decided or paid. They see pseudonyms, and nothing of what is said."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.oneself import open_acts
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

OFFICERS = ("care_officer",)
CASES, CASE, OPEN, ASSIGN = "care_cases_list", "care_cases_read", "care_cases_create", "care_cases_assign"
CHANNELS = "care_channels_list"
COUNSELLORS = "directory_counsellors_list"
# whom an officer means; one of the two
WHOSE = ("jet_number", "participant_id")
CLAIMS, CLAIM, DETAILS, RECEIPTS, FILE = (
    "care_claims_list", "care_claims_read", "care_claims_details", "care_claim_receipts_list", "care_claim_receipts_file",
)  # fmt: skip
DECIDE = {"approve": "care_claims_approve", "return": "care_claims_return", "refuse": "care_claims_refuse"}
PAYMENTS, PAY, BANK = "care_claim_payments_list", "care_claim_payments_create", "care_claim_payments_file"
TO_ASSIGN, TO_DECIDE = "/desk/care-cases", "/desk/care-claims"
ALL_CASES, ALL_CLAIMS, A_CLAIM = (
    Text("担当を決めるケース", "Cases to assign"), Text("助成の申請", "Claims to decide"), Text("助成の申請", "A claim"),
)  # fmt: skip
ASSIGNED = Text("担当を決めました。", "The case is assigned.")
OPENED = Text("申出をケース {pseudonym} に記録しました。", "The word is noted in the case {pseudonym}.")
DONE = {
    "approve": Text("承認しました。", "The claim is approved."),
    "return": Text("差し戻しました。", "The claim is returned."),
    "refuse": Text("不承認にしました。", "The claim is refused."),
}
PAID = Text("振込を作成しました。", "The payment is made.")
SHOWN_CASES = (CASES, COUNSELLORS, CHANNELS)
SHOWN_CLAIMS = (CLAIMS, PAYMENTS)
SHOWN_CLAIM = (CLAIM, DETAILS, RECEIPTS)

pages = Pages()


@pages.page(TO_ASSIGN, ALL_CASES, roles=OFFICERS, calls=SHOWN_CASES, menu=True)
async def cases(visit: Visit) -> Response:
    return await _cases(visit)


@pages.command(TO_ASSIGN, ALL_CASES, roles=OFFICERS, calls=(*SHOWN_CASES, OPEN))
async def open_for(visit: Visit) -> Response:
    try:
        made = await visit.do(OPEN, given(visit, *WHOSE) | {"channel": visit.field("channel")})
    except Refused as refused:
        return await _cases(visit, status=refused.status, problem=refused.problem)
    return visit.go(TO_ASSIGN, OPENED.fill(pseudonym=made["pseudonym"]))


@pages.command(f"{TO_ASSIGN}/{{id}}", ALL_CASES, roles=OFFICERS, calls=(*SHOWN_CASES, ASSIGN))
async def assign(visit: Visit) -> Response:
    counsellor, _, organisation = visit.field("counsellor").partition(" ")
    body = {"counsellor_id": counsellor, "organisation_code": organisation}
    try:
        await visit.do(ASSIGN, body, ref=visit.path("id"))
    except Refused as refused:
        return await _cases(visit, status=refused.status, problem=refused.problem)
    return visit.go(TO_ASSIGN, ASSIGNED)


@pages.page(TO_DECIDE, ALL_CLAIMS, roles=OFFICERS, calls=SHOWN_CLAIMS, menu=True)
async def claims(visit: Visit) -> Response:
    return await _claims(visit)


@pages.command(f"{TO_DECIDE}/payments", ALL_CLAIMS, roles=OFFICERS, calls=(*SHOWN_CLAIMS, PAY))
async def pay(visit: Visit) -> Response:
    try:
        await visit.do(PAY, {"pay_on": visit.field("pay_on")})
    except Refused as refused:
        return await _claims(visit, status=refused.status, problem=refused.problem)
    return visit.go(TO_DECIDE, PAID)


@pages.page(f"{TO_DECIDE}/payments/{{payment}}.csv", ALL_CLAIMS, roles=OFFICERS, calls=(BANK,))
async def bank_file(visit: Visit) -> Response:
    return await visit.file(BANK, accept="text/csv", ref=visit.path("payment"))


@pages.page(f"{TO_DECIDE}/{{id}}", A_CLAIM, roles=OFFICERS, calls=SHOWN_CLAIM)
async def claim(visit: Visit) -> Response:
    return await _claim(visit)


@pages.page(f"{TO_DECIDE}/{{id}}/receipts/{{receipt}}", A_CLAIM, roles=OFFICERS, calls=(FILE,))
async def receipt(visit: Visit) -> Response:
    return await visit.file(FILE, ref=visit.path("receipt"))


def _decide(name: str) -> None:
    @pages.command(f"{TO_DECIDE}/{{id}}/{name}", A_CLAIM, roles=OFFICERS, calls=(*SHOWN_CLAIM, DECIDE[name]))
    async def decide(visit: Visit) -> Response:
        answer = visit.field("claim_answer").replace("\r\n", "\n")
        body = None if name == "approve" else {"claim_answer": answer}
        try:
            await visit.do(DECIDE[name], body, ref=visit.path("id"))
        except Refused as refused:
            return await _claim(visit, answer, status=refused.status, problem=refused.problem)
        return visit.go(TO_DECIDE, DONE[name])


for _name in DECIDE:
    _decide(_name)


def given(visit: Visit, *names: str) -> dict[str, str]:
    """What of these was filled in."""
    return {name: said for name in names if (said := visit.field(name))}


async def counsellors(visit: Visit) -> list[tuple[str, str, str]]:
    """Who counsels today: the id, the organisation's code, and what they are called."""
    return [
        (one["counsellor_id"], one["organisation_code"], f"{one['counsellor_name'] or ''} {one['organisation_name']}")
        for one in await visit.every(COUNSELLORS, sort="organisation_code")
    ]  # fmt: skip


async def _cases(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    """Those without a counsellor, or beyond a wall that was set since."""
    found = await visit.every(CASES, state="open", sort="opened_at")
    channels = [(one["code"], one[f"label_{visit.language}"]) for one in await visit.every(CHANNELS)]
    return visit.show(
        "care_office.html", status=status, problem=problem,
        found=[one for one in found if one["counsellor_id"] is None or one["walled"]],
        counsellors=[(f"{one} {code}", name) for one, code, name in await counsellors(visit)],
        channels=[("", "—"), *channels], values={name: visit.field(name) for name in (*WHOSE, "channel")},
    )  # fmt: skip


async def _claims(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    return visit.show(
        "care_claims.html", status=status, problem=problem,
        found=await visit.every(CLAIMS, state="submitted", sort="submitted_at"),
        approved=await visit.every(CLAIMS, state="approved"), payments=await visit.every(PAYMENTS, sort="-pay_on"),
        pay_on=visit.field("pay_on"),
    )  # fmt: skip


async def _claim(visit: Visit, answer: str = "", *, status: int = 200, problem: Any = None) -> Response:
    found = await visit.read(CLAIM, ref=visit.path("id"))
    return visit.show(
        "care_claim.html", status=status, problem=problem, one=found, acts=open_acts(found), answer=answer,
        details=await visit.read(DETAILS, ref=found["id"]),
        receipts=await visit.every(RECEIPTS, claim_id=found["id"], sort="added_at"),
    )  # fmt: skip
