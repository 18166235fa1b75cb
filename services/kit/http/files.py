"""A whole list or table as a file: CSV in either charset, XLSX; and the headers that say what it stands on."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from services.kit.errors import CHARACTERS_LOST, LARGE, FieldError
from services.kit.http.negotiate import XLSX
from services.kit.imports import exporting
from services.kit.text import Text

Batches = AsyncIterator[list[list[Any]]]

CP932 = ("cp932", "shift_jis", "windows-31j")
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


async def csv(
    batches: Batches, titles: list[str], parameters: Mapping[str, str], headers: dict[str, str]
) -> Response:
    """UTF-8 streams; cp932 is made whole first, for a cell that it cannot hold refuses the file
    unless the caller asked for the fallback with `on_loss=fallback`."""
    if parameters.get("charset", "utf-8").lower() not in CP932:
        lines = exporting.CsvLines(titles, "utf-8")

        async def stream() -> AsyncIterator[bytes]:
            yield lines.head()
            async for batch in batches:
                yield lines.rows(batch)

        return StreamingResponse(
            stream(), media_type="text/csv; charset=utf-8; header=present", headers=headers
        )
    lines = exporting.CsvLines(titles, "cp932")
    body = lines.head() + b"".join([lines.rows(batch) async for batch in batches])
    if lines.losses.total and parameters.get("on_loss") != "fallback":
        raise CHARACTERS_LOST(*(_lost(loss) for loss in lines.losses.losses), total=lines.losses.total)
    headers |= {"X-Charset-Losses": str(lines.losses.total)}
    return Response(body, media_type="text/csv; charset=windows-31j; header=present", headers=headers)


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


async def xlsx(batches: Batches, titles: list[str], headers: dict[str, str]) -> Response:
    """Spooled to a file in a thread: the writer would block the loop."""
    values = [row async for batch in batches for row in batch]
    folder = tempfile.TemporaryDirectory(prefix="kk-xlsx-")
    path = Path(folder.name) / "list.xlsx"
    try:
        await asyncio.to_thread(exporting.xlsx_file, titles, values, path)
    except exporting.TooManyRows:
        folder.cleanup()
        raise LARGE(TOO_MANY_ROWS) from None
    return FileResponse(path, media_type=XLSX, headers=headers, background=BackgroundTask(folder.cleanup))
