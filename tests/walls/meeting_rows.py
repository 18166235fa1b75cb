"""Meetings and headquarters' trainings in the world of the second wall: read by all of CLAIR."""

from typing import TYPE_CHECKING

from tests.walls.events_rows import SERVES, house, number, of_office, told

if TYPE_CHECKING:
    from tests.walls.second_wall import Asker, Row, Wall


def seed(place: int, office: str | None, _: bool) -> str:
    meeting, training, at = number(10, place), number(11, place), told(office)
    return f"""
INSERT INTO events.meeting (id, code, body, office, name, fiscal_year, date_start, date_end, standing)
    VALUES ('{meeting}', 'G{place}', 'board', {at}, 'x', 2024, '2024-05-01', '2024-05-01', 'as_planned');
INSERT INTO events.agenda_item (meeting_id, office, item_no, title) VALUES ('{meeting}', {at}, 1, 'x');
INSERT INTO events.staff_training (id, code, category, name, fiscal_year) VALUES ('{training}', 'T{place}', 'general', 'x', 2024);
INSERT INTO events.staff_training_period (training_id, fiscal_year, period_no, date_start, date_end, date_precision)
    VALUES ('{training}', 2024, 1, '2024-05-01', '2024-05-01', 'day');
"""


def headquarters(asker: "Asker", _: "Row") -> bool:
    return asker.role == "event_officer" and None in SERVES.get(asker.person, ())


def walls() -> dict[str, "Wall"]:
    return {f"events.{table}": of_office(house) for table in ("meeting", "agenda_item")} | {
        f"events.{table}": of_office(house, headquarters, moves=None)
        for table in ("staff_training", "staff_training_period")
    }
