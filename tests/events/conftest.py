from collections.abc import Iterator

import pytest

from tests.support.database import Databases
from tests.support.events import Events, events_over


@pytest.fixture(scope="module")
def events(databases: Databases) -> Iterator[Events]:
    """A database of its own: these tests move the clock."""
    with databases.fresh() as postgres, events_over(postgres) as made:
        yield made
