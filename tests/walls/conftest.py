from collections.abc import Iterator

import pytest

from services.events.app import create_app as create_events
from services.gateway.registry.app import create_app as create_registry
from services.grants.app import create_app as create_grants
from services.jet.app import create_app as create_jet
from services.jet.care.app import create_app as create_care
from services.postgres import PrivatePostgres
from tests.support.database import private_database
from tests.support.serving import Serving, serving
from tests.walls.loading import World, load


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """A database of the walls' own: they state every row of it, and other tests leave theirs."""
    with private_database() as server:
        yield server


@pytest.fixture(scope="session")
def services(
    postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Serving]]:
    keys = tmp_path_factory.mktemp("walls") / "keys"
    with (
        serving("registry", create_registry, postgres, keys) as registry,
        serving("jet", create_jet, postgres, keys) as jet,
        serving("care", create_care, postgres, keys) as care,
        serving("grants", create_grants, postgres, keys) as grants,
        serving("events", create_events, postgres, keys) as events,
    ):
        yield {"registry": registry, "jet": jet, "care": care, "grants": grants, "events": events}


@pytest.fixture(scope="session")
def world(services: dict[str, Serving]) -> World:
    return load(services["registry"], services["jet"])
