from collections.abc import Iterator

import pytest

from tests.gateway.door.house import House, house


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
