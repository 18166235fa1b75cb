"""Events in the world of the second wall: an overseas office and headquarters, each with an event that is announced and one
that is not. What belongs to these has files of its own, and shares the four places."""

from typing import TYPE_CHECKING

from tests.walls.loading import World

if TYPE_CHECKING:
    from tests.walls.second_wall import Asker, Row, Rule, Wall

OFFICE = "WALLS-OFFICE"


def number(kind: int, place: int) -> str:
    return f"0197a000-0000-7000-8000-0000000e{kind:02d}{place:02d}"


# who serves for which office today; the post of the third has ended
PEOPLE = {"Zaigai": number(0, 1), "Honbu": number(0, 2), "Kimatsu": number(0, 3)}
SERVES = {PEOPLE["Zaigai"]: (OFFICE,), PEOPLE["Honbu"]: (OFFICE, None)}
# place: the office, and whether it is announced
PLACES = {1: (OFFICE, True), 2: (OFFICE, False), 3: (None, True), 4: (None, False)}
TABLES = {"event": 1, "edition": 2, "leg": 3, "mission": 4}
KEEP, AWAY = "SELECT INSERT UPDATE", {"office": "new_york"}

POSTS = f"""
INSERT INTO directory.person (id, number, kind) VALUES
    {", ".join(f"('{identity}', '{name}', 'staff')" for name, identity in PEOPLE.items())};
INSERT INTO directory.post (person_id, organisation_id, section, title, valid_from, valid_to)
    SELECT p.id::uuid, o.id, p.section, 'x', '2020-04-01', p.until::date FROM directory.organisation AS o CROSS JOIN (VALUES
        ('{PEOPLE["Zaigai"]}', 'office-{OFFICE}', NULL), ('{PEOPLE["Honbu"]}', 'events', NULL),
        ('{PEOPLE["Kimatsu"]}', 'office-{OFFICE}', '2021-03-31')) AS p (id, section, until)
    WHERE o.code = 'CLAIR';
"""


def seed(schema: str) -> str:
    if schema != "events":
        return ""
    from tests.walls import (
        certificate_rows,
        count_rows,
        log_rows,
        meeting_rows,
        mission_rows,
        publication_rows,
        registration_rows,
        speaker_rows,
    )

    parts = (
        certificate_rows, count_rows, log_rows, meeting_rows, mission_rows, publication_rows, registration_rows,
        speaker_rows,
    )  # fmt: skip
    rows = (
        _event(place, *one) + "".join(part.seed(place, *one) for part in parts)
        for place, one in PLACES.items()
    )
    return POSTS + "".join(rows)


def told(office: str | None) -> str:
    return "NULL" if office is None else f"'{office}'"


def _event(place: int, office: str | None, public: bool) -> str:
    ids, at = {table: number(kind, place) for table, kind in TABLES.items()}, told(office)
    return f"""
INSERT INTO events.event (id, code, programme, office, name_ja) VALUES ('{ids["event"]}', 'V{place}', 'other', {at}, 'x');
INSERT INTO events.edition (id, code, event_id, office, fiscal_year, title_ja, part, listing, counted_at, standing, public)
    VALUES ('{ids["edition"]}', 'D{place}', '{ids["event"]}', {at}, 2024, 'x', 'hosted', 'whole', 'edition', 'as_planned',
        {public});
INSERT INTO events.leg (id, code, edition_id, fiscal_year, office, number, time_zone, starts_on, ends_on)
    VALUES ('{ids["leg"]}', 'L{place}', '{ids["edition"]}', 2024, {at}, 1, 'Asia/Tokyo', '2024-05-01', '2024-05-01');
INSERT INTO events.mission (id, code, programme, office, fiscal_year, title_ja, starts_on, ends_on)
    VALUES ('{ids["mission"]}', 'M{place}', 'delegation', {at}, 2024, 'x', '2024-05-01', '2024-05-01');
"""


def mine(asker: "Asker", row: "Row") -> bool:
    return asker.role == "event_officer" and (row["office"] or None) in SERVES.get(asker.person, ())


def house(asker: "Asker", _: "Row") -> bool:
    """What CLAIR's own read besides those who write it."""
    return asker.role in ("event_officer", "coordinator", "service", "worker", "ministry")


def of_office(
    read: "Rule", write: "Rule" = mine, sets: str = "row_version = 7", moves: dict[str, str] | None = AWAY
) -> "Wall":
    """Whoever writes such a row finds the own alone."""
    from tests.walls import second_wall

    return second_wall.Wall(read, write, sets, moves, KEEP, finds=write)


def walls(world: World) -> dict[str, "Wall"]:
    """Officers read what all offices do and write for their own; whoever may register reads what is announced."""
    from tests.walls import (
        certificate_rows,
        count_rows,
        log_rows,
        meeting_rows,
        mission_rows,
        publication_rows,
        registration_rows,
        second_wall,
        speaker_rows,
    )

    either = second_wall.either
    asked = second_wall.roles("organisation", "host_authority", "anonymous")
    announced = {
        number(kind, place) for place, (_, public) in PLACES.items() if public for kind in TABLES.values()
    }
    read = either(
        house,
        lambda asker, row: asked(asker, row) and row["id"] in announced,
        *(speaker_rows.joined(world, kind) for kind in TABLES.values()),
    )
    return (
        {
            "events.event": of_office(read),
            "events.edition": of_office(read),
            # the worker tells its instants anew, and of another office the row is nobody's but its
            "events.leg": of_office(read, either(mine, second_wall.roles("worker"))),
        }
        | certificate_rows.walls()
        | count_rows.walls()
        | log_rows.walls()
        | meeting_rows.walls()
        | mission_rows.walls()
        | publication_rows.walls()
        | registration_rows.walls(world)
        | speaker_rows.walls(world)
    )
