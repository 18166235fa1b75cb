"""The first wall alone: services that connect past row-level security still show each caller its own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.gateway.registry.app import create_app as create_registry
from services.jet.app import create_app as create_jet
from services.postgres import SUPERUSER, PrivatePostgres
from tests.support.serving import serving
from tests.walls import test_access_matrix as matrix
from tests.walls import test_existence as existence
from tests.walls import test_lists as lists
from tests.walls.loading import World
from tests.walls.sampling import SAMPLED
from tests.walls.world import ACTORS, Actor

# to whoever reaches all there is the first wall is no wall
NARROW = tuple(
    actor for actor in ACTORS if actor.role in ("organisation", "host_authority", "participant", "business")
)


@pytest.fixture(scope="module")
def unwalled(
    world: World, postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    keys = tmp_path_factory.mktemp("first") / "keys"
    with (
        serving("registry", create_registry, postgres, keys, SUPERUSER) as registry,
        serving("jet", create_jet, postgres, keys, SUPERUSER) as jet,
    ):
        yield replace(world, registry=registry, jet=jet)


@SAMPLED
def test_records(unwalled: World, whole: bool) -> None:
    matrix.reads(unwalled, NARROW, whole)
    matrix.changes(unwalled, NARROW, whole)


@SAMPLED
def test_lists_and_their_filters(unwalled: World, whole: bool) -> None:
    lists.shown(unwalled, NARROW, whole)
    lists.filtered(unwalled, NARROW, whole)


@SAMPLED
def test_roster_figures_and_feed(unwalled: World, whole: bool) -> None:
    lists.test_the_roster_shows_whom_an_organisation_employs(unwalled, whole)
    lists.test_figures_count_what_the_caller_may_see(unwalled, whole)
    lists.test_the_feed_tells_of_nothing_outside_the_callers_organisations(unwalled)


@SAMPLED
def test_existence(unwalled: World, whole: bool) -> None:
    existence.test_a_record_of_another_is_answered_like_one_that_is_not_there(unwalled, whole)


def test_readings_are_their_persons_own(unwalled: World) -> None:
    """They grow with every read, so each is looked for where it must not be."""
    for person in {record.person for record in unwalled.of("readings")}:
        answer = unwalled.jet.call("jet_readings_list", unwalled.caller(Actor("participant", person=person)))
        found = {one["id"] for one in answer.json()["items"]}
        own = {record.id for record in unwalled.of("readings") if record.person == person}
        assert own <= found and not found & ({one.id for one in unwalled.of("readings")} - own)
