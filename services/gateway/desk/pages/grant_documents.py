"""The register of a section's documents (文書処理簿) at the desk: what it issued and received, by number, and what is void."""

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.grant_sheets import OFFICERS
from services.gateway.desk.pages.grants import LETTERS
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

HOME, ONE = "/desk/grant-documents", "/desk/grant-documents/{id}"
READ, VOID, REISSUE = "grants_documents_read", "grants_documents_void", "grants_documents_reissue"
KINDS = (
    "application", "withdrawal", "declination", "selection_notice", "waitlist_notice", "rejection_notice",
    "dismissal_notice", "decision_notice",
)  # fmt: skip
ALL, TITLE = Text("助成の文書", "Grant documents"), Text("文書", "A document")
REISSUED = Text("新しい番号で発行しました。", "It is issued under a new number.")
VOIDED = Text("無効にしました。番号はそのまま残ります。", "It is void. Its number stays.")

pages = Pages()


@pages.page(HOME, ALL, roles=OFFICERS, calls=(LETTERS,), menu=True)
async def documents(visit: Visit) -> Response:
    asked = {name: visit.query.get(name, "") for name in ("fiscal_year", "series", "kind")}
    try:
        found = await visit.read(LETTERS, **{name: value or None for name, value in asked.items()},
                                 sort="-issued_on", limit=50, cursor=visit.query.get("cursor"))  # fmt: skip
    except Refused as refused:
        return visit.show(
            "grant_documents.html", status=refused.status, problem=refused.problem, asked=asked, kinds=KINDS,
            found={"items": [], "next": None},
        )  # fmt: skip
    return visit.show("grant_documents.html", asked=asked, kinds=KINDS, found=found)


@pages.page(ONE, TITLE, roles=OFFICERS, calls=(READ,))
async def document(visit: Visit) -> Response:
    return await _document(visit)


async def _document(visit: Visit, refused: Refused | None = None) -> Response:
    one = await visit.read(READ, ref=visit.path("id"))
    return visit.show(
        "grant_document.html", status=refused.status if refused else 200, problem=refused.problem if refused else None,
        one=one, reason=visit.field("reason"), acts={act["action"]: act.get("closed") for act in one["available_actions"]},
    )  # fmt: skip


@pages.command(ONE, TITLE, roles=OFFICERS, calls=(READ, VOID))
async def void(visit: Visit) -> Response:
    try:
        await visit.do(VOID, {"reason": visit.field("reason")}, ref=visit.path("id"))
    except Refused as refused:
        return await _document(visit, refused)
    return visit.go(ONE.format(id=visit.path("id")), VOIDED)


@pages.command(f"{ONE}/reissue", TITLE, roles=OFFICERS, calls=(READ, REISSUE))
async def reissue(visit: Visit) -> Response:
    try:
        made = await visit.do(REISSUE, {"reason": visit.field("reason")}, ref=visit.path("id"))
    except Refused as refused:
        return await _document(visit, refused)
    return visit.go(ONE.format(id=made["id"]), REISSUED)
