"""A form of application (様式): a JSON Schema 2020-12 document of flat cells and of lists of flat rows, as one typed model.

What a form can ask is what stands here; no other keyword is taken. Texts for people and computed cells are our own
keywords (x-…). Numbers are whole; money is in yen.
"""

from collections.abc import Mapping
from graphlib import TopologicalSorter
from typing import Annotated, Any, Literal, TypeVar

from jsonschema_rs import Draft202012Validator, RegexOptions
from pydantic import ConfigDict, Field, StrictInt, StrictStr

from services.kit.text import Text
from services.kit.wire import Line, Passage, Wire

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST = 10**15  # of a number: what a spreadsheet keeps of one
LONGEST = 10_000
MOST_ROWS = 200

CellName = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["project_title"])]
# of a cell beside, or of a list's column, which stands for the sum of the column
Named = Annotated[
    StrictStr, Field(pattern=r"^[a-z][a-z0-9_]{0,39}(/[a-z][a-z0-9_]{0,39})?$", examples=["project_title"])
]
Several = Annotated[list[Named], Field(min_length=1, max_length=20)]
Number = Annotated[StrictInt, Field(gt=-MOST, lt=MOST)]
Length = Annotated[StrictInt, Field(ge=0, le=LONGEST)]
Rows = Annotated[StrictInt, Field(ge=0, le=MOST_ROWS)]
# what an answer holds of a choice; people see its label
Chosen = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$", examples=["overseas"])]
_ALONE = {"additionalProperties": False}  # names of any other form are none
Names = Annotated[list[CellName], Field(max_length=200)]


class _Keywords(Wire):
    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)


class Label(Wire):
    ja: Line
    en: Line

    @property
    def text(self) -> Text:
        return Text(self.ja, self.en)


class Help(Wire):
    ja: Passage
    en: Passage


class Computed(Wire):
    """One of the three, of named number cells; a blank cell counts as 0. `difference`: the first less the others."""

    sum: Several | None = None
    difference: Several | None = None
    product: Several | None = None

    @property
    def named(self) -> list[str]:
        return [*(self.sum or ()), *(self.difference or ()), *(self.product or ())]


class Column(_Keywords):
    """A cell, or what a cell is in each row of a list. `x-order`: its place. `x-section`: the heading that begins at it."""

    type: Literal["string", "integer", "boolean"]
    label: Annotated[Label, Field(alias="x-label")]
    order: Annotated[StrictInt, Field(alias="x-order", ge=0, le=100_000)]
    help: Annotated[Help | None, Field(alias="x-help")] = None
    format: Literal["date"] | None = None
    min_length: Annotated[Length | None, Field(alias="minLength")] = None
    max_length: Annotated[Length | None, Field(alias="maxLength")] = None
    pattern: Annotated[StrictStr, Field(min_length=1, max_length=200)] | None = None
    enum: Annotated[list[Chosen], Field(min_length=1, max_length=100)] | None = None
    choices: Annotated[
        Annotated[dict[Chosen, Label], Field(json_schema_extra=_ALONE)] | None, Field(alias="x-choices")
    ] = None
    minimum: Number | None = None
    maximum: Number | None = None
    computed: Annotated[Computed | None, Field(alias="x-computed")] = None


class Items(_Keywords):
    type: Literal["object"]
    properties: Annotated[
        dict[CellName, Column], Field(min_length=1, max_length=20, json_schema_extra=_ALONE)
    ]
    required: Names = Field(default_factory=list)
    closed: Annotated[Literal[False], Field(alias="additionalProperties")]


class Cell(Column):
    type: Literal["string", "integer", "boolean", "array"]  # type: ignore[assignment]  # one kind more
    section: Annotated[Label | None, Field(alias="x-section")] = None
    items: Items | None = None
    min_items: Annotated[Rows | None, Field(alias="minItems")] = None
    max_items: Annotated[Rows | None, Field(alias="maxItems")] = None


_EXAMPLE = {
    "project_title": {
        "type": "string", "maxLength": 80, "x-order": 1, "x-label": {"ja": "事業名", "en": "Title of the project"},
    }
}  # fmt: skip


class Form(_Keywords):
    """`x-number`: as the rules number it (様式第1号)."""

    dialect: Annotated[Literal["https://json-schema.org/draft/2020-12/schema"], Field(alias="$schema")]
    type: Literal["object"]
    number: Annotated[Line | None, Field(alias="x-number")] = None
    label: Annotated[Label, Field(alias="x-label")]
    properties: Annotated[
        dict[CellName, Cell],
        Field(min_length=1, max_length=200, json_schema_extra=_ALONE, examples=[_EXAMPLE]),
    ]
    required: Names = Field(default_factory=list)
    closed: Annotated[Literal[False], Field(alias="additionalProperties")]


def document(form: Form) -> dict[str, Any]:
    """As JSON Schema, without the keywords that it leaves out."""
    return form.model_dump(mode="json", exclude_none=True)


C = TypeVar("C", Column, Cell)


def ordered(cells: Mapping[str, C]) -> list[tuple[str, C]]:
    return sorted(cells.items(), key=lambda one: (one[1].order, one[0]))


def columns(cell: Cell) -> Mapping[str, Column]:
    return cell.items.properties if cell.items is not None else {}


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """Fetches nothing, and matches patterns in time that grows with the text alone."""
    return Draft202012Validator(
        dict(schema),
        offline=True,
        validate_formats=True,
        pattern_options=RegexOptions(size_limit=1_000_000),
    )


def depth_first(cells: Mapping[str, Column]) -> list[str]:
    """Names of the cells, each after those that it is computed from; CycleError where there is no such order."""
    of = {name: cell.computed.named if cell.computed else [] for name, cell in cells.items()}
    return [name for name in TopologicalSorter(of).static_order() if name in cells]
