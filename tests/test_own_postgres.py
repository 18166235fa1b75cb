"""`make serve` on somebody's own Postgres: TCP, passwords, several databases on one server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import Mock

import pytest

from client.api import Api
from client.credentials import Secret
from migrations.run import migrate
from services.launcher import Launcher
from services.processes import Child, ProcessFailed
from services.system import System
from tests.support.own_postgres import free_port, own_postgres
from tests.support.sql import fetch, value


def environment(data: Path, database: str, port: int) -> dict[str, str]:
    given = {"KAKEHASHI_DATA_DIR": str(data), "DATABASE_URL": database, "KAKEHASHI_PORT": str(port)}
    return os.environ | given


@contextmanager
def served(data: Path, database: str) -> Iterator[Api]:
    """A registrar of an installation on this database, who has logged in there."""
    port = free_port()
    command = [sys.executable, "-m", "services.launcher", "serve"]
    log = data / f"{port}.log"
    child = Child("launcher", command, environment(data, database, port), log, f"127.0.0.1:{port}")
    child.start()
    try:
        known = json.loads(Path(said(child, log, "registrar.json")).read_text())
        with Api(f"http://127.0.0.1:{port}", Secret(known["client_id"], known["client_secret"])) as api:
            yield api
    finally:
        child.stop()
    assert "Traceback" not in log.read_text()


def said(child: Child, log: Path, name: str) -> str:
    """The path of this name, once the launcher prints it."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and child.alive:
        for word in log.read_text().split():
            if word.endswith(name):
                return word
        time.sleep(0.05)
    raise AssertionError(child.last_words())


def codes(api: Api) -> list[str]:
    return [one["code"] for one in api.iterate("/directory/v1/organisations")]


def store(api: Api, folder: Path, row: str) -> None:
    file = folder / "organisations.csv"
    file.write_text(f"code,name,kind\n{row}\n", encoding="utf-8")
    assert api.submit("directory", "organisations", file).stored


@pytest.fixture
def server() -> Iterator[str]:
    with own_postgres() as url:
        yield url


def logins(server: str, data: Path) -> list[object]:
    """Who a service is in each of two databases, by the one password that it has on their server."""
    (passwords,) = data.glob("server-*/database.json")
    password = json.loads(passwords.read_text())["jet_app"]
    login = f"postgresql://jet_app:{password}@{server.rpartition('@')[2]}"
    return [value(f"{login}/{name}", "SELECT current_user") for name in ("first", "second")]


class NotStarted(Exception):
    """Where the processes of an installation would start."""


def test_an_installation_with_passwords_and_a_second_prepared_beside_it(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        fetch(f"{server}/postgres", f"CREATE DATABASE {name}")
    with served(tmp_path, f"{server}/first?sslmode=disable") as first:
        store(first, tmp_path, "S00001,学校法人試験学園,school_corporation")
        monkeypatch.setattr(System, "start", Mock(side_effect=NotStarted))
        with pytest.raises(NotStarted):
            Launcher(tmp_path, free_port()).serve(f"{server}/second")
        assert codes(first) == ["S00001"]
        assert value(f"{server}/second", "SELECT count(*) FROM directory.organisation") == 0
        assert logins(server, tmp_path) == ["jet_app"] * 2
    with pytest.raises(ProcessFailed, match="without demo data"):
        Launcher(tmp_path, free_port()).run(f"{server}/first")
    assert value(f"{server}/first", "SELECT count(*) FROM directory.person") == 0


@pytest.mark.long
def test_two_installations_on_one_server_with_passwords(server: str, tmp_path: Path) -> None:
    """The test before this one with the processes of both; and the demo years are refused in one more."""
    for name in ("first", "second"):
        fetch(f"{server}/postgres", f"CREATE DATABASE {name}")
    with (
        served(tmp_path, f"{server}/first?sslmode=disable") as first,
        served(tmp_path, f"{server}/second") as second,
    ):
        assert (codes(first), codes(second)) == ([], [])
        store(first, tmp_path, "S00001,学校法人試験学園,school_corporation")
        assert (codes(first), codes(second)) == (["S00001"], [])
        assert logins(server, tmp_path) == ["jet_app"] * 2
    assert_demo_years_stay_out(tmp_path, f"{server}/first")


def assert_demo_years_stay_out(data: Path, database: str) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "services.launcher", "run"],
        env=environment(data, database, free_port()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "without demo data" in refused.stderr
    assert value(database, "SELECT count(*) FROM directory.person") == 0


def test_an_administrator_need_not_be_a_superuser(server: str) -> None:
    fetch(f"{server}/postgres", "CREATE ROLE boss LOGIN CREATEROLE PASSWORD 'boss'")
    fetch(f"{server}/postgres", "CREATE DATABASE managed OWNER boss")
    migrate(f"postgresql://boss:boss@{server.rpartition('@')[2]}/managed", passwords={"jet_app": "s3"})
    login = f"postgresql://jet_app:s3@{server.rpartition('@')[2]}/managed"
    assert value(login, "SELECT sandbox FROM platform.clock") is False
