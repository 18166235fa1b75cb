"""What a table says of itself: what its columns hold, in which unit, and what its codes mean.

A workbook carries it on two sheets of its own; a CSV's is asked for as CSV on the Web metadata (W3C, 2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.kit import glossary
from services.kit.columns import Column
from services.kit.text import Language, Text

DICTIONARY = Text("項目の説明", "Columns")
CODES = Text("コード表", "Codes")
_DATATYPES = {
    "date": "date",
    "year": "gYear",
    "integer": "integer",
    "yen": "integer",
    "decimal": "decimal",
    "boolean": "boolean",
}
_DICTIONARY_TITLES = (
    Text("見出し", "Heading"),
    Text("列の物理名", "Field"),
    Text("データ型", "Type"),
    Text("数の数え方", "Counted in"),
    Text("定義と書式", "Definition and form"),
)
_CODES_TITLES = (
    Text("列の物理名", "Field"),
    Text("選択値", "Code"),
    Text("日本語の意味", "In Japanese"),
    Text("英語の意味", "In English"),
)


@dataclass(frozen=True, slots=True)
class Description:
    """A table at `url`; `version` is that of its import's form, where it has one."""

    title: Text
    url: str
    columns: Sequence[Column]
    version: str = ""

    def titles(self, spoken: Language) -> list[str]:
        return [column.title.within(spoken) for column in self.columns]


def unit(column: Column) -> Text:
    """What a number of this column counts, by the glossary; of no number it is blank."""
    counted, none = column.cell.excel in ("integer", "general"), Text("", "")
    return glossary.terms().get(f"unit.{column.name}", (none, none))[0] if counted else none


def sheets(table: Description, spoken: Language) -> list[tuple[str, list[list[str]]]]:
    """Name and rows, headings first, of the sheets that stand behind a workbook's list."""
    dictionary = [
        [
            column.title.within(spoken), column.name, _datatype(column), unit(column).within(spoken),
            _definition(column, spoken),
        ]
        for column in table.columns
    ]  # fmt: skip
    codes = [
        [column.name, option.value, *option.label]
        for column in table.columns
        for option in column.cell.choices
    ]
    made = [(DICTIONARY.within(spoken), [[one.within(spoken) for one in _DICTIONARY_TITLES], *dictionary])]
    if codes:
        made.append((CODES.within(spoken), [[one.within(spoken) for one in _CODES_TITLES], *codes]))
    return made


def csvw(table: Description) -> dict[str, Any]:
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": table.url,
        "dc:title": _both(table.title),
        **({"schema:version": table.version} if table.version else {}),
        "rdfs:comment": "UTF-8 with a byte order mark; with charset=cp932 Windows-31J without one",
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"], "doubleQuote": True},
        "tableSchema": {"columns": [_described(column) for column in table.columns]},
    }


def _described(column: Column) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": column.name,
        "titles": column.title._asdict(),
        "datatype": _datatype(column),
        "dc:description": _both(Text(_definition(column, "ja"), _definition(column, "en"))),
    }
    if any(unit(column)):
        said["schema:unitText"] = _both(unit(column))
    if column.cell.choices:
        said["skos:hasTopConcept"] = [
            {"skos:notation": option.value, "skos:prefLabel": _both(option.label)}
            for option in column.cell.choices
        ]
    return said


def _datatype(column: Column) -> str:
    return _DATATYPES.get(column.cell.name, "datetime" if column.cell.name == "instant" else "string")


def _definition(column: Column, spoken: Language) -> str:
    said = (column.description.within(spoken), column.cell.hint.within(spoken))
    return ("。" if spoken == "ja" else ". ").join(text for text in said if text)


def _both(text: Text) -> list[dict[str, str]]:
    return [{"@value": words, "@language": language} for language, words in text._asdict().items()]
