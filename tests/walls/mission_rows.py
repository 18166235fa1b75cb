"""Missions in the world of the second wall: who went is read by CLAIR, by name by whoever receives the mission."""

from typing import TYPE_CHECKING

from tests.walls.events_rows import TABLES, house, number, of_office, told

if TYPE_CHECKING:
    from tests.walls.second_wall import Wall


def seed(place: int, office: str | None, _: bool) -> str:
    member, mission, at = number(6, place), number(TABLES["mission"], place), told(office)
    return f"""
INSERT INTO events.mission_member (id, mission_id, office, number, capacity)
    VALUES ('{member}', '{mission}', {at}, 1, 'guest');
INSERT INTO events.mission_member_name (member_id, office, name) VALUES ('{member}', {at}, 'x');
INSERT INTO events.mission_stop (mission_id, office, number, starts_on, ends_on, held_on, place)
    VALUES ('{mission}', {at}, 1, '2024-05-01', '2024-05-01', '2024-05-01', 'x');
INSERT INTO events.mission_host (mission_id, office, number, name) VALUES ('{mission}', {at}, 1, 'x');
"""


def walls() -> dict[str, "Wall"]:
    from tests.walls import second_wall

    tables = ("mission", "mission_member", "mission_stop", "mission_host")
    return {f"events.{table}": of_office(house) for table in tables} | {
        "events.mission_member_name": of_office(
            second_wall.roles("event_officer", "worker"), sets="name = 'x'"
        )
    }
