from collections.abc import Iterator

import pytest

from tests.support.database import private_database
from tests.support.jet import Jet, jet_over


@pytest.fixture(scope="module")
def jet() -> Iterator[Jet]:
    """A database of its own: these tests move the clock."""
    with private_database() as postgres, jet_over(postgres) as made:
        yield made
