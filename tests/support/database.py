"""Private databases for tests, copied from one migrated template."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

from migrations.run import Sandbox, migrate, reopen_sandbox
from services.postgres import PrivatePostgres, copy_data
from services.postgres_binaries import remove
from services.templates import DATA, content_key, template

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


def _migrated(folder: Path) -> None:
    with PrivatePostgres(folder / DATA, durable=False) as server:
        migrate(server.url(), sandbox=SANDBOX)
