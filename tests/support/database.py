"""Private databases for tests, copied from one migrated template: each with a server of its own, or several on one."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path

from migrations.run import Sandbox, migrate, reopen_sandbox
from services.postgres import SUPERUSER, PrivatePostgres, copy_data
from services.postgres_binaries import remove
from services.templates import DATA, content_key, template
from tests.support.sql import execute

REPOSITORY = Path(__file__).resolve().parents[2]
CLOCK = datetime(2024, 7, 8, 9, tzinfo=timezone(timedelta(hours=9)))
SANDBOX = Sandbox(clock=CLOCK, go_live_at=CLOCK)
SOURCES = ("migrations", "services/kit/db", "services/gateway/registry/data")


@contextmanager
def short_folder() -> Iterator[Path]:
    """Short enough for sockets and open to the user that a root's Postgres runs as, unlike tmp_path."""
    folder = Path(tempfile.mkdtemp(prefix="kk-test-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        for entry in folder.iterdir():
            if entry.is_dir():
                remove(entry)
        shutil.rmtree(folder)


@contextmanager
def private_database() -> Iterator[PrivatePostgres]:
    key = content_key(REPOSITORY / source for source in SOURCES)
    with short_folder() as folder:
        with template(REPOSITORY / "var/test-templates", key, _migrated) as made:
            copy_data(made / DATA, folder / DATA)
        with PrivatePostgres(folder / DATA, durable=False) as server:
            reopen_sandbox(server.url(), SANDBOX)
            yield server


class OneOfSeveral(PrivatePostgres):
    """A database on a server that it shares."""

    def __init__(self, server: PrivatePostgres, name: str) -> None:
        super().__init__(server.data, durable=False)
        self._server, self._name = server, name

    def url(self, database: str = "", user: str = SUPERUSER) -> str:
        return self._server.url(database or self._name, user)


class Databases:
    """Copies of the database of a server that nobody else uses: each as fresh as a private one, and at hand sooner."""

    def __init__(self, server: PrivatePostgres) -> None:
        self._server, self._numbers = server, count(1)

    @contextmanager
    def fresh(self) -> Iterator[PrivatePostgres]:
        name, elsewhere = f"fresh_{next(self._numbers)}", self._server.url("template1")
        execute(elsewhere, f"CREATE DATABASE {name} TEMPLATE postgres STRATEGY FILE_COPY")
        try:
            made = OneOfSeveral(self._server, name)
            reopen_sandbox(made.url(), SANDBOX)
            yield made
        finally:
            execute(elsewhere, f"DROP DATABASE {name} WITH (FORCE)")


def _migrated(folder: Path) -> None:
    with PrivatePostgres(folder / DATA, durable=False) as server:
        migrate(server.url(), sandbox=SANDBOX)
