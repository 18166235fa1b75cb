"""A participant's claims for a clinic's bill: written, with photographs of the receipts, and submitted to CLAIR itself.

No organisation stands between: neither in the address nor on the way.
"""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.gateway.desk.forms import typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.oneself import PARTICIPANTS, open_acts
from services.gateway.desk.pages.uploads import no_file
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

CLAIMS, CLAIM, DETAILS, LEFT = (
    "care_claims_list", "care_claims_read", "care_claims_details", "care_allowances_list",
)  # fmt: skip
CREATE, CHANGE, SUBMIT = "care_claims_create", "care_claims_change", "care_claims_submit"
RECEIPTS, ADD, REMOVE, FILE = (
    "care_claim_receipts_list", "care_claim_receipts_add", "care_claim_receipts_remove", "care_claim_receipts_file",
)  # fmt: skip
HOME = "/desk/appointments/refunds"
ALL, ONE = Text("払戻し", "Refunds"), Text("払戻しの申請", "A refund")
OPEN = ("draft", "returned")
# in the order in which somebody has them at hand: the bill, then the bank book
WRITTEN = (
    "service_on", "clinic_name", "amount", "currency", "claim_note", "bank_code", "branch_code", "account_type",
    "account_number", "account_holder_kana",
)  # fmt: skip
SAVED = Text("保存しました。領収書を添えて提出してください。", "It is saved. Add the receipt, and submit it.")
ADDED, REMOVED = (
    Text("領収書を添えました。", "The receipt is added."),
    Text("領収書を外しました。", "The receipt is removed."),
)
SUBMITTED = Text("提出しました。", "It is submitted.")

pages = Pages()
SHOWN = (CLAIM, DETAILS, RECEIPTS, CREATE)


@pages.page(HOME, ALL, roles=PARTICIPANTS, calls=(CLAIMS, LEFT, CREATE))
async def refunds(visit: Visit) -> Response:
    return await _refunds(visit, {"currency": "JPY"})


@pages.command(HOME, ALL, roles=PARTICIPANTS, calls=(CLAIMS, LEFT, CREATE))
async def create(visit: Visit) -> Response:
    given = typed(visit.form, visit.entries(CREATE, WRITTEN))
    try:
        made = await visit.do(CREATE, given)
    except Refused as refused:
        return await _refunds(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{made['id']}", SAVED)


@pages.page(f"{HOME}/{{id}}", ONE, roles=PARTICIPANTS, calls=SHOWN)
async def refund(visit: Visit) -> Response:
    return await _refund(visit)


@pages.command(f"{HOME}/{{id}}", ONE, roles=PARTICIPANTS, calls=(*SHOWN, CHANGE))
async def change(visit: Visit) -> Response:
    given = typed(visit.form, visit.entries(CREATE, WRITTEN))
    try:
        await visit.do(CHANGE, given, match=visit.field("etag"), ref=visit.path("id"))
    except Refused as refused:
        return await _refund(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{visit.path('id')}", SAVED)


@pages.command(f"{HOME}/{{id}}/receipts", ONE, roles=PARTICIPANTS, calls=(*SHOWN, ADD))
async def add(visit: Visit) -> Response:
    file = visit.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return await _refund(visit, status=422, problem=no_file(visit))
    try:
        await visit.attach(ADD, file, ref=visit.path("id"))
    except Refused as refused:
        return await _refund(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{visit.path('id')}", ADDED)


@pages.command(f"{HOME}/{{id}}/receipts/{{receipt}}/remove", ONE, roles=PARTICIPANTS, calls=(*SHOWN, REMOVE))
async def remove(visit: Visit) -> Response:
    try:
        await visit.do(REMOVE, ref=visit.path("receipt"))
    except Refused as refused:
        return await _refund(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{visit.path('id')}", REMOVED)


@pages.page(f"{HOME}/{{id}}/receipts/{{receipt}}", ONE, roles=PARTICIPANTS, calls=(FILE,))
async def receipt(visit: Visit) -> Response:
    return await visit.file(FILE, ref=visit.path("receipt"))


@pages.command(f"{HOME}/{{id}}/submit", ONE, roles=PARTICIPANTS, calls=(*SHOWN, SUBMIT))
async def submit(visit: Visit) -> Response:
    try:
        await visit.do(SUBMIT, ref=visit.path("id"))
    except Refused as refused:
        return await _refund(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{visit.path('id')}", SUBMITTED)


async def _refunds(
    visit: Visit, given: dict[str, Any], *, status: int = 200, problem: Any = None
) -> Response:
    asked = visit.entries(CREATE, WRITTEN)
    return visit.show(
        "care_refunds.html", status=status, problem=problem, asked=asked,
        values=dict.fromkeys(one.name for one in asked) | given,
        found=await visit.every(CLAIMS, sort="-service_on"), left=await visit.every(LEFT, sort="-fiscal_year"),
    )  # fmt: skip


async def _refund(
    visit: Visit, given: dict[str, Any] | None = None, *, status: int = 200, problem: Any = None
) -> Response:
    record, etag = await visit.tagged(CLAIM, ref=visit.path("id"))
    details = await visit.read(DETAILS, ref=visit.path("id"))
    return visit.show(
        "care_refund.html", status=status, problem=problem, one=record, etag=etag, details=details,
        receipts=await visit.every(RECEIPTS, claim_id=record["id"], sort="added_at"), acts=open_acts(record),
        asked=visit.entries(CREATE, WRITTEN), values=record | details | (given or {}), open=record["state"] in OPEN,
    )  # fmt: skip
