from collections.abc import Iterator

import pytest

from services.system import System
from tests.support.offices import Offices, offices


@pytest.fixture(scope="module")
def office(system: System) -> Iterator[Offices]:
    with offices(system) as made:
        yield made
