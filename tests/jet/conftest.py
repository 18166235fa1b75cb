from collections.abc import Iterator

import pytest

from tests.support.database import Databases
from tests.support.jet import Jet, jet_over


@pytest.fixture(scope="module")
def jet(databases: Databases) -> Iterator[Jet]:
    """A database of its own: these tests move the clock."""
    with databases.fresh() as postgres, jet_over(postgres) as made:
        yield made
