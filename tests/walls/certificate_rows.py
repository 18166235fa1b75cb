"""Certificates in the world of the second wall: counted by whoever reads figures, and by name the office's alone."""

from typing import TYPE_CHECKING

from tests.walls.events_rows import TABLES, house, mine, number, of_office, told

if TYPE_CHECKING:
    from tests.walls.second_wall import Wall


def seed(place: int, office: str | None, _: bool) -> str:
    return f"""
INSERT INTO events.certificate (id, edition_id, event_id, office, number, certified_on)
    VALUES ('{number(5, place)}', '{number(TABLES["edition"], place)}', '{number(TABLES["event"], place)}', {told(office)}, 1,
        '2024-05-01');
INSERT INTO events.certificate_holder (certificate_id, office, holder_name)
    VALUES ('{number(5, place)}', {told(office)}, 'x');
"""


def walls() -> dict[str, "Wall"]:
    return {
        "events.certificate": of_office(house),
        "events.certificate_holder": of_office(mine, sets="holder_kana = 'x'"),
    }
