"""Publications and channels in the world of the second wall: read by all of CLAIR, and kept by the office whose they are."""

from typing import TYPE_CHECKING

from tests.walls.events_rows import house, number, of_office, told

if TYPE_CHECKING:
    from tests.walls.second_wall import Wall

TABLES = ("publication", "issue", "article", "channel", "channel_metric", "metric_reading")


def seed(place: int, office: str | None, _: bool) -> str:
    publication, channel, metric, at = number(7, place), number(8, place), number(9, place), told(office)
    return f"""
INSERT INTO events.publication (id, code, kind, office, name_ja) VALUES ('{publication}', 'P{place}', 'web', {at}, 'x');
INSERT INTO events.issue (code, publication_id, office, number, title_ja, published_on, date_precision)
    VALUES ('I{place}', '{publication}', {at}, 1, 'x', '2024-05-01', 'day');
INSERT INTO events.article (code, publication_id, office, title_ja, published_on, date_precision)
    VALUES ('A{place}', '{publication}', {at}, 'x', '2024-05-01', 'day');
INSERT INTO events.channel (id, code, office, kind, number, name_ja) VALUES ('{channel}', 'N{place}', {at}, 'sns', 1, 'x');
INSERT INTO events.channel_metric (id, code, channel_id, office, number, name_ja, unit, due, starts_on)
    VALUES ('{metric}', 'K{place}', '{channel}', {at}, 1, 'x', 'x', 'none', '2024-04-01');
INSERT INTO events.metric_reading (metric_id, office, read_on, value, qualifier)
    VALUES ('{metric}', {at}, '2024-05-01', 1, 'exact');
INSERT INTO events.reading_request (metric_id, due_on, round, asked_on) VALUES ('{metric}', '2025-03-31', 1, '2025-04-01');
"""


def walls() -> dict[str, "Wall"]:
    from tests.walls import second_wall

    asked = second_wall.Wall(house, second_wall.roles("worker"), verbs="SELECT INSERT")
    return {f"events.{table}": of_office(house) for table in TABLES} | {"events.reading_request": asked}
