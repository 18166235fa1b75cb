"""Exports are whole or cut, and a charset that loses something says what."""

import asyncio
import unicodedata
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.responses import Response

from services.kit.errors import Refused
from services.kit.http import files
from services.kit.http.negotiate import LIST_FORMATS, choose
from services.kit.imports import exporting
from services.kit.imports.describing import Description
from services.kit.imports.reading import CSV
from services.kit.text import Text
from tests.kit.imports.files import read
from tests.kit.imports.kinds import HEADINGS, KIND

Message = MutableMapping[str, Any]
TITLES = ["名称", "注"]
TABLE = Description(Text("一覧", "List"), "/x", KIND.columns[:2])


async def batches(*made: list[list[Any]], broken: bool = False) -> files.Batches:
    for batch in made:
        yield batch
    if broken:
        raise ConnectionError


async def sent(response: Response) -> tuple[list[Message], BaseException | None]:
    """What a server would be given, and with what it would end."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    try:
        await response(
            {"type": "http", "method": "GET", "headers": [], "asgi": {"spec_version": "2.4"}}, receive, send
        )
    except Exception as error:
        return messages, error
    return messages, None


def body(messages: list[Message]) -> bytes:
    return b"".join(one.get("body", b"") for one in messages)


def test_an_error_in_the_middle_leaves_a_csv_without_its_end() -> None:
    async def play() -> tuple[list[Message], BaseException | None]:
        return await sent(await files.csv(batches([["a", "b"]], broken=True), TITLES, {}, {}))

    messages, error = asyncio.run(play())
    assert error is not None
    assert body(messages).endswith(b"a,b\r\n")
    assert all(one["more_body"] for one in messages if one["type"] == "http.response.body")


@pytest.mark.parametrize("form", ["cp932", "xlsx"])
def test_a_file_that_is_made_first_is_not_begun_when_it_fails(form: str) -> None:
    async def play() -> Response:
        rows = batches([["a", "b"]], broken=True)
        if form == "xlsx":
            return await files.xlsx(rows, TABLE, "ja", {})
        return await files.csv(rows, TITLES, {"charset": "cp932"}, {})

    with pytest.raises(ConnectionError):
        asyncio.run(play())


def test_a_sheet_that_would_be_too_long_is_refused_by_the_name_of_csv(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exporting, "_XLSX_ROWS", 3)

    async def play(rows: int) -> int:
        response = await files.xlsx(batches([["a", "b"]] * rows), TABLE, "ja", {})
        await sent(response)
        return response.status_code

    assert asyncio.run(play(2)) == 200
    with pytest.raises(Refused) as refused:
        asyncio.run(play(3))
    (named,) = refused.value.fields
    assert (refused.value.refusal.sort, "text/csv" in named.remedy.ja, "text/csv" in named.remedy.en) == (
        "large",
        True,
        True,
    )


def test_what_cp932_loses_is_reported_cell_by_cell() -> None:
    rows = [["Renée", "髙﨑"], ["𠮷田", "葛\U000e0100"]]

    async def play(**said: str) -> Response:
        return await files.csv(batches(rows), TITLES, {"charset": "cp932", **said}, {})

    with pytest.raises(Refused) as refused:
        asyncio.run(play())
    assert refused.value.refusal.sort == "payload"
    assert [(one.pointer, one.message.ja) for one in refused.value.fields] == [
        ("row 2, 名称", "「Renée」は「Renee」になります"),
        ("row 3, 名称", "「𠮷田」は「〓田」になります"),
        ("row 3, 注", f"「{rows[1][1]}」は「葛」になります"),
    ]

    async def taken() -> tuple[bytes, str]:
        response = await play(on_loss="fallback")
        return body((await sent(response))[0]), response.headers["x-charset-losses"]

    whole, losses = asyncio.run(taken())
    assert (whole.decode("cp932"), losses) == ("名称,注\r\nRenee,髙﨑\r\n〓田,葛\r\n", "3")


def test_a_charset_that_is_not_offered_is_not_taken_for_another() -> None:
    assert choose("text/csv; charset=Shift_JIS", LIST_FORMATS)[0] == "csv"
    with pytest.raises(Refused):
        choose("text/csv; charset=euc-jp", LIST_FORMATS)
    assert choose("text/csv; charset=euc-jp, application/json;q=0.5", LIST_FORMATS)[0] == "json"


def _awkward() -> list[bytes]:
    """The codes that Python's codec reads, and writes back as another code."""
    found = []
    for lead in (*range(0x81, 0xA0), *range(0xE0, 0xFD)):
        for trail in range(0x40, 0xFD):
            code = bytes((lead, trail))
            try:
                text = code.decode("cp932")
            except UnicodeDecodeError:
                continue
            if text.encode("cp932") != code and unicodedata.category(text[0]) != "Co":
                found.append(code)
    return found


def test_the_doubled_codes_of_cp932_come_back_as_the_same_text() -> None:
    codes = _awkward()
    assert len(codes) == 398
    rows = [
        [str(20240000000 + number), "ALT", "2024-07-29", code.decode("cp932"), ""]
        for number, code in enumerate(codes)
    ]
    lines = exporting.CsvLines(HEADINGS, "cp932")
    _, found = read(lines.head() + lines.rows(rows), CSV, charset="cp932")
    assert lines.losses.total == 0
    assert [row.cells["workplace"] for row in found] == [row[3] for row in rows]
