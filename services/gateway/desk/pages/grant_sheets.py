"""An application for a grant as cells: what identifies it, the answers to its round's form, and its budget."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from services.gateway.desk.sheet import Cell, Kind, drawn, titled
from services.gateway.desk.visit import Refused, Visit
from services.kit import glossary
from services.kit.text import Language, Text

APPLICANTS = ("organisation", "host_authority")
OFFICERS = ("grant_officer",)
READERS = (*APPLICANTS, *OFFICERS)
ROUND, RULES, FORM, CATEGORIES = (
    "grants_rounds_read", "grants_rule_versions_read", "grants_form_versions_read", "grants_edition_categories_list",
)  # fmt: skip
SHEETS = (ROUND, RULES, FORM, CATEGORIES)
_PAPER = ("mail", "counter")
_MONEY = {
    "category": Text("経費区分", "Category"), "yen": Text("金額（円・税込み）", "Yen, with tax"),
    "tax": Text("うち消費税（円）", "Of which tax"), "note": Text("内訳・備考", "Details"),
    "source": Text("収入の内容", "Source"), "costs": Text("支出（経費）", "Costs"),
    "income": Text("収入（助成金を除く）", "Income besides the grant"),
    "indirect": Text("間接経費（円）", "Indirect costs (yen)"), "requested": Text("助成申請額（円）", "Grant asked for (yen)"),
}  # fmt: skip
_TAKEN_IN = Text("金額（円）", "Yen")
_JOINT = (("false", Text("単独申請", "Alone")), ("true", Text("共同申請", "Joint bid")))


class Sheets(NamedTuple):
    """`form`: None where there is none. `form_code`: of an application the one that it is under."""

    round: Mapping[str, Any]
    rules: Mapping[str, Any]
    form: Mapping[str, Any] | None
    form_code: str | None
    about: list[Cell]
    answers: list[Cell]
    budget: list[Cell]

    @property
    def cells(self) -> list[Cell]:
        return [*self.about, *self.answers, *self.budget]


async def sheets(visit: Visit, code: str, under: Mapping[str, Any] | None = None) -> Sheets:
    """Of a round; of what is `under` a form of its own, an application or a snapshot, that one."""
    of = await visit.read(ROUND, ref=code)
    rules = (await visit.read(RULES, ref=of["rules_code"]))["rules"] if of["rules_code"] else {}
    form_code = (under or of)["form_code"]
    form = (await visit.read(FORM, ref=form_code))["form_schema"] if form_code else None
    categories = await visit.every(CATEGORIES, edition_code=of["edition_code"])
    spoken = visit.language
    return Sheets(
        of, rules, form, form_code, _about(categories, spoken), drawn(form, "answers", spoken) if form else [],
        _budget(rules.get("cost_categories", ()), spoken),
    )  # fmt: skip


def _term(name: str, spoken: Language) -> str:
    return glossary.terms()[name][0].within(spoken)


def _about(categories: Iterable[Mapping[str, Any]], spoken: Language) -> list[Cell]:
    named = tuple((one["code"], one[f"name_{spoken}"]) for one in categories)
    found = [
        Cell("title", "title", "text", _term("project_title", spoken), required=True),
        Cell("department", "department", "text", _term("applying_department", spoken),
             help=glossary.note("applying_department").within(spoken), required=True),
        Cell("project_number", "project_number", "number", _term("project_number", spoken),
             help=glossary.note("project_number").within(spoken)),
        Cell("joint", "joint", "flag", Text("申請の形", "Alone or jointly").within(spoken),
             options=tuple((value, said.within(spoken)) for value, said in _JOINT)),
        Cell("country_codes", "country_codes", "words", _term("country_codes", spoken),
             help=glossary.note("country_codes").within(spoken)),
    ]  # fmt: skip
    if named:
        label = Text("区分", "Category").within(spoken)
        found.insert(2, Cell("category_code", "category_code", "choice", label, options=named))
    return found


def on_paper(spoken: Language) -> list[Cell]:
    """What an officer tells of an application that came by post or over the counter."""
    ways = tuple((one, _term(f"application_channel.{one}", spoken)) for one in _PAPER)
    return [
        Cell("organisation_code", "organisation_code", "text", _term("organisation_code", spoken), required=True),
        Cell("channel", "channel", "choice", _term("application_channel", spoken), options=ways, required=True),
    ]  # fmt: skip


def _budget(categories: Iterable[Mapping[str, Any]], spoken: Language) -> list[Cell]:
    def cell(name: str, kind: Kind = "number", at: str = "budget", **more: Any) -> Cell:
        label = _TAKEN_IN if at == "budget.income" and name == "yen" else _MONEY[name]
        return Cell(name, f"{at}.{name}", kind, label.within(spoken), **more)

    aside = Text("（助成対象外）", " (not eligible)").within(spoken)
    named = tuple(
        (one["code"], one[spoken] + ("" if one.get("eligible", True) else aside)) for one in categories
    )
    return [
        cell("costs", "list", most=500, columns=(
            cell("category", "choice", "budget.costs", options=named), cell("yen", at="budget.costs"),
            cell("tax", at="budget.costs"), cell("note", "text", "budget.costs"),
        )),
        cell("indirect"),
        cell("income", "list", most=100, columns=(
            cell("source", "text", "budget.income"), cell("yen", at="budget.income"),
        )),
        cell("requested"),
    ]  # fmt: skip


def sums(budget: Mapping[str, Any]) -> dict[str, int]:
    """What a clerk would add up below the table."""
    costs = _sum(budget.get("costs")) + _number(budget.get("indirect"))
    income, requested = _sum(budget.get("income")), _number(budget.get("requested"))
    return {"costs": costs, "income": income, "requested": requested, "own": costs - income - requested}


def _sum(rows: Any) -> int:
    return sum(_number(row.get("yen")) for row in rows or ())


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def worded(
    problem: Mapping[str, Any] | None, found: Sheets, visit: Visit, members: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any] | None:
    """A refusal whose pointers are told as people see the cells: by their labels."""
    if problem is None:
        return None
    errors = []
    for one in problem.get("errors") or ():
        label = named(one.get("pointer") or "", found, visit, members)
        said = f"{label}: {one['message']}" if label else one["message"]
        errors.append({**one, "message": said, "pointer": "" if label else one.get("pointer")})
    return {**problem, "errors": errors}


def named(pointer: str, found: Sheets, visit: Visit, members: Iterable[Mapping[str, Any]] = ()) -> str:
    first, _, rest = pointer.strip("/").partition("/")
    if first == "files":
        return next(
            (one[visit.language] for one in found.rules.get("documents", ()) if one["code"] == rest), ""
        )
    if first == "members":
        by_code = sorted(members, key=lambda one: str(one["organisation_code"]))
        if rest.isdecimal() and int(rest) < len(by_code):
            return str(by_code[int(rest)]["organisation_name"])
        return Text("構成団体", "Members").within(visit.language)
    if pointer in ("/answers", "/budget"):
        return {
            "answers": Text("様式の全体", "The whole form"), "budget": Text("収支予算の全体", "The whole budget"),
        }[first].within(visit.language)  # fmt: skip
    label = titled(pointer, found.cells, visit.language)
    # a form may ask for a title of its own
    return Text("様式 ", "Form: ").within(visit.language) + label if label and first == "answers" else label


async def earlier(visit: Visit, record: Mapping[str, Any]) -> dict[str, list[Cell]]:
    """The cells of the forms that an application has been under, by their codes."""
    change = record["form_change"]
    codes = {*record["left_over"], *([change["from_code"]] if change else ())}
    forms = {code: (await visit.read(FORM, ref=code))["form_schema"] for code in sorted(codes)}
    return {code: drawn(form, "answers", visit.language) for code, form in forms.items()}


def column(name: str, cells: Iterable[Cell]) -> str:
    """The label of a cell, or of list/column."""
    first, _, last = name.partition("/")
    found = next((one for one in cells if one.name == first), None)
    if found is None:
        return name
    return " ".join([found.label, *(one.label for one in found.columns if one.name == last)])


def placed(refused: Refused) -> dict[str, Any]:
    """The errors by the cell at which they stand."""
    errors: dict[str, Any] = {}
    for one in refused.problem.get("errors") or ():
        at = (one.get("pointer") or "").strip("/").replace("/", ".")
        errors.setdefault(at, []).append({"message": "", "remedy": "", **one, "pointer": f"/{at}"})
    return errors
