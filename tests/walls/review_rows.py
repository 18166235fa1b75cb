"""Panels and reviews in the world of the second wall: a member sees the own review, who is none sees all of the section."""

from typing import TYPE_CHECKING

from tests.walls.grants_rows import ECONOMY, EXCHANGE, PEOPLE, mine, number

if TYPE_CHECKING:
    from tests.walls.second_wall import Asker, Row, Rule, Wall

# panel: its round and section
PANELS = {number(40, 1): (number(5, 1), ECONOMY), number(40, 2): (number(5, 3), EXCHANGE)}
MEMBER = PEOPLE["Keizai"]
# panel, application, by whom
REVIEWS = (
    (number(40, 1), number(30, 1), MEMBER),
    (number(40, 1), number(30, 1), PEOPLE["Kyuumu"]),
    (number(40, 2), number(30, 2), PEOPLE["Kyuumu"]),
)


def seed() -> str:
    panels = "".join(
        f"INSERT INTO grants.panel (id, round_id, section, rubric) VALUES ('{panel}', '{of}', '{section}', '{{}}');\n"
        for panel, (of, section) in PANELS.items()
    )
    reviews = "".join(
        f"INSERT INTO grants.review (panel_id, application_id, reviewer_id) VALUES ('{panel}', '{of}', '{person}');\n"
        for panel, of, person in REVIEWS
    )
    return f"""{panels}{reviews}
INSERT INTO grants.panel_member (panel_id, section, person_id) VALUES ('{number(40, 1)}', '{ECONOMY}', '{MEMBER}');
INSERT INTO grants.declared_relation (person_id, organisation_id, reason, valid_from)
    VALUES ('{MEMBER}', '{number(9, 1)}', 'x', '2020-04-01'), ('{PEOPLE["Kouryu"]}', '{number(9, 1)}', 'x', '2020-04-01');
"""


def walls(handles: "Rule") -> dict[str, "Wall"]:
    """`handles`: of an application, who is an officer of its section and in no conflict."""
    from tests.walls.second_wall import Wall

    def declared(asker: "Asker", row: "Row") -> bool:
        return asker.role == "grant_officer" and row["person_id"] == asker.person

    def unblinded(asker: "Asker", row: "Row") -> bool:
        return handles(asker, row) and (asker.person != MEMBER or row["reviewer_id"] == MEMBER)

    change, moved = "SELECT INSERT UPDATE", {"section": EXCHANGE}
    return {
        "grants.declared_relation": Wall(declared, declared, verbs="SELECT INSERT"),
        "grants.panel": Wall(mine, mine, moves=moved, verbs=change),
        "grants.panel_member": Wall(mine, mine, verbs="SELECT INSERT"),
        "grants.review": Wall(unblinded, handles, moves={"application_id": number(30, 2)}, verbs=change),
    }
