"""The column dictionary: what one column of an import, an export or a template holds.

A column is derived from a field of a resource's wire model; its titles come from the glossary.
From it come the template, the parser, the problems, the docs and the OpenAPI text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from services.kit.findings import Parsed
from services.kit.text import Text

# What a spreadsheet cell or a CSV field can hold once read: never NaN, never a formula.
Raw = Any  # str | int | float | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Cell:
    """How one kind of value is read from and written to a cell.

    `parse` takes a raw, non-empty cell and returns what it understood or raises BadValue.
    `excel` is the cell format of templates and exports: codes are text, else Excel eats the zero.
    `rules` are those that its findings cite. `several`: a list of texts, of
    which a blank cell has none.
    """

    name: str
    parse: Callable[[Raw], Parsed[Any]]
    hint: Text
    excel: Literal["text", "date", "integer", "general"] = "text"
    choices: tuple[Choice, ...] = ()
    rules: tuple[str, ...] = ()
    several: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """`aliases` are the headings of its former forms and of other people's tables."""

    name: str
    title: Text
    cell: Cell
    required: bool
    description: Text = Text("", "")
    aliases: tuple[str, ...] = ()

    def headings(self) -> tuple[str, ...]:
        """Every header text under which this column is recognised."""
        return (self.title.ja, self.title.en, self.name, *self.aliases)

    def rules(self) -> tuple[str, ...]:
        """The rules that a value here is held to, by the ids that its problems cite."""
        return ("L2-02", *self.cell.rules) if self.required else self.cell.rules


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of import: its columns in template order. `version` moves when columns change.

    `answered`: what exports show besides, such as the id; an import reads past it.
    """

    name: str
    title: Text
    version: str
    columns: tuple[Column, ...]
    answered: tuple[Column, ...] = ()
