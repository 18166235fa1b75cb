"""Saved searches that Excel opens by itself, and their keys: made, replaced, and ended at once."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

OWNERS = ("coordinator", "registrar", "organisation", "host_authority")
LIST, READ, KEYS = "identity_saved_queries_list", "identity_saved_queries_read", "identity_query_keys_list"
SAVE, RETIRE = "identity_saved_queries_create", "identity_saved_query_retirements_create"
GIVE, REVOKE = "identity_saved_query_keys_create", "identity_query_key_revocations_create"
CLOCK, QUERIES = "identity_clock_read", "/desk/queries"
TITLE, ONE = Text("Excelで開く", "Open in Excel"), Text("保存した検索条件", "A saved search")
SAVED = Text("保存しました。続けて鍵を作ってください。", "Saved. Make a key for it now.")
REVOKED = Text("鍵を失効させました。", "The key opens nothing any more.")
RETIRED = Text(
    "検索条件を削除し、鍵をすべて失効させました。", "The search is gone, and all of its keys with it."
)

pages = Pages()


@pages.page(QUERIES, TITLE, roles=OWNERS, calls=(LIST,), menu=True)
async def queries(visit: Visit) -> Response:
    return await _listed(visit, {"list_address": visit.query.get("address", ""), "name": ""})


@pages.command(QUERIES, TITLE, roles=OWNERS, calls=(LIST, SAVE))
async def save(visit: Visit) -> Response:
    given = {name: visit.field(name) for name in ("name", "list_address")}
    try:
        made = await visit.do(SAVE, given)
    except Refused as refused:
        return await _listed(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(f"{QUERIES}/{made['id']}", SAVED)


@pages.page(f"{QUERIES}/{{id}}", ONE, roles=OWNERS, calls=(READ, KEYS, CLOCK))
async def query(visit: Visit) -> Response:
    return await _one(visit)


@pages.command(f"{QUERIES}/{{id}}/keys", ONE, roles=OWNERS, calls=(READ, KEYS, CLOCK, GIVE))
async def give(visit: Visit) -> Response:
    """The key stands on this one page, and nowhere again: not in an address, and not in a cookie."""
    days = visit.field("overlap_days") or "0"
    try:
        made = await visit.do(
            GIVE, {"label": visit.field("label")}, ref=visit.path("id"), query={"overlap_days": days}
        )
    except Refused as refused:
        return await _one(visit, status=refused.status, problem=refused.problem)
    return await _one(visit, made=made)


@pages.command(f"{QUERIES}/{{id}}/keys/{{key}}/revoke", ONE, roles=OWNERS, calls=(REVOKE,))
async def revoke(visit: Visit) -> Response:
    await visit.do(REVOKE, ref=visit.path("key"))
    return visit.go(f"{QUERIES}/{visit.path('id')}", REVOKED)


@pages.command(f"{QUERIES}/{{id}}/retire", ONE, roles=OWNERS, calls=(RETIRE,))
async def retire(visit: Visit) -> Response:
    await visit.do(RETIRE, ref=visit.path("id"))
    return visit.go(QUERIES, RETIRED)


async def _listed(visit: Visit, given: dict[str, str], *, status: int = 200, problem: Any = None) -> Response:
    return visit.show(
        "queries.html", status=status, problem=problem, rows=await visit.every(LIST), given=given
    )


async def _one(visit: Visit, *, status: int = 200, problem: Any = None, made: Any = None) -> Response:
    saved = await visit.read(READ, ref=visit.path("id"))
    keys = await visit.every(KEYS, saved_query_id=saved["id"])
    now = (await visit.read(CLOCK))["now"]
    return visit.show(
        "query.html", status=status, problem=problem, saved=saved, keys=keys, now=now, made=made,
        label=visit.field("label"),
    )  # fmt: skip
