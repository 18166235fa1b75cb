"""What an application says is written: what it is about with the answers to the form, and the budget.

Of what is to be corrected, only the cells that CLAIR named are there to be changed.
"""

from collections.abc import Mapping
from typing import Any, Literal

from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.gateway.desk.forms import differing
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.grant_sheets import (
    READERS,
    SHEETS,
    Sheets,
    earlier,
    placed,
    sheets,
    sums,
    worded,
)
from services.gateway.desk.pages.uploads import no_file
from services.gateway.desk.sheet import Cell, titled, typed, within
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

READ, CHANGE, CORRECTIONS = (
    "grants_applications_read",
    "grants_applications_change",
    "grants_corrections_list",
)
CHECK = "grants_form_versions_check"
ONE = "/desk/grants/applications/{id}"
SHEET, TAKE = "grants_applications_cost_sheet", "grants_applications_take_cost_sheet"
COST_SHEET = Text("収支予算書", "The cost sheet")
TAKEN = Text("収支予算書を読み込み、保存しました。", "The cost sheet is read and saved.")
SAVED = Text("保存しました。提出はまだです。", "Saved. It is not submitted yet.")
SHOWN = (*SHEETS, READ, CORRECTIONS, CHECK)

pages = Pages()


async def asked_again(visit: Visit, record: dict[str, Any]) -> dict[str, Any] | None:
    """The correction that an application waits for."""
    if record["state"] != "correction_requested":
        return None
    found = await visit.read(CORRECTIONS, application_id=record["id"], sort="-due_at", limit=1)
    return next(iter(found["items"]), None)


async def computed(visit: Visit, found: Sheets, answers: Any, *, whole: bool = False) -> dict[str, Any]:
    """The computed cells, and what is wrong so far."""
    if found.form is None:
        return {"computed": {}, "findings": []}
    body = {"answers": answers, "whole": whole}
    said: dict[str, Any] = await visit.do(CHECK, body, ref=found.form_code)
    return said


Part = Literal["answers", "budget"]


async def _opened(
    visit: Visit, part: Part
) -> tuple[dict[str, Any], str, Sheets, dict[str, Any] | None, list[Cell]]:
    """The application with what is written of it here: of a correction what was asked for alone."""
    record, etag = await visit.tagged(READ, ref=visit.path("id"))
    found = await sheets(visit, record["round_code"], record)
    correction = await asked_again(visit, record)
    cells = [*found.about, *found.answers] if part == "answers" else found.budget
    return record, etag, found, correction, within(cells, correction["fields"]) if correction else cells


async def _shown(
    visit: Visit, part: Part, given: dict[str, Any] | None = None, refused: Refused | None = None
) -> Response:
    record, etag, found, correction, cells = await _opened(visit, part)
    status, problem = (200, None) if refused is None else (refused.status, refused.problem)
    stored = _by_place(record, part)
    values = stored | (given or {})
    return visit.show(
        "grant_sheet.html", status=status, problem=worded(_without_cells(problem), found, visit), one=record, etag=etag,
        part=part, cells=cells, values=values, placed={} if refused is None else placed(refused), correction=correction,
        stored=stored if status == 412 else {}, wrong_cells=_cells_of(problem),
        gone=await _gone(visit, record, cells) if status == 412 else {}, sums=sums(record["budget"]), of=found.round,
        computed=(await computed(visit, found, record["answers"]))["computed"] if part == "answers" else {},
    )  # fmt: skip


def _mount(part: Part, title: Text) -> None:
    path = f"{ONE}/{part}"

    @pages.page(path, title, roles=READERS, calls=SHOWN)
    async def sheet(visit: Visit) -> Response:
        return await _shown(visit, part)

    @pages.command(path, title, roles=READERS, calls=(*SHOWN, CHANGE))
    async def save(visit: Visit) -> Response:
        record, _, _, _, cells = await _opened(visit, part)
        given = _filled(typed(visit.form, cells))
        changed = differing(given, _by_place(record, part))
        body = {at: value for at, value in changed.items() if "." not in at}
        if inner := {at.partition(".")[2]: value for at, value in changed.items() if "." in at}:
            body[part] = inner
        try:
            await visit.do(CHANGE, body, match=visit.field("etag"), ref=record["id"])
        except Refused as refused:
            return await _shown(visit, part, given, refused)
        home = ONE.format(id=record["id"])
        return visit.go(f"{home}/{part}" if visit.field("more") == "yes" else home, SAVED)


@pages.page(f"{ONE}/cost-sheet", COST_SHEET, roles=READERS, calls=(SHEET,))
async def cost_sheet(visit: Visit) -> Response:
    return await visit.file(SHEET, ref=visit.path("id"))


@pages.command(f"{ONE}/cost-sheet", COST_SHEET, roles=READERS, calls=(*SHOWN, TAKE))
async def take(visit: Visit) -> Response:
    """The whole budget from a spreadsheet, or nothing of it."""
    file = visit.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return await _shown(visit, "budget", refused=Refused(422, no_file(visit)))
    try:
        await visit.attach(TAKE, file, match=visit.field("etag"), ref=visit.path("id"))
    except Refused as refused:
        return await _shown(visit, "budget", refused=refused)
    return visit.go(f"{ONE.format(id=visit.path('id'))}/budget", TAKEN)


def _cells_of(problem: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """What is wrong in a workbook, cell by cell."""
    return [one for one in (problem or {}).get("errors") or () if "sheet" in one]


def _without_cells(problem: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if problem is None:
        return None
    return {**problem, "errors": [one for one in problem.get("errors") or () if "sheet" not in one]}


async def _gone(visit: Visit, record: dict[str, Any], cells: list[Cell]) -> dict[str, str]:
    """What was typed into cells that the form has lost meanwhile, by their labels."""
    typed_in = {
        key: value for key, value in visit.form.items()
        if key.startswith("answers.") and isinstance(value, str) and value.strip()
        and not any(f"{key}.".startswith(f"{one.at}.") for one in cells)
    }  # fmt: skip
    before = [one for form in (await earlier(visit, record)).values() for one in form] if typed_in else []
    return {
        titled(key.replace(".", "/"), before, visit.language) or key: value for key, value in typed_in.items()
    }


def _by_place(record: dict[str, Any], part: str) -> dict[str, Any]:
    return record | {f"{part}.{name}": value for name, value in record[part].items()}


_NOTHING: dict[str, Any] = {
    "budget.indirect": 0, "budget.requested": 0, "budget.costs": [], "budget.income": [], "joint": False,
    "project_number": 1, "country_codes": [],
}  # fmt: skip


def _filled(given: dict[str, Any]) -> dict[str, Any]:
    """Cells that always have a value have that of nothing where they are empty."""
    found = {at: _NOTHING.get(at) if value is None else value for at, value in given.items()}
    if costs := found.get("budget.costs"):
        found["budget.costs"] = [{"tax": 0, "note": None} | row for row in costs]
    return found


_mount("answers", Text("申請の内容", "What is applied for"))
_mount("budget", Text("収支予算", "The budget"))
