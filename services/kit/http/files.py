"""A whole list or table as a file: CSV in either charset, XLSX; what it holds, and what it stands on."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from services.kit.errors import CHARACTERS_LOST, LARGE, FieldError
from services.kit.http import json
from services.kit.http.negotiate import CP932, CSVW, XLSX
from services.kit.imports import exporting
from services.kit.imports.describing import Description, csvw, sheets
from services.kit.text import Language, Text

Batches = AsyncIterator[list[list[Any]]]

TOO_MANY_ROWS = FieldError(
    "Accept",
    "too_many_rows",
    Text("Excel のシートに入りきらない行数です", "An Excel sheet does not hold so many rows"),
    Text("CSV（text/csv）で取得してください。", "Ask for CSV (text/csv)."),
)
BASIS_HEADERS: dict[str, Any] = {
    "X-Basis-As-Of": {
        "description": "Of a file: the day on which its facts hold, where one was asked for",
        "schema": {"type": "string", "format": "date"},
    },
    "X-Basis-Known-At": {
        "description": "Of a file: the instant at which its facts were known",
        "schema": {"type": "string", "format": "date-time"},
    },
    "X-Basis-Settled": {
        "description": "Of a file: whether the same basis gives the same file for ever",
        "schema": {"type": "string", "enum": ["true", "false"]},
    },
}


def basis_headers(basis: Mapping[str, Any] | None) -> dict[str, str]:
    if basis is None:
        return {}
    said = {
        "X-Basis-Known-At": basis["known_at"].isoformat(),
        "X-Basis-Settled": str(basis["settled"]).lower(),
    }
    return said | ({"X-Basis-As-Of": basis["as_of"].isoformat()} if basis["as_of"] else {})


def described_by(table: Description) -> dict[str, str]:
    """Where a file says what it holds: the same address, asked for as CSV on the Web metadata."""
    return {"Link": f'<{table.url}>; rel="describedby"; type="{CSVW}"'}


def description(table: Description, headers: dict[str, str]) -> Response:
    return Response(json.write(csvw(table)), media_type=CSVW, headers=headers)


async def csv(
    batches: Batches, titles: list[str], parameters: Mapping[str, str], headers: dict[str, str]
) -> Response:
    """UTF-8 streams; cp932 is made whole first, for a cell that it cannot hold refuses the file
    unless the caller asked for the fallback with `on_loss=fallback`."""
    if parameters.get("charset", "utf-8").lower() in CP932:
        return await _cp932(batches, titles, parameters, headers)
    lines = exporting.CsvLines(titles, "utf-8")

    async def stream() -> AsyncIterator[bytes]:
        yield lines.head()
        async for batch in batches:
            yield lines.rows(batch)

    return StreamingResponse(stream(), media_type="text/csv; charset=utf-8; header=present", headers=headers)


async def _cp932(
    batches: Batches, titles: list[str], parameters: Mapping[str, str], headers: dict[str, str]
) -> Response:
    lines = exporting.CsvLines(titles, "cp932")
    with _spooled("list.csv") as (path, done):
        with path.open("wb") as out:
            out.write(lines.head())
            async for batch in batches:
                await asyncio.to_thread(out.write, lines.rows(batch))
        if lines.losses.total and parameters.get("on_loss") != "fallback":
            raise CHARACTERS_LOST(*(_lost(loss) for loss in lines.losses.losses), total=lines.losses.total)
        headers |= {"X-Charset-Losses": str(lines.losses.total)}
        media = "text/csv; charset=windows-31j; header=present"
        return FileResponse(path, media_type=media, headers=headers, background=done)


def _lost(loss: exporting.Loss) -> FieldError:
    return FieldError(
        f"row {loss.row}, {loss.column}",
        "character_lost",
        Text(
            f"「{loss.text}」は「{loss.written}」になります", f"“{loss.text}” would become “{loss.written}”"
        ),
        Text(
            "UTF-8 か XLSX を使うか、on_loss=fallback を付けてください。",
            "Use UTF-8 or XLSX, or ask for on_loss=fallback.",
        ),
    )


async def xlsx(batches: Batches, table: Description, spoken: Language, headers: dict[str, str]) -> Response:
    """Spooled to a file in a thread: the writer would block the loop."""
    with _spooled("list.xlsx") as (path, done):
        book = exporting.Workbook(table.titles(spoken), path, table.title.within(spoken))
        try:
            async for batch in batches:
                await asyncio.to_thread(book.rows, batch)
        except BaseException as error:
            book.discard()
            if isinstance(error, exporting.TooManyRows):
                raise LARGE(TOO_MANY_ROWS) from None
            raise
        await asyncio.to_thread(book.close, sheets(table, spoken))
        return FileResponse(path, media_type=XLSX, headers=headers, background=done)


@contextmanager
def _spooled(name: str) -> Iterator[tuple[Path, BackgroundTask]]:
    """A file of its own, taken away once it is sent, or at once when it is not to be."""
    folder = tempfile.TemporaryDirectory(prefix="kk-export-")
    try:
        yield Path(folder.name) / name, BackgroundTask(folder.cleanup)
    except BaseException:
        folder.cleanup()
        raise
