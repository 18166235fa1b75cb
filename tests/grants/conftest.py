from collections.abc import Iterator

import pytest

from tests.support.database import Databases
from tests.support.grants import Grants, grants_over


@pytest.fixture(scope="module")
def grants(databases: Databases) -> Iterator[Grants]:
    """A database of its own: these tests move the clock."""
    with databases.fresh() as postgres, grants_over(postgres) as made:
        yield made
