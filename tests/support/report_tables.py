"""The printed tables of the FY2024 report beside what the statistics answer: each cell as the text that is printed.

A statistic has the name of its file; its dimensions are the printed columns, and its metrics the printed counts. Numbers of
rows are compared as what they number: a line of a table below is held to its parent's whole line.
"""

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[1] / "fixtures/fy2024"
LOCAL_GOVERNMENTS = Path(__file__).parents[2] / "services/gateway/registry/data/local_governments.csv"
NUMBERS = ("row_no", "seminar_row_no")
Line = dict[str, Any]
# a statistic's answer by its name
Ask = Callable[[str], Mapping[str, Any]]


def file_of(number: str) -> Path:
    (found,) = FIXTURES.glob(f"{number}-*.csv")
    return found


def statistic_of(number: str) -> str:
    return file_of(number).stem.split("-", 1)[1].replace("_", "-")


def printed(number: str) -> list[Line]:
    with file_of(number).open(encoding="utf-8", newline="") as lines:
        return [
            {name: value for name, value in row.items() if name != "source_section"}
            for row in csv.DictReader(lines)
        ]


def said(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(map(said, value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def shown(answer: Mapping[str, Any], columns: list[str]) -> list[Line]:
    """The cells of an answer as lines with these columns: one line for each value of the dimensions."""
    dimensions = answer["dimensions"]
    lines: dict[tuple[str, ...], Line] = {}
    missing = [name for name in columns if name not in dimensions]
    for cell in answer["cells"]:
        key = tuple(said(cell[name]) for name in dimensions)
        one = lines.setdefault(key, dict(zip(dimensions, key, strict=True)))
        metric = cell.get("metric") or next(
            (name for name in missing if name not in ("qualifier", "unit")), ""
        )
        one[metric] = said(cell["value"])
        if cell["value"] is not None:
            one.setdefault("qualifier", "" if cell["qualifier"] == "exact" else cell["qualifier"])
            one.setdefault("unit", cell.get("unit") or answer["unit"])
    # what an answer calls otherwise: its own `metric` says which count a cell is
    return [{name: one.get(name, one.get(f"{name}_name", "")) for name in columns} for one in lines.values()]


def _bare(line: Line) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in line.items() if name not in NUMBERS)


def _held(number: str, lines: list[Line], parents: Mapping[str, Any]) -> Counter[Any]:
    """Lines without their numbers; below another table each with the line that it is of."""
    link = next((name for name in NUMBERS if lines and name in lines[0]), None)
    return Counter((parents.get(line[link]) if parents and link else None, _bare(line)) for line in lines)


def differences(number: str, ask: Ask) -> tuple[Counter[Any], Counter[Any]]:
    """What is printed and not answered, and what is answered and not printed: both empty where a table matches."""
    stand = printed(number)
    columns = list(stand[0])
    answer = shown(ask(statistic_of(number)), columns)
    above: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    if number[-1].isalpha() and any(name in columns for name in NUMBERS):
        of = printed(number[:-1])
        told = shown(ask(statistic_of(number[:-1])), list(of[0]))
        above = _by_number(of), _by_number(told)
    given, made = _held(number, stand, above[0]), _held(number, answer, above[1])
    return given - made, made - given


def _by_number(lines: list[Line]) -> dict[str, Any]:
    return {line["row_no"]: _bare(line) for line in lines if "row_no" in line}


def local_governments() -> dict[str, dict[str, str]]:
    """By the name that the report prints: 静岡県三島市, or the bare name of a prefecture or a designated city."""
    with LOCAL_GOVERNMENTS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    prefectures = {row["code"][:2]: row["name"] for row in rows if row["kind"] == "prefecture"}
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        if row["kind"] in ("prefecture", "designated_city"):
            found[row["name"]] = row
        found.setdefault(prefectures[row["code"][:2]] + row["name"], row)
    return found
