from collections.abc import Iterator

import pytest

from services.postgres import PrivatePostgres
from tests.kit.capacity.house import House, open_house


@pytest.fixture(scope="module")
def house(postgres: PrivatePostgres) -> Iterator[House]:
    with open_house(postgres) as made:
        yield made
