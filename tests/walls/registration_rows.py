"""Registrations in the world of the second wall: an organisation's own, and the office's whose leg it is."""

from typing import TYPE_CHECKING

from tests.walls.events_rows import PLACES, TABLES, mine, number, of_office, told
from tests.walls.loading import World
from tests.walls.world import code

if TYPE_CHECKING:
    from tests.walls.second_wall import Asker, Row, Wall

# by place; who comes from no organisation was registered by the office
REGISTERED = {1: "azami", 3: "ume", 4: "azami"}


def seed(place: int, office: str | None, _: bool) -> str:
    of = f"(SELECT id FROM directory.organisation WHERE code = '{code(REGISTERED.get(place, ''))}')"
    return f"""
INSERT INTO events.registration (id, leg_id, office, organisation_id, digest)
    VALUES ('{number(12, place)}', '{number(TABLES["leg"], place)}', {told(office)}, {of}, sha256('{place}'));
INSERT INTO events.registration_person (registration_id, name, email, search_key)
    VALUES ('{number(12, place)}', 'x', 'x', 'x');
"""


def walls(world: World) -> dict[str, "Wall"]:
    from tests.walls import second_wall

    of: dict[str, Row] = {
        number(12, place): {
            "office": office,
            "organisation_id": str(world.organisations.get(REGISTERED.get(place, ""))),
        }
        for place, (office, _) in PLACES.items()
    }

    def own(asker: "Asker", row: "Row") -> bool:
        """A host authority's members are not its own."""
        itself = second_wall.itself(asker)
        return itself is not None and row["organisation_id"] == itself

    rule = second_wall.either(mine, own)

    def of_registration(asker: "Asker", row: "Row") -> bool:
        return row["registration_id"] in of and rule(asker, of[row["registration_id"]])

    return {
        "events.registration": of_office(rule, rule),
        "events.registration_person": of_office(
            of_registration, of_registration, "affiliation = 'x'", {"registration_id": number(12, 9)}
        ),
    }
