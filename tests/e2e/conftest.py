from collections.abc import Iterator

import pytest

from services.system import System
from tests.support.database import private_database, short_folder


@pytest.fixture(scope="session")
def moving() -> Iterator[System]:
    """All the processes, for tests that move the clock ahead and kill a worker, for whose successor they do not wait
    long; each on records of its own."""
    with (
        private_database() as own,
        short_folder() as folder,
        System(folder, own.url(), environment={"KAKEHASHI_JOB_SECONDS": "2"}) as running,
    ):
        yield running
