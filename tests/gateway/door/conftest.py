from collections.abc import Iterator

import pytest

from services.postgres import PrivatePostgres
from tests.gateway.door.house import House, house
from tests.gateway.door.saved_place import Place, saved_place


@pytest.fixture(scope="session")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house"), refused_burst=10_000) as built:
        yield built


@pytest.fixture
def a_house(shared_house: House) -> House:
    """The shared house with a fresh reading of the issuer and nothing recorded."""
    shared_house.source.now = 0.0
    shared_house.source.tell()
    for service in shared_house.services.values():
        service.requests.clear()
        service.released.clear()
        service.gone.clear()
        service.sent = 0
    return shared_house


@pytest.fixture(scope="session")
def place(postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with saved_place(postgres, tmp_path_factory.mktemp("saved")) as running:
        yield running


@pytest.fixture
def opened(place: Place) -> tuple[str, str, dict[str, str]]:
    """A saved query, a key of it and its owner's headers."""
    bearer, _ = place.officer()
    ref = place.saved(bearer)
    return ref, str(place.key(bearer, ref)["query_key"]), bearer
