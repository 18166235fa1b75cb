"""A file with very many problems keeps few of them in memory, and tells them all."""

import gc
import json
import sys
from contextlib import closing
from pathlib import Path

import pytest

from services.kit.findings import Finding
from services.kit.imports import problems
from services.kit.imports.parsing import CellProblem
from services.kit.imports.problems import Problems
from services.kit.imports.seen import Seen
from services.kit.text import Text
from tests.kit.imports.running import csv_of
from tests.support.house import House

FOUND = Finding("bad", Text("誤り", "wrong"), Text("直す", "mend"))


def _problem(row: int, letter: str = "A") -> CellProblem:
    return CellProblem("", row, letter, "code", Text("コード", "Code"), FOUND)


def _alive() -> int:
    gc.collect()
    return sum(isinstance(one, CellProblem) for one in gc.get_objects())


def test_only_the_first_are_kept_and_all_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(problems, "KEPT", 100)
    before, found = _alive(), Problems(tmp_path / "problems")
    for chunk in range(50):
        found.add([_problem(row) for row in range(chunk * 100 + 1, chunk * 100 + 101)])
    assert _alive() - before == 100
    assert [one.row for one in found.kept] == list(range(1, 101))
    told = [one for batch in found.batches() for one in json.loads(batch)]
    assert (len(told), found.total) == (5_000, 5_000)
    assert [(one["ordinal"], one["row"]) for one in told] == [(place, place) for place in range(1, 5_001)]


def test_what_is_found_in_a_chunk_is_told_by_row_and_column(tmp_path: Path) -> None:
    found = Problems(tmp_path / "problems")
    found.add([_problem(3), _problem(2, "B"), _problem(2, "A")])
    assert [(one.row, one.column_letter) for one in found.kept] == [(2, "A"), (2, "B"), (3, "A")]


def test_records_seen_are_not_held_in_memory() -> None:
    with closing(Seen()) as seen:
        before = sys.getallocatedblocks()
        for row in range(20_000):
            assert seen.first([((f"2024{row:07d}", "x"), row)]) == [row]
        assert sys.getallocatedblocks() - before < 2_000
        twice = ("20240000005", "y")
        named = [(("20240000005", "x"), 30_000), (twice, 30_001), (twice, 30_002)]
        assert seen.first(named) == [5, 30_001, 30_001]


def test_more_problems_than_are_kept_are_all_told_by_the_import(api: House) -> None:
    rows = [("X", "名", "会社ではない")] * (problems.KEPT + 500)
    operation = api.done(csv_of(rows))
    result = operation["result"]
    assert (result["refused"], result["problems"]) == (len(rows), len(rows))
    seen, last = 0, 0
    params: dict[str, object] = {"limit": 500}
    while params.get("cursor", "") is not None:
        page = api.call(
            "GET", f"{result['import']}/problems", "directory_imports_problems", params=params
        ).json()
        seen, last, params["cursor"] = seen + len(page["items"]), page["items"][-1]["row"], page["next"]
    assert (seen, last) == (len(rows), len(rows) + 1)
