"""`kakehashi load` against the real processes: twice, from the beginning, and killed in the middle."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from client import cli
from client.api import Api
from client.credentials import Secret
from client.folder import NOTES
from services.system import System
from tests.support.database import REPOSITORY

LISTS = "010-directory-code-lists.csv"
ORGANISATIONS = "020-directory-organisations.csv"
PEOPLE = "030-directory-people.csv"
POSTS = "040-directory-posts.csv"
KINDS = ("code-lists", "organisations", "people", "posts")
LONG = 1_500

Load = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def registrar(system: System) -> dict[str, str]:
    known = json.loads((system.keys / "registrar.json").read_text(encoding="utf-8"))
    return {"KAKEHASHI_CLIENT_ID": known["client_id"], "KAKEHASHI_CLIENT_SECRET": known["client_secret"]}


@pytest.fixture(scope="module")
def api(system: System, registrar: dict[str, str]) -> Iterator[Api]:
    with Api(system.url, Secret(*registrar.values())) as opened:
        yield opened


@pytest.fixture(scope="module")
def login(system: System, registrar: dict[str, str]) -> dict[str, str]:
    return os.environ | registrar | {"KAKEHASHI_URL": system.url, "COLUMNS": "120"}


def write(path: Path, header: str, rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(header.split(","))
        writer.writerows(rows)


def fill(folder: Path, prefix: str, count: int) -> None:
    """A code list, and `count` school corporations with an officer each; headings in either language, and names."""
    write(
        folder / LISTS,
        "name,title_ja,title_en,version,source,source_on",
        [(f"l{prefix.lower()}", "試験", "Test", "1", "試験", "2024-01-01")],
    )
    codes = [f"{prefix}{n:04}" for n in range(count)]
    write(
        folder / ORGANISATIONS,
        "コード,名称,種類",
        [(code, f"学校法人{code}学園", "学校法人") for code in codes],
    )
    write(folder / PEOPLE, "number,kind,name", [(f"P{code}", "officer", f"試験 {code}") for code in codes])
    write(
        folder / POSTS,
        "person_number,organisation_code,section,title,valid_from",
        [(f"P{code}", code, "office", "主事", "2020-04-01") for code in codes],
    )


@pytest.fixture
def load(login: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Load:
    """The command in the test's own process; what is killed is a process of its own."""
    for one in (cli.console, cli.errors):
        monkeypatch.setattr(one, "width", 120)  # a terminal's is read once, when the module is

    def run(folder: Path, *options: str) -> tuple[int, str]:
        words = ["load", str(folder), *options]
        with patch.dict(os.environ, login):
            code: Any = cli.run(lambda: cli.app(words, result_action="return_value"))
        return int(code), "".join(capsys.readouterr())

    return run


def notes(folder: Path, api: Api) -> dict[str, dict[str, Any]]:
    file = folder / NOTES
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return dict(kept.get(api.url, {}))


def created(folder: Path, api: Api) -> list[int]:
    return [noted["counts"]["created"] for noted in notes(folder, api).values()]


def sent(api: Api) -> Counter[tuple[str, str]]:
    """How often each file has arrived, by its kind and bytes."""
    imports = [one for kind in KINDS for one in api.iterate("/directory/v1/imports", {"kind": kind})]
    return Counter((one["kind"], one["sha256"]) for one in imports)


def test_a_folder_is_loaded_once_and_from_the_beginning_changes_nothing(
    api: Api, load: Load, tmp_path: Path
) -> None:
    fill(tmp_path, "S96", 3)
    code, printed = load(tmp_path)
    assert (code, printed.count("stored")) == (0, 4)
    assert created(tmp_path, api) == [1, 3, 3, 3]
    arrived = sent(api)

    code, printed = load(tmp_path)
    assert (code, printed.count("stored before")) == (0, 4)
    assert sent(api) == arrived

    (tmp_path / NOTES).unlink()
    assert load(tmp_path)[0] == 0
    assert [noted["counts"]["unchanged"] for noted in notes(tmp_path, api).values()] == [1, 3, 3, 3]
    assert created(tmp_path, api) == [0] * 4


def test_a_refused_file_tells_its_cells_and_ends_the_run(api: Api, load: Load, tmp_path: Path) -> None:
    fill(tmp_path, "S95", 3)
    write(tmp_path / ORGANISATIONS, "コード,名称,種類", [("S950000", "学校法人誤学園", "惑星")])
    code, printed = load(tmp_path)
    assert code == 1
    assert "C2  「惑星」は選択肢にありません" in printed
    assert "“惑星” is not one of the choices" in printed
    assert (printed.count("保存 stored"), printed.count("未送信 not sent")) == (1, 2)
    assert (tmp_path / "020-directory-organisations-marked.xlsx").read_bytes().startswith(b"PK")

    fill(tmp_path, "S95", 3)
    assert load(tmp_path)[0] == 0
    assert created(tmp_path, api) == [1, 3, 3, 3]


def test_a_trial_of_a_folder_stores_nothing(api: Api, load: Load, tmp_path: Path) -> None:
    fill(tmp_path, "S94", 2)
    code, printed = load(tmp_path, "--dry-run")
    assert (code, printed.count("no error")) == (1, 3)  # the posts are of organisations that are not there
    assert "A trial stores nothing" in printed
    assert not (tmp_path / NOTES).exists()
    assert not [one for one in api.iterate("/directory/v1/organisations") if one["code"].startswith("S94")]


def test_kinds_of_nobody_are_told_before_anything_is_sent(api: Api, load: Load, tmp_path: Path) -> None:
    fill(tmp_path, "S93", 1)
    for name in ("015-directory-organisation.csv", "016-nowhere-people.csv", "017-jet-participants.csv"):
        (tmp_path / name).touch()
    arrived = sent(api)
    code, printed = load(tmp_path)
    assert code == 1
    assert "015-directory-organisation.csv  → organisations" in printed
    assert "016-nowhere-people.csv" in printed
    assert "017-jet-participants.csv" in printed  # a registrar sends no participants
    assert sent(api) == arrived


@pytest.mark.slow
def test_a_loader_killed_in_the_middle_goes_on_and_sends_nothing_twice(
    api: Api, login: dict[str, str], load: Load, tmp_path: Path
) -> None:
    fill(tmp_path, "S8", LONG)
    before = sent(api)
    command = [sys.executable, "-m", "client.cli", "load", str(tmp_path)]
    with subprocess.Popen(command, env=login, cwd=REPOSITORY) as running:
        while notes(tmp_path, api).get(ORGANISATIONS, {}).get("state") != "sent":
            assert running.poll() is None
            time.sleep(0.005)
        running.kill()
    assert running.returncode == -signal.SIGKILL
    assert PEOPLE not in notes(tmp_path, api)

    assert load(tmp_path)[0] == 0
    assert created(tmp_path, api) == [1, LONG, LONG, LONG]
    assert list((sent(api) - before).values()) == [1, 1, 1, 1]
