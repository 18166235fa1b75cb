"""The decision on a round: the selection that one person draws up, its entries, who decides it, and the grants decided after
publication. Whoever is in conflict finds what they may see, and is told no more."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import differing, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.grant_calls import DESK
from services.gateway.desk.pages.grant_sheets import OFFICERS, ROUND
from services.gateway.desk.pages.oneself import CLOCK, before
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

ONE, ENTRY = f"{DESK}/rounds/{{code}}", f"{DESK}/entries/{{id}}"
SELECTIONS, SELECTION, DRAW_UP, DECIDE, AWARD = (
    "grants_selections_list", "grants_selections_read", "grants_selections_create", "grants_selections_decide",
    "grants_selections_award",
)  # fmt: skip
ENTRIES, READ, CHANGE = (
    "grants_selection_entries_list", "grants_selection_entries_read", "grants_selection_entries_change",
)  # fmt: skip
PANELS, LINE, DATE = "grants_panels_list", "grants_budget_lines_read", "grants_rounds_change"
SHOWN = (ROUND, SELECTIONS, SELECTION, ENTRIES, PANELS, LINE, CLOCK)
OF_ENTRY = (READ, SELECTION, ROUND, CLOCK)
STANDINGS = ("selected", "waitlisted", "not_selected", "declined", "awarded", "withdrawn")
ROWS, FIELDS = 50, ("standing", "amount_yen", "reason")
ROUND_PAGE, ENTRY_PAGE = (
    Text("選定と決定", "Selection and decision"),
    Text("選定案の内訳", "An entry of the selection"),
)
DRAWN_UP = Text(
    "選定案を作成しました。まだ何も決まっていません。", "The selection is drawn up. Nothing is decided yet."
)
DECIDED = Text(
    "採択を決定しました。公表日時まで、申請者には示されません。",
    "It is decided. No applicant is told before the instant of publication.",
)
AWARDED = Text("助成を決定しました。", "The grants are decided.")
DATED = Text("公表日時を登録しました。", "The instant of publication is entered.")
SAVED = Text("内訳を変更しました。", "The entry is changed.")
# as the service says it; which person may do it, no action of a record tells
ANOTHER = Text(
    "選定案を作成・変更した人は決定できません。作成も変更もしていない、別の担当者が決定します。",
    "Who drew it up, or changed it, does not decide it. Another officer, who did neither, does.",
)

pages = Pages()


@pages.page(ONE, ROUND_PAGE, roles=OFFICERS, calls=SHOWN)
async def selection(visit: Visit) -> Response:
    return await _shown(visit)


async def _shown(visit: Visit, *, status: int = 200, problem: Any = None, given: str = "") -> Response:
    of, etag = await visit.tagged(ROUND, ref=visit.path("code"))
    drawn = (await visit.read(SELECTIONS, round_code=of["code"]))["items"]
    one = await visit.read(SELECTION, ref=drawn[0]["id"]) if drawn else None
    entries = await visit.every(ENTRIES, round_code=of["code"], sort="rank") if one else []
    standing = visit.query.get("standing", "")
    rows = [row for row in entries if standing in ("", row["standing"])]
    first = first_of(visit, rows)
    line = await visit.read(LINE, ref=of["budget_line_code"]) if of["budget_line_code"] else None
    panels = (await visit.read(PANELS, round_code=of["code"]))["items"]
    now = (await visit.read(CLOCK))["now"]
    return visit.show(
        "grant_selection.html", status=status, problem=problem, of=of, etag=etag, given=given, one=one, now=now,
        line=line, panel=panels[0] if panels else None, home=ONE.format(code=of["code"]), sums=_sums(entries),
        rows=rows[first : first + ROWS], first=first, all=len(rows), standing=standing, standings=STANDINGS,
        acts={act["action"]: act.get("closed") for act in one["available_actions"]} if one else {},
        another=ANOTHER if one and _proposed(visit, one, entries) else None, due=bool(of["publish_at"]) and before(now, of["publish_at"]),
    )  # fmt: skip


def first_of(visit: Visit, rows: list[Any]) -> int:
    asked = visit.query.get("from", "")
    return int(asked) if asked.isdecimal() and len(asked) < 6 and int(asked) < len(rows) else 0


def _proposed(visit: Visit, one: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the visitor had a part in it."""
    return visit.cookie.person in (one["drawn_up_by"], *(entry["changed_by"] for entry in entries))


def _sums(entries: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """How many of each standing, and how much they have."""
    found: dict[str, tuple[int, int]] = {}
    for one in entries:
        number, yen = found.get(one["standing"], (0, 0))
        found[one["standing"]] = number + 1, yen + one["amount_yen"]
    return found


@pages.command(f"{ONE}/selection", ROUND_PAGE, roles=OFFICERS, calls=(*SHOWN, DRAW_UP))
async def draw_up(visit: Visit) -> Response:
    try:
        await visit.do(DRAW_UP, {"round_code": visit.path("code")})
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem)
    return visit.go(ONE.format(code=visit.path("code")), DRAWN_UP)


@pages.command(f"{ONE}/publication", ROUND_PAGE, roles=OFFICERS, calls=(*SHOWN, DATE))
async def date(visit: Visit) -> Response:
    body = typed(visit.form, visit.entries(DATE, ("publish_at",)))
    try:
        await visit.do(DATE, body, match=visit.field("etag"), ref=visit.path("code"))
    except Refused as refused:
        return await _shown(
            visit, status=refused.status, problem=refused.problem, given=visit.field("publish_at")
        )
    return visit.go(ONE.format(code=visit.path("code")), DATED)


@pages.command(f"{ONE}/decision", ROUND_PAGE, roles=OFFICERS, calls=(*SHOWN, DECIDE))
async def decide(visit: Visit) -> Response:
    return await _signed(visit, DECIDE, None, DECIDED)


@pages.command(f"{ONE}/awards", ROUND_PAGE, roles=OFFICERS, calls=(*SHOWN, AWARD))
async def award(visit: Visit) -> Response:
    """Of all that are selected, or of one."""
    named = visit.field("application_id")
    return await _signed(visit, AWARD, {"application_ids": [named] if named else []}, AWARDED)


async def _signed(visit: Visit, call: str, body: Any, said: Text) -> Response:
    drawn = (await visit.read(SELECTIONS, round_code=visit.path("code")))["items"]
    try:
        await visit.do(call, body, ref=drawn[0]["id"] if drawn else "-")
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem)
    return visit.go(ONE.format(code=visit.path("code")), said)


@pages.page(ENTRY, ENTRY_PAGE, roles=OFFICERS, calls=OF_ENTRY)
async def entry(visit: Visit) -> Response:
    return await _entry(visit)


async def _entry(
    visit: Visit, given: dict[str, Any] | None = None, refused: Refused | None = None
) -> Response:
    one, etag = await visit.tagged(READ, ref=visit.path("id"))
    drawn = await visit.read(SELECTION, ref=one["selection_id"])
    of = await visit.read(ROUND, ref=one["round_code"])
    now = (await visit.read(CLOCK))["now"]
    return visit.show(
        "grant_entry.html", status=refused.status if refused else 200, problem=refused.problem if refused else None, one=one,
        etag=etag, drawn=drawn, of=of, fields=visit.entries(CHANGE, FIELDS), values=one | (given or {}),
        home=ENTRY.format(id=one["id"]), public=bool(drawn["decided_at"]) and not before(now, of["publish_at"]),
        another=ANOTHER if _proposed(visit, drawn, [one]) else None,
    )  # fmt: skip


@pages.command(ENTRY, ENTRY_PAGE, roles=OFFICERS, calls=(*OF_ENTRY, CHANGE))
async def change(visit: Visit) -> Response:
    given = typed(visit.form, visit.entries(CHANGE, FIELDS))
    if given["standing"] == "not_selected":
        given["amount_yen"] = 0  # it gets nothing, whatever stood there
    one = await visit.read(READ, ref=visit.path("id"))
    try:
        await visit.do(CHANGE, differing(given, one), match=visit.field("etag"), ref=one["id"])
    except Refused as refused:
        return await _entry(visit, given, refused)
    return visit.go(ONE.format(code=one["round_code"]), SAVED)
