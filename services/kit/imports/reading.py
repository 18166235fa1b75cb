"""The one way in: any accepted file becomes a Reading of source rows, or a FileRefused."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from services.kit.columns import Kind
from services.kit.imports import remarks
from services.kit.imports.delimited import read_delimited
from services.kit.imports.ndjson import read_ndjson
from services.kit.imports.source import FileRefused, Reading, SourceRow, Wanted
from services.kit.imports.workbook import read_workbook

__all__ = ["CSV", "NDJSON", "TSV", "XLSX", "FileRefused", "Reading", "SourceRow", "read_rows"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
TSV = "text/tab-separated-values"
NDJSON = frozenset({"application/x-ndjson", "application/jsonl"})


def read_rows(
    data: BinaryIO | Path, media_type: str, kind: Kind, charset: str | None = None, only: Wanted = None
) -> Reading:
    """`data` must be seekable: the encoding and the size of a file are settled before its first row."""
    if isinstance(data, Path):
        return _read_path(data, media_type, kind, charset, only)
    base = media_type.partition(";")[0].strip().lower()
    if base == XLSX:
        return read_workbook(data, kind, only)
    if base in (CSV, TSV):
        return read_delimited(data, kind, "," if base == CSV else "\t", charset, only)
    if base in NDJSON:
        return read_ndjson(data, kind, only)
    raise FileRefused(remarks.media_type_unsupported(media_type))


def _read_path(path: Path, media_type: str, kind: Kind, charset: str | None, only: Wanted) -> Reading:
    stream = path.open("rb")
    try:
        reading = read_rows(stream, media_type, kind, charset, only)
    except BaseException:
        stream.close()
        raise
    reading.rows = _closing(stream, reading.rows)
    return reading


def _closing(stream: BinaryIO, rows: Iterator[SourceRow]) -> Iterator[SourceRow]:
    with stream:
        yield from rows
