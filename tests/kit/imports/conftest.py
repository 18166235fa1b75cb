"""One directory service with its worker for the tests of the running side of imports."""

from collections.abc import Iterator

import pytest

from tests.kit.imports.exports import Exports, exports
from tests.support.database import Databases, private_database, short_folder
from tests.support.house import House, house


@pytest.fixture(scope="session")
def api() -> Iterator[House]:
    """On a database of its own: the worker of another system would take its jobs."""
    with private_database() as postgres, short_folder() as folder:
        limit = str(3 * 1024 * 1024)
        with house(folder, postgres, KAKEHASHI_IMPORT_BYTES=limit, KAKEHASHI_JOB_SECONDS="1") as running:
            running.start_worker()
            yield running


@pytest.fixture(scope="session")
def there(databases: Databases) -> Iterator[Exports]:
    """For tests that leave the lists as they found them, or with values that any list may have."""
    with databases.fresh() as postgres, exports(postgres) as made:
        yield made
