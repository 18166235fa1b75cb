"""The command line: what it asks, prints and ends with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from client import cli
from tests.client.fake import Fake, problem

SUMMARY = {
    "rows": 3,
    "created": 0,
    "changed": 2,
    "unchanged": 0,
    "refused": 1,
    "problems": 1,
    "stored": False,
}
PROBLEM = {
    "row": 7,
    "column": "A",
    "message": {"ja": "JET番号が10桁です", "en": "ten digits"},
    "remedy": {"ja": "直してください。", "en": "Mend it."},
}

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    def _run(fake: Fake, *words: str) -> int:
        monkeypatch.setattr(cli, "login", fake.api)
        result: Any = cli.run(lambda: cli.app(list(words), result_action="return_value"))
        assert isinstance(result, int)
        return result

    return _run


def test_the_roster_goes_to_standard_output_as_it_came(run: Run, capfdbinary: Any) -> None:
    fake = Fake(httpx.Response(200, content="\ufeffJET番号\r\n".encode()))
    assert run(fake, "roster", "--programme-year", "2024", "--known-at", "2024-07-01") == 0
    assert dict(fake.asked[0].url.params) == {"programme_year": "2024", "known_at": "2024-07-01"}
    assert fake.asked[0].headers["Accept"] == "text/csv"
    assert capfdbinary.readouterr().out == "\ufeffJET番号\r\n".encode()


def test_the_roster_as_a_workbook_goes_to_a_file(run: Run, tmp_path: Path) -> None:
    fake = Fake(httpx.Response(200, content=b"PK"))
    assert run(fake, "roster", "--format", "xlsx", "-o", str(tmp_path / "r.xlsx")) == 0
    assert "spreadsheetml" in fake.asked[0].headers["Accept"]
    assert (tmp_path / "r.xlsx").read_bytes() == b"PK"


def test_figures_are_printed_with_their_total(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    answer = {
        "title": {"ja": "JET参加者数", "en": "JET participants"},
        "unit": "名",
        "basis": {"known_at": "2024-07-01T23:59:59+09:00"},
        "cells": [{"job_type": "ALT", "value": 5373, "qualifier": "exact", "of_whom": []}],
        "totals": [{"value": 5861, "kind": "distinct"}],
    }
    fake = Fake(httpx.Response(200, json=answer))
    assert run(fake, "statistics", "participants", "--dimensions", "job_type") == 0
    printed = capsys.readouterr().out
    assert "5373" in printed
    assert "5,861" in printed
    assert "of_whom" not in printed


def sent(*more: httpx.Response) -> Fake:
    return Fake(
        httpx.Response(202, json={"id": "7", "operation": "/jet/v1/operations/7"}),
        httpx.Response(
            200, json={"id": "7", "state": "failed", "done": 3, "total": 3, "result": SUMMARY, "problem": {}}
        ),
        httpx.Response(200, json={"items": [PROBLEM], "next": None}),
        *more,
    )


def test_a_refused_file_ends_with_1_its_problems_by_cell_and_the_marked_workbook(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, marked = tmp_path / "form.xlsx", tmp_path / "marked.xlsx"
    file.write_bytes(b"PK")
    fake = sent(httpx.Response(200, content=b"PK marked"))
    assert run(fake, "submit", "jet", "appointments", str(file), "--dry-run", "--marked", str(marked)) == 1
    assert fake.asked[0].url.params["dry_run"] == "true"
    assert marked.read_bytes() == b"PK marked"
    printed = capsys.readouterr().out
    assert "A7  JET番号が10桁です 直してください。" in printed
    assert "誤り refused 1" in printed
    assert "not stored" in printed


def test_partial_is_asked_for(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "form.csv"
    file.touch()
    fake = sent()
    run(fake, "submit", "jet", "appointments", str(file), "--partial")
    assert fake.asked[0].url.params["mode"] == "partial"


def test_a_file_without_a_row_is_not_stored_and_ends_with_1(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "form.csv"
    file.touch()
    nothing = SUMMARY | {"rows": 0, "changed": 0, "refused": 0}
    fake = sent()
    fake.answers[1] = httpx.Response(
        200, json={"id": "7", "state": "failed", "done": 0, "total": 0, "result": nothing, "problem": {}}
    )
    assert run(fake, "submit", "jet", "appointments", str(file)) == 1


def test_a_folder_is_told_as_a_table_with_what_to_do_next(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("010-jet-appointments.csv", "020-jet-participants.csv"):
        (tmp_path / name).touch()
    kinds = [{"kind": kind} for kind in ("appointments", "participants")]
    fake = Fake(
        httpx.Response(200, json={"items": kinds, "next": None}),
        problem(413, "too_large", detail="大きすぎます"),
    )
    assert run(fake, "load", str(tmp_path), "--partial", "--history") == 1
    asked = {"kind": "appointments", "mode": "partial", "dry_run": "false", "history": "true"}
    assert dict(fake.asked[1].url.params) == asked
    printed = capsys.readouterr().out
    assert "413 題名: 大きすぎます" in printed
    assert ("refused" in printed, "not sent" in printed) == (True, True)
    assert "Mend what is told above" in printed


def test_a_folder_with_a_strange_name_is_refused_without_a_traceback(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "participants.csv").touch()
    assert run(Fake(), "load", str(tmp_path)) == 1
    assert "participants.csv" in capsys.readouterr().err


def test_the_form_is_saved_where_told(run: Run, tmp_path: Path) -> None:
    fake = Fake(httpx.Response(200, content=b"PK"))
    assert run(fake, "template", "jet", "appointments", "-o", str(tmp_path / "f.xlsx")) == 0
    assert fake.asked[0].url.path == "/jet/v1/imports/kinds/appointments/template"
    assert (tmp_path / "f.xlsx").read_bytes() == b"PK"


def test_a_refusal_is_told_without_a_traceback(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Fake(problem(403, "scope_insufficient")), "roster") == 1
    assert "403 題名: 説明" in capsys.readouterr().err


def test_a_missing_login_names_the_variables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in cli.LOGIN:
        monkeypatch.delenv(name, raising=False)
    assert cli.run(lambda: cli.roster()) == 1
    assert "KAKEHASHI_CLIENT_SECRET" in capsys.readouterr().err
