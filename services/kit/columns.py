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
    """

    name: str
    parse: Callable[[Raw], Parsed[Any]]
    hint: Text
    excel: Literal["text", "date", "integer", "general"] = "text"
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    title: Text
    cell: Cell
    required: bool
    description: Text = Text("", "")
    aliases: tuple[str, ...] = ()

    def headings(self) -> tuple[str, ...]:
        """Every header text under which this column is recognised."""
        return (self.title.ja, self.title.en, self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of import: its columns in template order. `version` moves when columns change."""

    name: str
    title: Text
    version: str
    columns: tuple[Column, ...]
