from collections.abc import Iterator

import pytest

from services.gateway.registry.app import create_app as create_registry
from services.jet.app import create_app as create_jet
from services.postgres import PrivatePostgres
from tests.support.serving import Serving, serving
from tests.walls.loading import World, load


@pytest.fixture(scope="session")
def services(
    postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Serving]]:
    keys = tmp_path_factory.mktemp("walls") / "keys"
    with (
        serving("registry", create_registry, postgres, keys) as registry,
        serving("jet", create_jet, postgres, keys) as jet,
    ):
        yield {"registry": registry, "jet": jet}


@pytest.fixture(scope="session")
def world(services: dict[str, Serving]) -> World:
    return load(**services)
