"""The served OpenAPI, fuzzed as every role: no fault, and answers as the document states them.

The short form is part of the suite: every route as two roles.
`make fuzz` runs the long one as all, and tries the fuzz itself on planted bugs.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from zlib import crc32

import pytest

from services.gateway.registry.app import create_app as create_registry
from services.jet.app import create_app as create_jet
from tests.contract.fuzzing import Fuzz, Known
from tests.contract.planted import PLANTS, Plant
from tests.support.database import Databases, short_folder
from tests.support.serving import Serving, serving
from tests.walls import loading, world
from tests.walls.loading import World
from tests.walls.world import Actor

# Each role with the cases that the long form demands of it
ROLES = {
    "coordinator": 3600, "registrar": 3600, "auditor": 1600, "organisation": 2600, "host_authority": 2600,
    "ministry": 1600, "participant": 1600, "business": 1600, "service": 1600, "anonymous": 1200,
}  # fmt: skip
ACTORS = {
    "coordinator": Actor("coordinator", person="Kacho"),
    "registrar": Actor("registrar", person="Kakari"),
    "organisation": Actor("organisation", "azami", "Kanri"),
    "host_authority": Actor("host_authority", "ume", "Soumu"),
    "participant": Actor("participant", person="Quince"),
    "business": Actor("business", "kogyo", "Eigyo"),
}


@pytest.fixture(scope="module")
def fuzzed(databases: Databases) -> Iterator[World]:
    """A small world on a database of its own, for the fuzz writes into it whatever it likes."""
    with (
        databases.fresh() as postgres,
        short_folder() as folder,
        serving("registry", create_registry, postgres, folder / "keys") as registry,
        serving("jet", create_jet, postgres, folder / "keys") as jet,
    ):
        yield loading.load(registry, jet)


def known(made: World) -> Known:
    """Values that the world's records have, by field, and the records by their list."""
    numbers, codes = list(world.JET_NUMBERS.values()), [world.code(name) for name in world.ORGANISATIONS]
    days = ["2024-04-10", "2025-03-31", "2024-07-01", "2025-07-31", "9999-12-31"]
    values: dict[str, Sequence[Any]] = {
        "jet_number": [*numbers, "20991231001", "20991231002", "20991231003"], "nationality": [loading.COUNTRY["alpha2"]],
        "country": [loading.COUNTRY["alpha2"]], "programme_year": [2023, 2024, 2025], "starts_on": days, "ends_on": days,
        "effective_on": days, "decided_on": days, "valid_from": days, "email": ["clerk@example.jp"],
        "appointment_id": [one.id for one in made.of("appointments")], "person_number": [f"WALLS-{n}" for n in world.POSTS],
        "client_id": ["walls-tool", "fuzz-a", "fuzz-b"], "time_zone": ["Asia/Tokyo"], "job_type": ["ALT", "CIR"],
    }  # fmt: skip
    places = (
        "organisation_code",
        "member_code",
        "host_code",
        "predecessor_code",
        "successor_code",
        "home_code",
    )
    values |= {name: codes for name in (*places, "workplace_municipality_code")}
    records = {plural: [one.id for one in found] for plural, found in made.records.items()}
    return values | records


def fuzz(made: World, service: Serving, role: str) -> Fuzz:
    caller = None if role == "anonymous" else made.caller(ACTORS.get(role, Actor(role)), f"fuzz-{role}")
    return Fuzz(service, caller, known(made))


def played(one: Fuzz, role: str) -> list[str]:
    """The operations that the short form plays as this role: each has the turn of one of the roles that may call it,
    and a public one is played without any too."""
    mine = set()
    for place, name in enumerate(one.operations):
        rule = one.service.matrix[name]
        may = [other for other in ROLES if rule.public or other in rule.roles]
        if role == may[place % len(may)] or (rule.public and role == "anonymous"):
            mine.add(name)
    return [name for name in one.names(allowed=True) if name in mine]


def rounds(made: World, role: str, at_least: int, *, singles: int, stories: int, refused: int) -> int:
    """The service's operations in turn, with new seeds each round, until there were cases enough."""
    both = [fuzz(made, made.jet, role), fuzz(made, made.registry, role)]
    number = 0
    while not number or sum(one.count for one in both) < at_least:
        for one in both:
            one.singles(list(one.names(allowed=True)), singles, number)
            one.stories(list(one.names(allowed=True)), stories, number)
            if refused:
                one.singles(list(one.names(allowed=False)), refused, number)
            if one.wrong:
                pytest.fail("\n".join(one.wrong), pytrace=False)
        number += 1
    return sum(one.count for one in both)


@pytest.mark.parametrize("role", ROLES)
def test_a_few_requests_to_every_route(fuzzed: World, role: str) -> None:
    both = [fuzz(fuzzed, fuzzed.jet, role), fuzz(fuzzed, fuzzed.registry, role)]
    for one in both:
        names = played(one, role)
        one.singles(names, 1)
        one.stories(names, 1)
        assert one.wrong == []
        assert one.count >= len(names)
    assert sum(one.count for one in both) > 1


@pytest.mark.fuzz
@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("role", ROLES)
def test_many_requests_to_every_route(
    fuzzed: World, role: str, record_property: Callable[[str, object], None]
) -> None:
    assert sum(ROLES.values()) >= 20_000
    cases = rounds(fuzzed, role, ROLES[role], singles=30, stories=10, refused=4)
    assert cases >= ROLES[role]
    record_property("cases", f"{role} {cases}")


@pytest.mark.fuzz
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_fuzz_finds_each_planted_bug(fuzzed: World) -> None:
    """One bug at a time; and with none planted, the same requests find nothing."""
    found = {plant.name: _found(fuzzed, plant, planted=True) for plant in PLANTS}
    assert [name for name, wrong in found.items() if not wrong] == []
    assert len(found) == 12
    assert [wrong for plant in PLANTS for wrong in _found(fuzzed, plant, planted=False)] == []


def _found(made: World, plant: Plant, *, planted: bool) -> list[str]:
    one = fuzz(made, made.registry if plant.service == "registry" else made.jet, plant.role)
    # seeds of its own, or it would repeat the creations of the one before
    first = number = crc32(plant.name.encode()) + (not planted)
    with plant.planted() if planted else plant.left_alone():
        while not one.wrong and number < first + (30 if planted else 2):
            one.singles(plant.operations, 40, number)
            one.stories(plant.operations, 8, number)
            number += 1
    return one.wrong
