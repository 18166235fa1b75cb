"""Counts and stated figures in the world of the second wall: read by all of CLAIR, and kept by the office whose they are."""

from typing import TYPE_CHECKING

from tests.walls.events_rows import TABLES, house, number, of_office, told

if TYPE_CHECKING:
    from tests.walls.second_wall import Wall


def seed(place: int, office: str | None, _: bool) -> str:
    return f"""
INSERT INTO events.attendance_count (code, edition_id, office, subject, unit, value, qualifier, person_times)
    VALUES ('C{place}', '{number(TABLES["edition"], place)}', {told(office)}, 'visitors', '名', 1, 'exact', false);
INSERT INTO events.stated_figure (code, statistic, fiscal_year, label_ja, label_en, value, unit, qualifier, source, office)
    VALUES ('S{place}', 'x', 2024, 'x', 'x', 1, 'x', 'exact', 'x', {told(office)});
"""


def walls() -> dict[str, "Wall"]:
    return {f"events.{table}": of_office(house) for table in ("attendance_count", "stated_figure")}
