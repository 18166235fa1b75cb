"""A section's budget lines at the desk: how each stands, what was posted on it, and what a person decides of it. A re-cut is
tried first, and shown, before it is done."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import label, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.grant_calls import ROUNDS
from services.gateway.desk.pages.grant_selection import ENTRIES, LINE
from services.gateway.desk.pages.grant_sheets import OFFICERS
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

HOME, ONE = "/desk/grant-budget", "/desk/grant-budget/{code}"
LINES, CREATE, POSTED, RECUT = (
    "grants_budget_lines_list", "grants_budget_lines_create", "grants_ledger_entries_list", "grants_budget_lines_recut",
)  # fmt: skip
STEPS = {
    "plan": Text("見込額を登録しました。", "The plan is entered."),
    "appropriate": Text("理事会の議決を登録しました。", "The Board's decision is entered."),
    "transfer": Text("流用を登録しました。", "The transfer is posted."),
}
# of each step what it asks for, in the order in which people think of it
FIELDS = {
    "plan": ("planned_yen",), "appropriate": ("appropriated_yen", "appropriated_on"),
    "transfer": ("to_code", "transferred_yen", "posting_reason"), "recut": ("total_yen", "method"),
}  # fmt: skip
OF_LINE = ("code", "fiscal_year", "section", "name_ja", "name_en")
SHOWN = (LINE, POSTED, *(f"grants_budget_lines_{verb}" for verb in STEPS), RECUT)
ALL, TITLE, TRIAL = (
    Text("助成の予算", "Grant budgets"), Text("予算科目", "A budget line"), Text("再配分の試算", "A re-cut, tried"),
)  # fmt: skip
MADE, CUT = (
    Text("予算科目を作りました。", "The line is there."),
    Text(
        "再配分しました。続けて理事会の議決を登録してください。",
        "It is re-cut. Now enter what the Board decided.",
    ),
)
AT_ONCE, METHODS = 50, ("pro_rata", "tail")

pages = Pages()


@pages.page(HOME, ALL, roles=OFFICERS, calls=(LINES, CREATE), menu=True)
async def lines(visit: Visit) -> Response:
    return await _lines(visit)


@pages.command(HOME, ALL, roles=OFFICERS, calls=(LINES, CREATE))
async def create(visit: Visit) -> Response:
    given = typed(visit.form, visit.entries(CREATE, OF_LINE))
    try:
        made = await visit.do(CREATE, given)
    except Refused as refused:
        return await _lines(visit, given, refused)
    return visit.go(ONE.format(code=made["code"]), MADE)


async def _lines(
    visit: Visit, given: dict[str, Any] | None = None, refused: Refused | None = None
) -> Response:
    fields = visit.entries(CREATE, OF_LINE)
    found = await visit.read(LINES, sort="-fiscal_year", limit=AT_ONCE, cursor=visit.query.get("cursor"))
    return visit.show(
        "grant_budget.html", status=refused.status if refused else 200, problem=refused.problem if refused else None,
        found=found, fields=fields, values=given or dict.fromkeys(one.name for one in fields), given=given is not None,
    )  # fmt: skip


@pages.page(ONE, TITLE, roles=OFFICERS, calls=SHOWN)
async def line(visit: Visit) -> Response:
    return await _line(visit)


async def _line(
    visit: Visit, verb: str = "", given: dict[str, Any] | None = None, refused: Refused | None = None
) -> Response:
    one = await visit.read(LINE, ref=visit.path("code"))
    posted = await visit.read(
        POSTED, line_code=one["code"], sort="-posted_at", limit=AT_ONCE, cursor=visit.query.get("cursor")
    )
    fields = {step: visit.entries(f"grants_budget_lines_{step}", names) for step, names in FIELDS.items()}
    nothing = {name: dict.fromkeys(entry.name for entry in asked) for name, asked in fields.items()}
    return visit.show(
        "grant_line.html", status=refused.status if refused else 200, problem=refused.problem if refused else None, one=one,
        posted=posted, home=ONE.format(code=one["code"]), fields=fields, values=nothing | ({verb: given} if given else {}),
        opened=verb, methods=[(name, label("recut_method", name, visit.language)) for name in METHODS],
        acts={act["action"]: act.get("closed") for act in one["available_actions"]},
    )  # fmt: skip


def _step(verb: str, said: Text) -> None:
    call = f"grants_budget_lines_{verb}"

    @pages.command(f"{ONE}/{verb}", TITLE, roles=OFFICERS, calls=SHOWN)
    async def step(visit: Visit) -> Response:
        given = typed(visit.form, visit.entries(call, FIELDS[verb]))
        try:
            await visit.do(call, given, ref=visit.path("code"))
        except Refused as refused:
            return await _line(visit, verb, given, refused)
        return visit.go(ONE.format(code=visit.path("code")), said)


for _verb, _said in STEPS.items():
    _step(_verb, _said)


@pages.command(f"{ONE}/recut", TRIAL, roles=OFFICERS, calls=(*SHOWN, ROUNDS, ENTRIES))
async def recut(visit: Visit) -> Response:
    """Shown as it would be; done when that page asks for it."""
    given, trial = (
        typed(visit.form, visit.entries(RECUT, FIELDS["recut"])),
        visit.field("do") != "yes",
    )
    try:
        made = await visit.do(RECUT, given | {"dry_run": trial}, ref=visit.path("code"))
    except Refused as refused:
        return await _line(visit, "recut", given, refused)
    if not trial:
        return visit.go(ONE.format(code=visit.path("code")), CUT)
    one = await visit.read(LINE, ref=visit.path("code"))
    rows = sorted(made["items"], key=lambda row: (row["rank"] is None, row["rank"]))
    return visit.show(
        "grant_recut.html", one=one, given=given, rows=rows, about=await _about(visit, one),
        home=ONE.format(code=one["code"]), sums=[sum(row[at] for row in rows) for at in ("before", "after")],
    )  # fmt: skip


async def _about(visit: Visit, one: dict[str, Any]) -> dict[str, Any]:
    """Whose the reservations are: the entries of the line's rounds."""
    rounds = await visit.every(ROUNDS, fiscal_year=one["fiscal_year"])
    found = [
        await visit.every(ENTRIES, round_code=of["code"])
        for of in rounds if of["budget_line_code"] == one["code"]
    ]  # fmt: skip
    return {entry["application_id"]: entry for part in found for entry in part}
