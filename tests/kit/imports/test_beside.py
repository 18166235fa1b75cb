"""A long file is checked in a process of its own: what comes of it is the same, and it ends with whoever listens."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.jet.appointments.resource import AppointmentWrite, appointments
from services.kit.imports import beside
from services.kit.imports.beside import checked
from services.kit.imports.checking import Checking
from services.kit.imports.reading import CSV, FileRefused
from tests.kit.imports.running import csv_of

HEADINGS = ("jet_number", "organisation_code", "programme_year", "job_type", "starts_on", "ends_on", "workplace_name",
            "workplace_kind", "school_level", "備考欄")  # fmt: skip
ROW = ("20240000001", "131016", "2024", "ALT", "2024-08-01", "2025-07-31", "架空小学校", "学校", "小学校", "")
WRONG = {3: (*ROW[:4], "令和6年2月30日", *ROW[5:]), 5: ("２０２４", *ROW[1:]), 6: (*ROW[:8], "大学", "")}


@pytest.fixture
def checking(tmp_path: Path) -> Checking:
    path = tmp_path / "source"
    path.write_bytes(csv_of([WRONG.get(number, ROW) for number in range(4_000)], HEADINGS))
    return Checking(
        appointments.plural, appointments.version, AppointmentWrite, appointments.read, ("job_type",), path, CSV, None,
        False, None,
    )  # fmt: skip


def told(checking: Checking) -> tuple[Any, ...]:
    async def play() -> tuple[Any, ...]:
        async with checked(checking, 1_500) as (reading, chunks):
            sizes, rows = [], []
            async for chunk in chunks:
                sizes.append(len(chunk))
                rows += chunk
        shape = (reading.sheet, reading.encoding, reading.header_row, reading.length)
        names = [column.name if column else None for column in reading.columns]
        return shape, names, reading.findings, sizes, rows

    return asyncio.run(play())


def test_it_comes_to_the_same(checking: Checking, monkeypatch: pytest.MonkeyPatch) -> None:
    here = told(checking)
    monkeypatch.setattr(beside, "LONG_BYTES", 0)
    monkeypatch.setattr(Checking, "begin", None)  # not in this process
    apart = told(checking)
    assert here == apart
    *_, findings, sizes, rows = apart
    assert [finding.code for finding in findings] == ["unknown_heading"]
    assert sizes == [1_500, 1_500, 1_000]
    assert {one.place.row for one in rows if one.row is None} == {5, 7, 8}
    assert {one.whole for one in rows} == {("ALT",)}


def test_a_file_that_cannot_be_read_is_refused_in_the_same_words(
    checking: Checking, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    for name, data in (
        ("header", b"\x81\x40,\n"),
        ("end", checking.path.read_bytes() + b'"' + b"x\n" * 700_000),
    ):
        checking.path.with_name(name).write_bytes(data)
        for least in (1 << 40, 0):
            monkeypatch.setattr(beside, "LONG_BYTES", least)
            with pytest.raises(FileRefused) as refused:
                told(replace(checking, path=checking.path.with_name(name)))
            said.append(refused.value.finding)
    assert said[0] == said[1] and said[2] == said[3]


LISTEN = """
import multiprocessing, sys, time
from pathlib import Path
from services.jet.appointments.resource import AppointmentWrite, appointments
from services.kit.imports import beside
from services.kit.imports.checking import Checking
if __name__ == "__main__":
    held = beside._apart(Checking("appointments", "1", AppointmentWrite, appointments.read, (), Path(sys.argv[1]), "text/csv", None,
                           False, None), 500)
    print(multiprocessing.active_children()[0].pid, flush=True)
    time.sleep(600)
"""


def test_it_ends_when_the_worker_is_killed(checking: Checking) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", LISTEN, str(checking.path)], stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    child = int(worker.stdout.readline())
    assert Path(f"/proc/{child}").exists()
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{child}").exists():
        assert time.monotonic() < deadline, "it still runs"
        time.sleep(0.05)


def test_a_reader_that_dies_is_a_fault_that_may_pass(
    checking: Checking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "LONG_BYTES", 0)

    async def play() -> None:
        async with checked(checking, 100) as (_, chunks):
            async for _chunk in chunks:
                (child,) = multiprocessing.active_children()
                os.kill(child.pid or 0, signal.SIGKILL)

    with pytest.raises(ConnectionError):
        asyncio.run(play())
    assert not multiprocessing.active_children()
