"""Talks, bodies that took part and coverage in the world of the second wall: speakers by name are CLAIR's alone."""

from typing import TYPE_CHECKING

from tests.walls.events_rows import PLACES, TABLES, house, number, of_office, told
from tests.walls.loading import World
from tests.walls.world import code

if TYPE_CHECKING:
    from tests.walls.second_wall import Asker, Row, Rule, Wall

# by place, of which one is announced
JOINED = {1: "budo", 2: "azami", 4: "ume"}


def seed(place: int, office: str | None, _: bool) -> str:
    talk, edition, at = number(13, place), number(TABLES["edition"], place), told(office)
    body = f"(SELECT id FROM directory.organisation WHERE code = '{code(JOINED.get(place, ''))}')"
    name = "NULL" if place in JOINED else "'x'"
    return f"""
INSERT INTO events.talk (id, edition_id, office, number) VALUES ('{talk}', '{edition}', {at}, 1);
INSERT INTO events.talk_speaker (talk_id, office, speaker_name) VALUES ('{talk}', {at}, 'x');
INSERT INTO events.edition_participant (edition_id, office, organisation_id, name, body, seq, capacity)
    VALUES ('{edition}', {at}, {body}, {name}, coalesce({body}::text, 'x'), 1, 'participant');
INSERT INTO events.media_coverage (code, edition_id, office, medium, published_on)
    VALUES ('B{place}', '{edition}', {at}, 'x', '2024-05-01');
"""


def joined(world: World, kind: int) -> "Rule":
    """Whose edition a body took part in, announced or not; `kind`: of the table."""
    by = {number(kind, place): str(world.organisations[name]) for place, name in JOINED.items()}
    return lambda asker, row: (
        asker.role in ("organisation", "host_authority") and by.get(row["id"]) in asker.organisations
    )


def walls(world: World) -> dict[str, "Wall"]:
    from tests.walls import second_wall

    roles, either = second_wall.roles, second_wall.either
    asked, bodies = (
        roles("organisation", "host_authority", "anonymous"),
        roles("organisation", "host_authority"),
    )
    announced = {number(13, place) for place, (_, public) in PLACES.items() if public}

    def told_of(asker: "Asker", row: "Row") -> bool:
        return asked(asker, row) and row["id"] in announced

    def own(asker: "Asker", row: "Row") -> bool:
        return bodies(asker, row) and row["organisation_id"] in asker.organisations

    return {
        "events.talk": of_office(either(house, told_of)),
        "events.talk_speaker": of_office(
            roles("event_officer", "coordinator", "worker"), sets="speaker_name = 'x'"
        ),
        "events.edition_participant": of_office(either(house, own)),
        "events.media_coverage": of_office(house),
    }
