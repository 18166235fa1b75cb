"""Certificates in the world of the second wall: counted by whoever reads figures, and by name the office's alone."""

from typing import TYPE_CHECKING

from tests.walls.events_rows import PLACES, TABLES, mine, number, told

if TYPE_CHECKING:
    from tests.walls.second_wall import Wall


def seed() -> str:
    return "".join(
        f"""
INSERT INTO events.certificate (id, edition_id, event_id, office, number, certified_on)
    VALUES ('{number(5, place)}', '{number(TABLES["edition"], place)}', '{number(TABLES["event"], place)}', {told(office)}, 1,
        '2024-05-01');
INSERT INTO events.certificate_holder (certificate_id, office, holder_name)
    VALUES ('{number(5, place)}', {told(office)}, 'x');
"""
        for place, (office, _) in PLACES.items()
    )


def walls() -> dict[str, "Wall"]:
    from tests.walls import second_wall

    counted = second_wall.roles("event_officer", "coordinator", "service", "worker", "ministry")
    verbs, away = "SELECT INSERT UPDATE", {"office": "new_york"}
    return {
        "events.certificate": second_wall.Wall(counted, mine, moves=away, verbs=verbs),
        "events.certificate_holder": second_wall.Wall(mine, mine, "holder_kana = 'x'", away, verbs),
    }
