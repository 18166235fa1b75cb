"""What the one-machine launcher is made of: keys, templates, children, addresses."""

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import uvicorn

from services.keys import SIGNERS, create_keys, create_passwords
from services.kit.auth.keys import load_key
from services.nursery import CopyChild
from services.postgres import PrivatePostgres
from services.processes import Child, ProcessFailed, answers_ready
from services.serve import configuration
from services.system import System
from services.templates import content_key, template
from tests.support.database import short_folder
from tests.support.sql import value


def at_once(action: Callable[[], None], times: int = 4) -> None:
    threads = [threading.Thread(target=action) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def child(folder: Path, program: str) -> Child:
    return Child("worker-jet", [sys.executable, "-uc", program], {}, folder / "worker-jet.log", None)


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    at_once(lambda: create_keys(tmp_path / "keys"))
    made = {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()}
    create_keys(tmp_path / "keys")
    assert {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()} == made
    assert set(made) == {
        "issuer.jwk",
        "issuer.public.jwk",
        "issuer.next.jwk",
        "issuer.next.public.jwk",
        "door.jwk",
        "door.public.jwk",
        "audit.jwk",
        "audit.public.jwk",
        "desk.jwk",
        "desk.public.jwk",
        "cursor.key",
        "care.key",
    }
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "keys").iterdir())
    assert len(made["cursor.key"]) == 32
    for name, algorithm in SIGNERS.items():
        private = load_key(tmp_path / f"keys/{name}.jwk", algorithm, private=True)
        public = load_key(tmp_path / f"keys/{name}.public.jwk", algorithm)  # refuses a private half
        assert public.kid == private.kid


def test_database_passwords_stay_the_same(tmp_path: Path) -> None:
    first = create_passwords(tmp_path, ("jet_app", "door_app"))
    assert first["jet_app"] != first["door_app"]
    assert create_passwords(tmp_path, ("jet_app", "door_app")) == first


def test_a_template_is_built_once_even_by_several_at_once(tmp_path: Path) -> None:
    built: list[Path] = []
    used: list[str] = []

    def build(folder: Path) -> None:
        built.append(folder)
        (folder / "content").write_text("whole")

    def use() -> None:
        with template(tmp_path, "key", build) as made:
            used.append((made / "content").read_text())

    at_once(use)
    assert len(built) == 1
    assert used == ["whole"] * 4


def test_a_failed_build_leaves_nothing_and_a_new_key_replaces_the_old(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError("no")

    with pytest.raises(RuntimeError), template(tmp_path, "key", fail):
        pass
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []
    for key in ("old", "new"):
        with template(tmp_path, key, lambda folder: (folder / "content").touch()):
            pass
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["new"]


def test_the_key_follows_content_and_names(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.py").write_text("1")
    first = content_key([source])
    assert content_key([source]) == first
    (source / "a.pyc").write_text("noise")
    assert content_key([source]) == first
    (source / "a.py").rename(source / "b.py")
    renamed = content_key([source])
    (source / "b.py").write_text("2")
    assert len({first, renamed, content_key([source])}) == 3


def test_a_worker_is_ready_when_it_says_so_and_ends_when_asked(tmp_path: Path) -> None:
    worker = child(tmp_path, "import time; print('not ready yet'); print('ready'); time.sleep(60)")
    worker.start()
    worker.wait_ready(30)
    assert worker.alive
    worker.stop()
    assert not worker.alive


def test_a_child_that_dies_is_named_with_its_last_words(tmp_path: Path) -> None:
    worker = child(tmp_path, "print('ready'.upper()); raise SystemExit('the database is closed')")
    worker.start()
    with pytest.raises(ProcessFailed, match=r"(?s)worker-jet ended with 1.*the database is closed"):
        worker.wait_ready(30)


def test_a_child_that_ignores_the_request_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.processes.STOP_SECONDS", 0.2)
    ignore = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready'); time.sleep(60)"
    )
    worker = child(tmp_path, ignore)
    worker.start()
    worker.wait_ready(30)
    worker.stop()
    assert not worker.alive


def copy(folder: Path, *told: str, environment: dict[str, str] | None = None) -> CopyChild:
    return CopyChild(
        "worker-jet", ["tests.support.told", *told], environment or {}, folder / "copy.log", None
    )


def test_a_copy_knows_what_it_was_told_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is made of a process with one thread: another could hold a lock that the copy then waits for."""
    monkeypatch.setenv("KAKEHASHI_OTHER", "not for it")
    one, other = copy(tmp_path, environment={"SECRET": "its own"}), copy(tmp_path, "two")
    for process in (one, other):
        process.start()
        process.wait_ready(30)
    first, _, second, _ = (tmp_path / "copy.log").read_text().splitlines()
    assert json.loads(first) == [[], {"SECRET": "its own"}, True, 1]
    assert json.loads(second) == [["two"], {}, True, 1]
    one.stop()
    assert (one.alive, other.alive) == (False, True)
    other.kill()
    assert not other.alive


def test_a_copy_that_dies_or_will_not_end_is_a_child_as_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying, stubborn = copy(tmp_path, "dies"), copy(tmp_path, "stubborn")
    dying.start()
    with pytest.raises(ProcessFailed, match=r"(?s)worker-jet ended with 1.*the database is closed"):
        dying.wait_ready(30)
    monkeypatch.setattr("services.processes.STOP_SECONDS", 0.2)
    stubborn.start()
    stubborn.wait_ready(30)
    stubborn.stop()
    assert not stubborn.alive


def test_nothing_listens_nothing_is_ready(tmp_path: Path) -> None:
    assert not answers_ready(f"unix:{tmp_path}/none.sock")
    assert not answers_ready("127.0.0.1:1")


def test_an_address_is_a_socket_in_a_private_folder_or_host_and_port(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert configuration("jet", f"unix:{tmp_path}/jet.sock").uds == f"{tmp_path}/jet.sock"
    door: uvicorn.Config = configuration("door", "[::1]:8000")
    assert (door.host, door.port, door.uds) == ("::1", 8000, None)
    assert not door.proxy_headers and not door.server_header and not door.access_log
    tmp_path.chmod(0o755)
    with pytest.raises(SystemExit, match="owner only"):
        configuration("jet", f"unix:{tmp_path}/jet.sock")
    for wrong in ("", "8000", ":8000", "localhost:http"):
        with pytest.raises(SystemExit, match="neither"):
            configuration("door", wrong)


@pytest.mark.parametrize(
    ("administrator", "expected"),
    [
        ("postgresql://kakehashi@/postgres?host=/tmp/kk", "postgresql://jet_app:s3@/postgres?host=/tmp/kk"),
        ("postgresql://me:pw@db.example:5433/k", "postgresql://jet_app:s3@db.example:5433/k"),
    ],
)
def test_each_service_has_its_own_login(tmp_path: Path, administrator: str, expected: str) -> None:
    system = System(tmp_path, administrator, passwords={"jet_app": "s3"})
    assert system.database_as("jet_app") == expected
    assert system.database_as("door_app") == expected.replace("jet_app:s3", "door_app")


def test_a_migrated_database_knows_the_roles_and_its_clock(postgres: PrivatePostgres) -> None:
    with short_folder() as folder:
        system = System(folder, postgres.url())
        assert value(system.database_as("jet_app"), "SELECT current_user") == "jet_app"
        assert str(value(system.database_as("jet_app"), "SELECT platform.today()")) >= "2024-07-08"
