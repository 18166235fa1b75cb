"""What tests stand on: a private Postgres and, beside it, the real processes; one of each per test worker."""

import gc
import os
from collections.abc import Iterator

import pytest

from services.postgres import PrivatePostgres
from services.system import System
from tests.support.database import Databases, private_database, short_folder

gc.disable()  # until all is collected: what is imported stays, and to look through it again and again takes long
# nobody here speaks TLS: to read all authorities of the world for each client takes longer than what it asks
os.environ["SSL_CERT_DIR"] = os.path.dirname(__file__)
os.environ.pop("SSL_CERT_FILE", None)


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
