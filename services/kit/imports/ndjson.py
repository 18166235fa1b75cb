"""Reading NDJSON as a stream: one strict JSON object a line, keys are column names, values are scalars."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import BinaryIO, NoReturn

from services.kit.columns import Column, Kind, Raw
from services.kit.findings import Finding
from services.kit.imports import remarks
from services.kit.imports.delimited import choose_encoding, count_lines
from services.kit.imports.source import Fault, FileRefused, Reading, SourceRow, Wanted
from services.kit.imports.table import tidy

_MAX_LINE = 1 << 20
_MAX_UNKNOWN = 50


def read_ndjson(stream: BinaryIO, kind: Kind, only: Wanted = None) -> Reading:
    choose_encoding(stream, "utf-8")
    length = count_lines(stream)
    stream.seek(0)
    findings: list[Finding] = []
    return Reading("", "utf-8", 0, kind.columns, _rows(stream, kind, findings, only), findings, length)


def _rows(stream: BinaryIO, kind: Kind, findings: list[Finding], only: Wanted) -> Iterator[SourceRow]:
    columns = {column.name: column for column in kind.columns}
    known = columns.keys() | {column.name for column in kind.answered}
    unknown: set[str] = set()
    line = 0
    read = False
    while text := stream.readline(_MAX_LINE + 1):
        line += 1
        if len(text) > _MAX_LINE:
            raise FileRefused(remarks.broken_text(line))
        if text.isspace() or (only is not None and line not in only):
            continue
        read = True
        try:
            values = _strict_object(text)
        except (ValueError, RecursionError):
            yield SourceRow("", line, {}, (Fault("", remarks.NOT_A_JSON_OBJECT),))
            continue
        if (strange := values.keys() - known - unknown) and len(unknown) < _MAX_UNKNOWN:
            unknown |= strange
            findings += [remarks.unknown_heading(f"{line}:", key) for key in sorted(strange)[:_MAX_UNKNOWN]]
        yield _row(line, values, columns)
    if not read:
        findings.append(remarks.NO_ROWS)


def _row(line: int, values: dict[str, Raw], columns: Mapping[str, Column]) -> SourceRow:
    read = {name: value for name, value in values.items() if name in columns}
    nested = [name for name, value in read.items() if _is_nested(value, columns[name])]
    cells = {
        name: tidied
        for name, value in read.items()
        if name not in nested
        and (tidied := tuple(value) if isinstance(value, list) else tidy(value)) is not None
    }
    return SourceRow("", line, cells, tuple(Fault(name, remarks.NOT_ONE_VALUE) for name in nested))


def _is_nested(value: Raw, column: Column) -> bool:
    if column.cell.several and isinstance(value, list):
        return any(isinstance(one, dict | list) for one in value)
    return isinstance(value, dict | list)


def _strict_object(line: bytes) -> dict[str, Raw]:
    text = line.decode("utf-8-sig")
    values = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse, parse_float=_finite)
    if not isinstance(values, dict):
        raise ValueError("not an object")
    if "\\u" in text:
        # An escaped lone surrogate makes a str that no encoder takes.
        json.dumps(values, ensure_ascii=False).encode("utf-8")
    return values


def _without_repeats(pairs: list[tuple[str, Raw]]) -> dict[str, Raw]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key is repeated")
    return values


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value
