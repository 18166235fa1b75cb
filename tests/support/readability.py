"""The 30 rules of 行政データにおける機械可読性に関するルール (2026-03-31), held against one exported table.

A check yields what is wrong. A rule that does not concern a format says in words why it holds there.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime

from services.kit.japan.local_government_code import code_check_digit
from tests.support import readability_form as form
from tests.support.readability_form import Check, Faults
from tests.support.readable import Table

_NUMBERS = ("integer", "gYear")
_OTHER = re.compile(r"(?:その他|other)\s*[（(：:]", re.IGNORECASE)
_SAME_AS_ABOVE = ("〃", "同上", "々", "″", "ditto", "same as above")
_WIDE = re.compile(r"(?:明治|大正|昭和|平成|令和|[MTSHR])?\s*(?:元|[0-9]{1,4})\s*(?:年度?|月|日|FY)?")
_REGION = re.compile(r"(?:^|_)(?:organisation|municipality|host|member|home|predecessor|successor)_code$")
_SIX = re.compile(r"[0-9]{6}")
_OWN_CODE = re.compile(r"[A-Z][A-Z0-9-]*")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[0-9:.]+(?:Z|[+-]\d{2}:\d{2}))?")
_PHYSICAL = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Rule:
    """`csv` and `xlsx`: the check, or why the format cannot break the rule."""

    id: str
    csv: Check | str
    xlsx: Check | str


@dataclass
class Score:
    held: list[str] = field(default_factory=list)
    broken: dict[str, list[str]] = field(default_factory=dict)


def score(table: Table) -> Score:
    made = Score()
    if unread := list(form.readable(table)):  # nothing else can be said of it
        made.broken["L1-01"] = unread
        return made
    for rule in RULES:
        check = rule.xlsx if table.is_workbook else rule.csv
        faults = [] if isinstance(check, str) else list(check(table))[:3]
        if faults:
            made.broken[rule.id] = faults
        else:
            made.held.append(rule.id)
    return made


def _numeric(table: Table) -> Faults:
    for name, value in table.values(*_NUMBERS):
        good = type(value) is int if table.is_workbook else re.fullmatch(r"-?[0-9]+", value)
        if not good:
            yield f"{name}: {value!r}"


def _nothing_left_out(table: Table) -> Faults:
    yield from (f"{name}: {one!r}" for name, one in table.values() if str(one).strip() in _SAME_AS_ABOVE)
    yield from (
        f"row {n} does not say what it is of" for n, row in enumerate(table.rows, 2) if row and row[0] is None
    )


def _unique(table: Table) -> Faults:
    plain = [unicodedata.normalize("NFKC", str(one)).strip().casefold() for one in table.headings]
    yield from {one for one in plain if plain.count(one) > 1}


def _standard_choices(table: Table) -> Faults:
    known = {
        one["name"]: {code["skos:notation"] for code in one.get("skos:hasTopConcept", ())}
        for one in table.columns
    }
    yield from (f"{name}: {one!r}" for name, one in table.values() if known[name] and one not in known[name])
    both = (True, False) if table.is_workbook else ("true", "false")
    yield from (f"{name}: {one!r}" for name, one in table.values("boolean") if one not in both)


def _other_apart(table: Table) -> Faults:
    yield from (
        f"{name}: {one!r}" for name, one in table.values() if isinstance(one, str) and _OTHER.match(one)
    )


def _no_formula(table: Table) -> Faults:
    for name, part in table.parts.items():
        if name.startswith("xl/worksheets/") and re.search(r"<f[ >]", part):
            yield name


def _headings_first(table: Table) -> Faults:
    titles = [[one["titles"][spoken] for one in table.columns] for spoken in ("ja", "en")]
    if table.headings not in titles:
        yield f"the first row is {table.headings}"


def _code_table(table: Table) -> Faults:
    known = table.codes()
    for name, value in table.values():
        if name in table.coded and str(value) not in known.get(name, ()):
            yield f"{name}: {value!r} stands in no code table"
    yield from (f"{name} has no code table" for name in table.coded - known.keys())


def _symbols_defined(table: Table) -> Faults:
    yield from (
        f"{name}: {one!r}"
        for name, one in table.values(*_NUMBERS)
        if re.search(r"[^0-9.,円人名%-]", str(one))
    )


def _units(table: Table) -> Faults:
    if table.is_workbook:
        said = {row[1]: row[3] for row in table.behind("項目の説明", "Columns")}
    else:
        said = {one["name"]: one.get("schema:unitText") for one in table.columns}
    yield from (
        one["name"] for one in table.columns if one["datatype"] in _NUMBERS and not said.get(one["name"])
    )


def _time(table: Table) -> Faults:
    for name, value in table.values("date", "datetime"):
        if not isinstance(value, date | datetime) and not _ISO.fullmatch(str(value)):
            yield f"{name}: {value!r}"
    yield from (f"{name}: {one!r}" for name, one in table.values("gYear") if not 1800 < int(one) < 2300)


def _regions(table: Table) -> Faults:
    for name, value in table.values():
        if _REGION.search(name):
            six = isinstance(value, str) and _SIX.fullmatch(value) and code_check_digit(value[:5]) == value[5]
            if not six and not _OWN_CODE.fullmatch(str(value)):
                yield f"{name}: {value!r}"


def _stable(table: Table) -> Faults:
    if table.again is None or list(table.again) != table.headings:
        yield f"{table.headings} here, {table.again} there"


def _documented(table: Table) -> Faults:
    if not table.is_workbook:
        declared = "charset=" in table.headers["content-type"]
        if not declared or (table.charset == "utf-8-sig") != table.body.startswith(b"\xef\xbb\xbf"):
            yield "charset and byte order mark are not as declared"
        if 'rel="describedby"' not in table.headers.get("link", ""):
            yield "nothing says where the columns are described"
        said = {one["name"]: one["dc:description"] for one in table.columns}
    else:
        said = {row[1]: row[4] for row in table.behind("項目の説明", "Columns")}
    for one in table.columns:
        if not _PHYSICAL.fullmatch(one["name"]) or not said.get(one["name"]):
            yield f"{one['name']} is not defined"


def _tall(table: Table) -> Faults:
    yield from (f"heading {one!r}" for one in table.headings if _WIDE.fullmatch(str(one or "")))


_GRID = "text has cells and nothing else: no {}"
RULES = (
    Rule("L1-01", form.readable, form.readable),
    Rule("L1-02", form.one_table, form.one_table),
    Rule("L1-03", form.whole, form.whole),
    Rule("L1-04", form.nothing_else, form.nothing_else),
    Rule("L1-05", form.headed, form.headed),
    Rule("L1-06", form.unpadded, form.unpadded),
    Rule("L1-07", form.one_datum, form.one_datum),
    Rule("L1-08", form.portable, form.portable),
    Rule("L1-09", form.blank_is_no_zero, form.blank_is_no_zero),
    Rule("L1-10", _GRID.format("objects"), form.no_part("drawing", "media/", "embeddings", "charts")),
    Rule("L1-11", _GRID.format("formats"), form.no_meaning_by_format),
    Rule("L1-12", _GRID.format("merged cells"), form.not_merged),
    Rule("L1-13", _GRID.format("hidden rows"), form.nothing_hidden),
    Rule("L1-14", form.a_line_each, "a workbook's rows are elements, not lines"),
    Rule("L1-15", form.quoted, "a workbook's cells are elements: no comma parts them"),
    Rule("L2-01", _numeric, _numeric),
    Rule("L2-02", _nothing_left_out, _nothing_left_out),
    Rule("L2-03", _unique, _unique),
    Rule("L2-04", _standard_choices, _standard_choices),
    Rule("L2-05", _other_apart, _other_apart),
    Rule("L2-06", _GRID.format("formulas"), _no_formula),
    Rule("L3-01", _headings_first, _headings_first),
    Rule("L3-02", _code_table, _code_table),
    Rule("L3-03", _symbols_defined, _symbols_defined),
    Rule("L3-04", _units, _units),
    Rule("L3-05", _time, _time),
    Rule("L3-06", _regions, _regions),
    Rule("L3-07", _stable, _stable),
    Rule("L3-08", _documented, _documented),
    Rule("L3-09", _tall, _tall),
)
