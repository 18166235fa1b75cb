"""Cells to fill in, of a round's form (JSON Schema) or of ours: one value each, or a list of rows of them.

A draft holds whatever was typed: the service says what is wrong with it, and at which cell.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from unicodedata import normalize

from starlette.datastructures import FormData

from services.kit.text import Language, Text

Kind = Literal["text", "passage", "number", "date", "choice", "flag", "words", "list"]
LONG = 100  # letters from which on a cell is written over several lines
BLANK_ROWS = 3  # offered below those that are filled in
MOST_ROWS = 200
FLAGS = {"true": Text("はい", "Yes"), "false": Text("いいえ", "No")}
_WHOLE = re.compile(r"-?[0-9]+")
_BETWEEN = re.compile(r"[\s,;、，；]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """`at`: its place with dots, as the input is named. `computed`: by the form's rules, and never typed. `words` are codes
    in one line."""

    name: str
    at: str
    kind: Kind
    label: str
    help: str = ""
    section: str = ""
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False
    computed: bool = False
    most: int = MOST_ROWS
    columns: tuple["Cell", ...] = ()

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [("", "—"), *self.options]

    def raw(self, value: Any) -> str:
        """As an input holds it."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return " ".join(map(str, value))
        return "" if value is None else str(value)

    def shown(self, value: Any) -> str:
        """As people read it."""
        if self.options:
            return dict(self.options).get(self.raw(value), self.raw(value))
        whole = isinstance(value, int) and not isinstance(value, bool)
        return f"{value:,}" if whole else self.raw(value)

    def rows(self, values: Any) -> list[dict[str, Any]]:
        """Those that are there, and some to be filled in."""
        there = [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
        return there + [{}] * max(0, min(BLANK_ROWS, self.most - len(there)))


def drawn(schema: Mapping[str, Any], at: str, spoken: Language) -> list[Cell]:
    """The cells of a form, or the columns of one of its lists."""
    required = schema.get("required", ())
    found = sorted(schema["properties"].items(), key=lambda one: (one[1]["x-order"], one[0]))
    return [_cell(name, f"{at}.{name}", cell, name in required, spoken) for name, cell in found]


def _cell(name: str, at: str, cell: Mapping[str, Any], required: bool, spoken: Language) -> Cell:
    choices = {value: label[spoken] for value, label in (cell.get("x-choices") or {}).items()}
    if cell["type"] == "boolean":
        choices = {value: said.within(spoken) for value, said in FLAGS.items()}
    return Cell(
        name, at, _kind(cell), cell["x-label"][spoken],
        help=(cell.get("x-help") or {}).get(spoken, ""),
        section=(cell.get("x-section") or {}).get(spoken, ""),
        options=tuple((value, choices.get(value, value)) for value in cell.get("enum") or choices),
        required=required, computed=bool(cell.get("x-computed")), most=cell.get("maxItems") or MOST_ROWS,
        columns=tuple(drawn(cell["items"], at, spoken)) if cell.get("items") else (),
    )  # fmt: skip


def _kind(cell: Mapping[str, Any]) -> Kind:
    kinds: dict[object, Kind] = {"integer": "number", "boolean": "flag", "array": "list"}
    if cell.get("enum"):
        return "choice"
    if cell.get("format") == "date":
        return "date"
    return kinds.get(cell["type"], "passage" if (cell.get("maxLength") or 0) > LONG else "text")


def typed(form: FormData, cells: Iterable[Cell]) -> dict[str, Any]:
    """By the places of the cells. What is empty is None; of a list only rows with something in them count."""
    return {
        one.at: _rows(form, one) if one.columns else _typed(form, one) for one in cells if not one.computed
    }


def _rows(form: FormData, cell: Cell) -> list[dict[str, Any]] | None:
    start = f"{cell.at}."
    numbers = {int(key[len(start) :].partition(".")[0]) for key in form if _is_row(key, start)}
    rows = []
    for number in sorted(numbers):
        there = typed(form, [replace(one, at=f"{start}{number}.{one.name}") for one in cell.columns])
        rows.append({at.rpartition(".")[2]: value for at, value in there.items() if value is not None})
    return [row for row in rows if row] or None


def _is_row(key: str, start: str) -> bool:
    number = key[len(start) :].partition(".")[0]
    return key.startswith(start) and number.isdecimal() and len(number) < 5


def _typed(form: FormData, cell: Cell) -> Any:
    given = form.get(cell.at)
    text = given.strip().replace("\r\n", "\n") if isinstance(given, str) else ""
    if cell.kind == "flag":
        return {"true": True, "false": False}.get(text)
    if cell.kind == "words":
        return [word for word in _BETWEEN.split(normalize("NFKC", text).upper()) if word] or None
    if cell.kind == "number":
        digits = normalize("NFKC", text).replace(",", "").removeprefix("¥").removesuffix("円")
        return int(digits) if _WHOLE.fullmatch(digits) and len(digits) < 20 else text or None
    return text or None


def within(cells: Iterable[Cell], pointers: Iterable[str]) -> list[Cell]:
    """Those that a list of JSON pointers names, by themselves, by what they are in, or by a part of them."""
    asked = [pointer.strip("/").replace("/", ".") for pointer in pointers]
    return [
        one for one in cells
        if any(f"{one.at}.".startswith(f"{at}.") or at.startswith(f"{one.at}.") for at in asked)
    ]  # fmt: skip


def titled(pointer: str, cells: Iterable[Cell], spoken: Language) -> str:
    """The label of what a JSON pointer names, with the number of the row; "" where no cell is meant."""
    at = pointer.strip("/").replace("/", ".")
    cell = next((one for one in cells if f"{at}.".startswith(f"{one.at}.")), None)
    if cell is None:
        return ""
    number, _, column = at[len(cell.at) + 1 :].partition(".")
    said = [cell.label]
    if number.isdecimal():
        said.append(Text(f"{int(number) + 1}行目", f"row {int(number) + 1}").within(spoken))
    said += [one.label for one in cell.columns if one.name == column]
    return " ".join(said)
