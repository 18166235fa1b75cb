"""The private Postgres starts where others fail: as root, unprivileged, in Japan, homeless, twice."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import mkdtemp

import pytest

from services.postgres import PostgresError, PrivatePostgres, copy_data
from services.postgres_binaries import INSTALL_HINT, find, remove
from tests.support.database import short_folder
from tests.support.sql import fetch, value

REPOSITORY = Path(__file__).resolve().parents[1]
TRIGRAMS = "SELECT cardinality(show_trgm('東京都'))"
CHILD = """
import sys
from pathlib import Path
from services.postgres import PrivatePostgres
from tests.support.sql import fetch, value
with PrivatePostgres(Path(sys.argv[1]), durable=False) as server:
    fetch(server.url(), "CREATE EXTENSION IF NOT EXISTS pg_trgm")
    print(value(server.url(), "SELECT cardinality(show_trgm('東京都'))"))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder() as path:
        yield path


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder that was started and stopped: to copy one is many times quicker than to make one."""
    with short_folder() as path:
        with PrivatePostgres(path / "pg", durable=False):
            pass
        yield path / "pg"


@pytest.fixture
def used(folder: Path, made: Path) -> Path:
    """For tests of what happens after the first start."""
    copy_data(made, folder / "pg")
    return folder


def server_pid(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().split()[0])


def socket_folder(server: PrivatePostgres) -> Path:
    return Path(server.url().partition("host=")[2])


def test_japanese_search_sees_trigrams_and_a_restart_keeps_the_data(folder: Path) -> None:
    with PrivatePostgres(folder / "pg", durable=False) as server:
        fetch(server.url(), "CREATE EXTENSION pg_trgm")
        fetch(server.url(), "CREATE TABLE kept (id int)")
        assert value(server.url(), TRIGRAMS) == 4
        assert value(server.url(), "SHOW listen_addresses") == ""
        assert value(server.url(), "SHOW fsync") == "off"
        sockets = socket_folder(server)
    assert not sockets.exists()
    with PrivatePostgres(folder / "pg", durable=True) as server:
        assert value(server.url(), "SELECT count(*) FROM kept") == 0
        assert value(server.url(), "SHOW fsync") == "on"


def test_contrib_that_the_migrations_need_is_there(used: Path) -> None:
    with PrivatePostgres(used / "pg", durable=False) as server:
        fetch(server.url(), "CREATE EXTENSION btree_gist")
        fetch(server.url(), "CREATE TABLE t (id int, p daterange, PRIMARY KEY (id, p WITHOUT OVERLAPS))")


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "ja_JP.UTF-8", "LC_ALL": "ja_JP.UTF-8", "HOME": "/nonexistent"},
        {"LANG": "ja_JP.UTF-8"},
        {},
    ],
)
def test_starts_in_any_environment(folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder / "pg")],
        env={"PATH": os.defpath, "PYTHONUTF8": "1", **environment},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "4", done.stderr


def start_as_nobody(data: Path, programs: Path, answer: Connection) -> None:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    os.environ.clear()
    os.environ.update(LANG="ja_JP.UTF-8", HOME="/nonexistent", KAKEHASHI_PG_BIN=str(programs))
    with PrivatePostgres(data, durable=False) as server:
        fetch(server.url(), "CREATE EXTENSION pg_trgm")
        answer.send((value(server.url(), TRIGRAMS), data.stat().st_uid))


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test here is unprivileged already")
def test_starts_unprivileged(folder: Path) -> None:
    """In a fork: the interpreter itself may lie where only root can execute it."""
    os.chown(folder, 65534, 65534)
    receiver, sender = multiprocessing.Pipe(duplex=False)
    fork = multiprocessing.get_context("fork")
    child = fork.Process(target=start_as_nobody, args=(folder / "pg", find(), sender))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert receiver.recv() == (4, 65534)


def test_two_starts_at_once_share_one_server_and_the_last_one_stops_it(folder: Path) -> None:
    servers = [PrivatePostgres(folder / "pg", durable=False) for _ in range(2)]
    threads = [threading.Thread(target=server.start) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = servers
    assert first.url() == second.url()
    first.stop()
    assert value(second.url(), "SELECT 1") == 1
    sockets = socket_folder(second)
    second.stop()
    assert not sockets.exists()
    assert not (folder / "pg/postmaster.pid").exists()


def test_a_server_that_outlived_its_starter_is_attached_to_and_stopped(used: Path) -> None:
    leave = CHILD.replace("with PrivatePostgres", "import os\nwith PrivatePostgres") + "    os._exit(9)\n"
    subprocess.run([sys.executable, "-c", leave, str(used / "pg")], cwd=REPOSITORY, check=False)
    pid = server_pid(used / "pg")
    with PrivatePostgres(used / "pg", durable=False) as server:
        assert server_pid(used / "pg") == pid
        assert value(server.url(), "SELECT 1") == 1
    assert not (used / "pg/postmaster.pid").exists()


def test_a_killed_server_leaves_no_trouble(used: Path) -> None:
    killed = PrivatePostgres(used / "pg", durable=False)
    killed.start()
    fetch(killed.url(), "CREATE TABLE kept (id int)")
    fetch(killed.url(), "CHECKPOINT")
    sockets = socket_folder(killed)
    os.kill(server_pid(used / "pg"), signal.SIGKILL)
    with PrivatePostgres(used / "pg", durable=False) as server:
        assert value(server.url(), "SELECT count(*) FROM kept") == 0
        assert not sockets.exists()
        killed.stop()


def test_a_server_whose_socket_was_cleaned_away_is_replaced(used: Path) -> None:
    lost = PrivatePostgres(used / "pg", durable=False)
    lost.start()
    fetch(lost.url(), "CREATE TABLE kept (id int)")
    shutil.rmtree(socket_folder(lost))
    with PrivatePostgres(used / "pg", durable=False) as server:
        assert value(server.url(), "SELECT count(*) FROM kept") == 0
        lost.stop()
        assert value(server.url(), "SELECT 1") == 1


def test_a_pid_that_now_belongs_to_a_stranger_does_not_stop_the_start(used: Path) -> None:
    with PrivatePostgres(used / "pg", durable=False):
        lines = (used / "pg/postmaster.pid").read_text().splitlines()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (used / "pg/postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with PrivatePostgres(used / "pg", durable=False) as server:
            assert value(server.url(), "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_failed_start_removes_its_socket_folder_and_says_why(
    used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of its own: other tests begin servers meanwhile."""
    (used / "pg/postgresql.auto.conf").write_text("no_such_setting = 1\n")
    made: list[Path] = []

    def folder(**asked: str) -> str:
        made.append(Path(mkdtemp(**asked)))
        return str(made[-1])

    monkeypatch.setattr(tempfile, "mkdtemp", folder)
    server = PrivatePostgres(used / "pg", durable=False)
    with pytest.raises(PostgresError, match="no_such_setting"):
        server.start()
    assert len(made) == 1 and not made[0].exists()


def test_a_folder_with_something_else_in_it_is_left_alone(folder: Path) -> None:
    (folder / "pg").mkdir()
    (folder / "pg/letter.txt").write_text("keep me")
    with pytest.raises(PostgresError, match="not a Postgres data folder"):
        PrivatePostgres(folder / "pg", durable=False).start()
    assert (folder / "pg/letter.txt").read_text() == "keep me"


def test_a_copy_runs_beside_its_template_and_a_used_folder_is_not_copied(folder: Path, made: Path) -> None:
    copy_data(made, folder / "template")
    with PrivatePostgres(folder / "template", durable=False) as template:
        fetch(template.url(), "CREATE TABLE made (id int)")
        with pytest.raises(PostgresError, match="in use"):
            copy_data(folder / "template", folder / "copy")
    copy_data(folder / "template", folder / "copy")
    with (
        PrivatePostgres(folder / "template", durable=False) as template,
        PrivatePostgres(folder / "copy", durable=False) as copy,
    ):
        fetch(copy.url(), "INSERT INTO made VALUES (1)")
        assert value(copy.url(), "SELECT count(*) FROM made") == 1
        assert value(template.url(), "SELECT count(*) FROM made") == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that its servers cannot enter")
def test_root_may_keep_its_data_where_only_root_can_go_and_nothing_there_is_opened(folder: Path) -> None:
    private = folder / "private"
    private.mkdir(mode=0o700)
    with PrivatePostgres(private / "pg", durable=False) as server:
        assert value(server.url(), "SELECT 1") == 1
    copy_data(private / "pg", private / "copy")
    with PrivatePostgres(private / "copy", durable=False) as server:
        assert value(server.url(), "SELECT 1") == 1
    assert private.stat().st_mode & 0o777 == 0o700
    for name in ("pg", "copy"):
        target = (private / name).resolve()
        remove(private / name)
        assert not target.exists()


def test_the_search_for_programs_names_what_to_install(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    with pytest.raises(PostgresError, match="KAKEHASHI_PG_BIN"):
        find({"KAKEHASHI_PG_BIN": str(folder)})
    old = folder / "postgres"
    old.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 16.4'\n")
    old.chmod(0o755)
    with pytest.raises(PostgresError, match="at least 18"):
        find({"KAKEHASHI_PG_BIN": str(folder)})
    monkeypatch.setattr("services.postgres_binaries._wheel", lambda: None)
    monkeypatch.setattr("services.postgres_binaries.SYSTEM_FOLDER", folder)
    (folder / "15/bin").mkdir(parents=True)
    (folder / "15/bin/initdb").touch()
    with pytest.raises(PostgresError) as refused:
        find({})
    assert str(refused.value) == INSTALL_HINT
