from collections.abc import Iterator

import pytest

from services.postgres import PrivatePostgres
from tests.support.care import Care, caring


@pytest.fixture(scope="session")
def care(postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Care]:
    with caring(postgres, tmp_path_factory.mktemp("care") / "keys") as made:
        yield made
