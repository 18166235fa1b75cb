"""One directory service with its worker for the tests of the running side of imports."""

from collections.abc import Iterator

import pytest

from services.postgres import PrivatePostgres
from tests.support.database import short_folder
from tests.support.house import House, house


@pytest.fixture(scope="session")
def api(postgres: PrivatePostgres) -> Iterator[House]:
    with short_folder() as folder:
        limit = str(3 * 1024 * 1024)
        with house(folder, postgres, KAKEHASHI_IMPORT_BYTES=limit, KAKEHASHI_JOB_SECONDS="2") as running:
            running.start_worker()
            yield running
