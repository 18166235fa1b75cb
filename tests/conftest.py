"""What tests stand on: a private Postgres and, over it, the real processes; one of each per test worker."""

from collections.abc import Iterator

import pytest

from services.postgres import PrivatePostgres
from services.system import System
from tests.support.database import private_database, short_folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """Migrated, empty, a sandbox whose clock stands at `tests.support.database.CLOCK`."""
    with private_database() as server:
        yield server


@pytest.fixture(scope="session")
def system(postgres: PrivatePostgres) -> Iterator[System]:
    """All the processes; tests commit for real, on synthetic organisations of their own."""
    with short_folder() as folder, System(folder, postgres.url()) as running:
        yield running
