"""What tests stand on: a private Postgres and, beside it, the real processes; one of each per test worker."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.postgres import PrivatePostgres
from services.system import System
from tests.support.database import Databases, private_database, short_folder

gc.disable()  # until all is collected: what is imported stays, and to look through it again and again takes long
# nobody here speaks TLS: to read all authorities of the world for each client takes longer than what it asks
os.environ["SSL_CERT_DIR"] = os.path.dirname(__file__)
os.environ.pop("SSL_CERT_FILE", None)


_HERE = Path(__file__).parent
_SYSTEMS = ("browser", "client", "e2e", "gateway", "operate", "test_own_postgres.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two workers take a half each and, when done, from the end of the other's. What is dear to prepare stands in front: the
    walls' world before the first half, whole systems before the second; so each is prepared once, and nothing dear is last.
    """
    walls: list[pytest.Item] = []
    systems: list[pytest.Item] = []
    rest: list[pytest.Item] = []
    for item in items:
        folder = item.path.relative_to(_HERE).parts[0]
        (walls if folder == "walls" else systems if folder in _SYSTEMS else rest).append(item)
    first = max(0, len(items) // 2 - len(walls))
    items[:] = [*walls, *rest[:first], *systems, *rest[first:]]


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """Migrated, empty, a sandbox whose clock stands at `tests.support.database.CLOCK`."""
    with private_database() as server:
        yield server


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """For tests that fill a database or move its clock, and leave its server and its roles alone."""
    with private_database() as server:
        yield Databases(server)


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """All the processes on a database of theirs, where no worker but their own takes a job; tests commit for real, on
    synthetic organisations of their own."""
    with private_database() as own, short_folder() as folder, System(folder, own.url()) as running:
        yield running
