"""Events in the world of the second wall: an overseas office and headquarters, each with an event that is announced and one
that is not."""

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
    from tests.walls import certificate_rows

    return POSTS + "".join(_event(place, *one) for place, one in PLACES.items()) + certificate_rows.seed()


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
    return asker.role == "event_officer" and row["office"] in SERVES.get(asker.person, ())


def walls(world: World) -> dict[str, "Wall"]:
    """Officers read what all offices do and write for their own; whoever may register reads what is announced."""
    from tests.walls import certificate_rows, second_wall

    either = second_wall.either
    house = second_wall.roles("event_officer", "coordinator", "service", "worker", "ministry")
    asked = second_wall.roles("organisation", "host_authority", "anonymous")
    announced = {
        number(kind, place) for place, (_, public) in PLACES.items() if public for kind in TABLES.values()
    }

    def wall(read: "Rule", change: "Rule") -> "Wall":
        verbs, away = "SELECT INSERT UPDATE", {"office": "new_york"}
        return second_wall.Wall(read, mine, moves=away, verbs=verbs, change=change, insert=change)

    of_announced = either(house, lambda asker, row: asked(asker, row) and row["id"] in announced)
    worker = second_wall.roles("worker")
    return {
        "events.event": wall(of_announced, mine),
        "events.edition": wall(of_announced, mine),
        # of another office the row is nobody's but the worker's
        "events.leg": wall(of_announced, either(mine, worker)),
        "events.mission": wall(house, mine),
    } | certificate_rows.walls()
