from collections.abc import Iterator

import pytest

from services.postgres import PrivatePostgres
from tests.support.jet import Jet, jet_over


@pytest.fixture(scope="session")
def jet(postgres: PrivatePostgres) -> Iterator[Jet]:
    with jet_over(postgres) as made:
        yield made
