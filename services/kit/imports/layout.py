"""How a form lays a kind out: its columns in their order, what each is to the clerk, and how that looks and reads."""

from collections.abc import Collection, Sequence
from typing import Any, Literal, NamedTuple

from services.kit.columns import Column, Kind
from services.kit.imports.headings import REFERENCE_MARK, REQUIRED_MARK
from services.kit.text import Text

# which: says whose record the row is · reference: for the reader alone, read past when it comes back
Sort = Literal["which", "required", "optional", "reference"]
WORDS: dict[Sort, Text] = {
    "which": Text("行の特定", "Whose row"),
    "required": Text("必須", "Required"),
    "optional": Text("任意", "Optional"),
    "reference": Text("参考", "Reference"),
}
_COLOURS: dict[Sort, str] = {
    "which": "#BFBFBF",
    "required": "#FCE4D6",
    "optional": "#DDEBF7",
    "reference": "#E7E6E6",
}
_SHADE, _FAINT = "#EDEDED", "#595959"


class Place(NamedTuple):
    column: Column
    sort: Sort

    @property
    def heading(self) -> str:
        if self.sort == "reference":
            return self.column.title.ja + REFERENCE_MARK
        return self.column.title.ja + (REQUIRED_MARK if self.column.required else "")

    @property
    def heading_style(self) -> dict[str, Any]:
        return {
            "bold": True, "bg_color": _COLOURS[self.sort], "border": 1, "text_wrap": True, "valign": "vcenter",
        }  # fmt: skip

    @property
    def filled_style(self) -> dict[str, Any]:
        """Of a cell that was filled in beforehand: grey where the clerk has nothing to change."""
        if self.sort == "reference":
            return {"bg_color": _SHADE, "font_color": _FAINT, "italic": True}
        return {"bg_color": _SHADE} if self.sort == "which" else {}


def laid_out(kind: Kind, fixed: Collection[str], beside: Sequence[Column]) -> list[Place]:
    """What is shown for reference stands beside the first column, which says whom it is about."""
    first, *others = [Place(column, _sort(column, fixed)) for column in kind.columns]
    return [first, *(Place(column, "reference") for column in beside), *others]


def _sort(column: Column, fixed: Collection[str]) -> Sort:
    if column.name in fixed:
        return "which"
    return "required" if column.required else "optional"
