"""The application (申請書) as a document, from what arrived: answers and costs with the labels of their form and rules."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from services.grants.budget import Budget
from services.grants.computing import Answers, rows_of
from services.grants.documents.content import Application, Cell, Cost, File, Income, List, Member, Part
from services.grants.form import Cell as FormCell
from services.grants.form import Column, Form, columns, ordered
from services.grants.rules import Rules
from services.kit.japan.printed import printed_date


def of_snapshot(told: Mapping[str, Any], sha256: str, form: Form | None, rules: Rules) -> Application:
    budget = Budget.model_validate(told["budget"])
    categories = {one.code: one for one in rules.cost_categories}
    documents = {one.code: one.ja for one in rules.documents}
    return Application(
        submission_number=told["number"], channel=told["channel"], snapshot_sha256=sha256,
        requested_yen=budget.requested, indirect_yen=budget.indirect,
        form_number=None if form is None else form.number, form_title=None if form is None else form.label.ja,
        parts=() if form is None else tuple(_parts(form, told["answers"], told["computed"])),
        costs=tuple(
            Cost(categories[one.category].ja, one.note, one.yen, one.tax, categories[one.category].eligible)
            for one in budget.costs
        ),
        income=tuple(Income(one.source, one.yen) for one in budget.income),
        members=tuple(
            Member(one["name"], one["organisation_code"], one["share_yen"]) for one in told["members"]
        ),
        files=tuple(
            File(documents.get(one["document"], one["document"]), one["name"], one["size"], one["sha256"])
            for one in told["files"]
        ),
    )  # fmt: skip


def _parts(form: Form, answers: Answers, computed: Answers) -> Iterator[Part]:
    """In the order of the form; cells that stand together are one part."""
    heading: str | None = None
    cells: list[Cell] = []
    for name, cell in ordered(form.properties):
        if (cell.section is not None or cell.type == "array") and (cells or heading):
            yield Part(heading, tuple(cells))
            heading, cells = None, []
        if cell.section is not None:
            heading = cell.section.ja
        if cell.type == "array":
            yield from [Part(heading)] if heading else []
            yield Part(cell.label.ja, rows=_list(cell, answers.get(name), computed.get(name)))
            heading = None
        else:
            value = computed.get(name) if cell.computed else answers.get(name)
            cells.append(Cell(cell.label.ja, _shown(cell, value)))
    if cells:
        yield Part(heading, tuple(cells))


def _list(cell: FormCell, answers: Any, computed: Any) -> List:
    named, made = ordered(columns(cell)), rows_of(computed)
    rows = [
        {**row, **(made[place] if place < len(made) else {})} for place, row in enumerate(rows_of(answers))
    ]
    return List(
        tuple(column.label.ja for _, column in named),
        tuple(column.type == "integer" for _, column in named),
        tuple(tuple(_shown(column, row.get(name)) for name, column in named) for row in rows),
    )  # fmt: skip


def _shown(cell: Column, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if cell.choices is not None and value in cell.choices:
        return cell.choices[value].ja
    if isinstance(value, int | float):
        return f"{int(value):,}"
    if cell.format == "date":
        return printed_date(date.fromisoformat(value)).ja
    return str(value)
