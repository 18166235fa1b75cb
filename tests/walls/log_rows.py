"""The office log in the world of the second wall: what counts is read by all of CLAIR, words and contacts by the office."""

from typing import TYPE_CHECKING

from tests.walls.events_rows import OFFICE, PEOPLE, PLACES, SERVES, house, mine, number, of_office, told

if TYPE_CHECKING:
    from tests.walls.second_wall import Asker, Row, Wall

# by place: who leaves, who succeeds, and what stands; of each office one is drafted and one is signed
HANDED = {
    1: (PEOPLE["Zaigai"], "", "drafted"),
    2: (PEOPLE["Honbu"], PEOPLE["Zaigai"], "signed"),
    3: (PEOPLE["Honbu"], "", "drafted"),
    4: (PEOPLE["Zaigai"], PEOPLE["Honbu"], "signed"),
}


def seed(place: int, office: str | None, public: bool) -> str:
    contact, support, handed, at = number(14, place), number(15, place), number(16, place), told(office)
    leaving, successor, state = HANDED[place]
    return f"""
INSERT INTO events.support_counter (office, fiscal_year, drawn) VALUES ('{office or ""}', {2024 + place}, 1);
INSERT INTO events.office_contact (id, code, office, counterpart_name) VALUES ('{contact}', 'O{place}', {at}, 'x');
INSERT INTO events.office_contact_detail (contact_id, office, person_name) VALUES ('{contact}', {at}, 'x');
INSERT INTO events.support (id, code, office, fiscal_year, kind, received_on, requester_name, requester_kind, countable, told)
    VALUES ('{support}', 'U{place}', {at}, 2024, 'interview', '2024-05-01', 'x', 'other', true, 'x{place}');
INSERT INTO events.support_text (support_id, office, marked, content) VALUES ('{support}', {at}, {public}, 'x');
INSERT INTO events.survey (code, title, offices, requester_name, fiscal_year, requested_on)
    VALUES ('Y{place}', 'x', '{{{office or "elsewhere"}}}', 'x', 2024, '2024-05-01');
INSERT INTO events.hand_over (id, office, leaving_id, successor_id, leaves_on, state, signed_at)
    VALUES ('{handed}', {at}, '{leaving}', nullif('{successor}', '')::uuid, '2024-05-0{place}', '{state}',
        CASE '{state}' WHEN 'signed' THEN now() END);
INSERT INTO events.hand_over_matter (hand_over_id, office, number, kind, reference, title)
    VALUES ('{handed}', {at}, 1, 'x', 'x', 'x');
"""


def asked_of(asker: "Asker", row: "Row") -> bool:
    serves = SERVES.get(asker.person, ()) if asker.role == "event_officer" else ()
    return OFFICE in serves and OFFICE in row["offices"]


def walls() -> dict[str, "Wall"]:
    from tests.walls import second_wall

    handed = {number(16, place): (PLACES[place][0], *one) for place, one in HANDED.items()}

    def ticks(asker: "Asker", row: "Row") -> bool:
        """Who comes, at an office that one serves for."""
        office, _, successor, state = handed.get(row["hand_over_id"], ("", "", "", ""))
        return state == "signed" and asker.person == successor and mine(asker, {"office": office})

    def draws_up(asker: "Asker", row: "Row") -> bool:
        office, leaving, _, state = handed[row["hand_over_id"]]
        return state == "drafted" and asker.person == leaving and mine(asker, {"office": office})

    def printed(asker: "Asker", row: "Row") -> bool:
        return row["marked"] and house(asker, row)

    return {
        "events.support_counter": of_office(mine, sets="drawn = 7"),
        "events.office_contact": of_office(mine),
        "events.office_contact_detail": of_office(mine, sets="title = 'x'"),
        "events.support": of_office(house),
        "events.support_text": of_office(second_wall.either(mine, printed), sets="outcome = 'x'"),
        "events.survey": of_office(house, asked_of, moves={"offices": "{new_york}"}),
        "events.hand_over": of_office(mine),
        "events.hand_over_matter": second_wall.Wall(
            mine, ticks, verbs="SELECT INSERT UPDATE", insert=draws_up,
            finds=ticks,
        ),
    }  # fmt: skip
