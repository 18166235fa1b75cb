"""What claims are judged by: exchange rates by day, and the terms of the subsidy by fiscal year; added, and mended."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.care_office import OFFICERS
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

TERMS, RATES = "care_subsidy_terms", "care_exchange_rates"
WRITTEN = {
    TERMS: ("fiscal_year", "subsidy_percent", "cap_yen"), RATES: ("currency", "valid_from", "valid_to", "yen_rate"),
}  # fmt: skip
LISTS = (f"{TERMS}_list", f"{RATES}_list", f"{TERMS}_create", f"{RATES}_create")
HOME = "/desk/care-terms"
SHOWN = 100  # rates: a page stays small
ALL = Text("助成条件と為替レート", "Terms and rates")
ADDED, SAVED = Text("追加しました。", "It is added."), Text("保存しました。", "It is saved.")

pages = Pages()


@pages.page(HOME, ALL, roles=OFFICERS, calls=LISTS, menu=True)
async def terms(visit: Visit) -> Response:
    return await _terms(visit)


def _kept(kind: str, of: str, title: Text) -> None:
    create, read, change = f"{of}_create", f"{of}_read", f"{of}_change"

    @pages.command(f"{HOME}/{kind}", ALL, roles=OFFICERS, calls=LISTS)
    async def add(visit: Visit) -> Response:
        given = typed(visit.form, visit.entries(create, WRITTEN[of]))
        try:
            await visit.do(create, given)
        except Refused as refused:
            return await _terms(visit, given, kind, status=refused.status, problem=refused.problem)
        return visit.go(HOME, ADDED)

    @pages.page(f"{HOME}/{kind}/{{id}}", title, roles=OFFICERS, calls=(read,))
    async def one(visit: Visit) -> Response:
        return await _one(visit)

    @pages.command(f"{HOME}/{kind}/{{id}}", title, roles=OFFICERS, calls=(read, change))
    async def mend(visit: Visit) -> Response:
        given = typed(visit.form, visit.entries(create, WRITTEN[of]))
        try:
            await visit.do(change, given, match=visit.field("etag"), ref=visit.path("id"))
        except Refused as refused:
            return await _one(visit, given, status=refused.status, problem=refused.problem)
        return visit.go(HOME, SAVED)

    async def _one(
        visit: Visit, given: dict[str, Any] | None = None, *, status: int = 200, problem: Any = None
    ) -> Response:
        record, etag = await visit.tagged(read, ref=visit.path("id"))
        return visit.show(
            "care_term.html", status=status, problem=problem, asked=visit.entries(create, WRITTEN[of]), etag=etag,
            address=f"{HOME}/{kind}/{record['id']}", values=record | (given or {}),
        )  # fmt: skip


_kept("terms", TERMS, Text("助成条件を直す", "Mend terms"))
_kept("rates", RATES, Text("為替レートを直す", "Mend a rate"))


async def _terms(
    visit: Visit,
    given: dict[str, Any] | None = None,
    sent: str = "",
    *,
    status: int = 200,
    problem: Any = None,
) -> Response:
    cursor = visit.query.get("cursor")
    asked = {
        kind: visit.entries(f"{of}_create", WRITTEN[of]) for kind, of in (("terms", TERMS), ("rates", RATES))
    }
    empty = dict.fromkeys(one.name for entries in asked.values() for one in entries)
    return visit.show(
        "care_terms.html", status=status, problem=problem, sent=sent, asked=asked, values=empty | (given or {}),
        terms=await visit.every(f"{TERMS}_list", sort="-fiscal_year"),
        rates=await visit.read(f"{RATES}_list", sort="-valid_from", limit=SHOWN, cursor=cursor),
    )  # fmt: skip
