"""The directory in the second wall: open to everybody but for people and posts, and what CLAIR counts of its own house."""

from typing import TYPE_CHECKING

from tests.walls import second_wall
from tests.walls.events_rows import number
from tests.walls.world import POSTS

if TYPE_CHECKING:
    from tests.walls.loading import World
    from tests.walls.second_wall import Asker, Row, Rule, Wall

# who is counted of the house: on the board, in a unit of the chart, and at a branch; the last has a post that is not counted
HOUSE = {name: number(17, place) for place, name in enumerate(("Riji", "Kakari", "Shibu", "Gaibu"), 1)}
COUNTED = frozenset((HOUSE["Riji"], HOUSE["Kakari"], HOUSE["Shibu"]))
SEED = f"""
INSERT INTO directory.organisation (id, code, name, kind, search_key)
    VALUES ('{number(18, 1)}', 'WALLS-BRANCH', '架空支部', 'association', '');
INSERT INTO directory.department (organisation_id, code, name) SELECT id, 'U1', 'x' FROM directory.organisation WHERE code = 'CLAIR';
INSERT INTO directory.person (id, number, kind) VALUES {", ".join(f"('{identity}', '{name}', 'officer')" for name, identity in HOUSE.items())};
INSERT INTO directory.post (id, person_id, organisation_id, section, unit_code, title, valid_from)
    SELECT p.id::uuid, p.id::uuid, o.id, p.section, p.unit, 'x', '2020-04-01' FROM directory.organisation AS o JOIN (VALUES
        ('{HOUSE["Riji"]}', 'CLAIR', 'board', NULL), ('{HOUSE["Kakari"]}', 'CLAIR', 'x', 'U1'),
        ('{HOUSE["Shibu"]}', 'WALLS-BRANCH', 'branch', NULL), ('{HOUSE["Gaibu"]}', 'CLAIR', 'x', NULL)
    ) AS p (id, at, section, unit) ON o.code = p.at;
INSERT INTO directory.secondment (person_id, home_id, valid_from)
    SELECT p.person_id, p.organisation_id, '2020-04-01' FROM directory.post AS p WHERE p.id = p.person_id;
INSERT INTO directory.post_past SELECT p.*, tstzrange('2020-01-01', '2020-02-01') FROM directory.post AS p WHERE p.id = p.person_id;
INSERT INTO directory.secondment_past SELECT s.*, tstzrange('2020-01-01', '2020-02-01') FROM directory.secondment AS s
    WHERE s.person_id IN (SELECT p.person_id FROM directory.post AS p WHERE p.id = p.person_id);
"""  # fmt: skip


def counted(column: str) -> "Rule":
    """Whoever counts the house reads of its posts those of the board, the chart and the branches, and who has these."""
    return lambda asker, row: (
        asker.role in ("event_officer", "grant_officer", "service") and row[column] in COUNTED
    )


def hands_over(asker: "Asker", row: "Row") -> bool:
    """Officers of this world serve at one organisation each; a contact's post is the registrar's to give."""
    if row.get("person_id") in asker.contacts:
        return False
    held = row.get("section") != "host" or asker.role == "host_authority"
    return asker.role == "coordinator" or (held and second_wall.itself(asker) == row["organisation_id"])


def newcomer(asker: "Asker", row: "Row") -> bool:
    return row["kind"] == "officer" and (asker.role == "coordinator" or second_wall.itself(asker) is not None)


def named_by(world: "World") -> "Rule":
    """Whoever hands over names those with a post."""
    at = {str(world.people[name]): str(world.organisations[place]) for name, place in POSTS.items()}
    return lambda asker, row: (
        row["person_id"] in at and hands_over(asker, {"organisation_id": at[row["person_id"]]})
    )


def coming_in(world: "World", column: str) -> "Rule":
    """The desk is told of those who have a session, or a link to begin one."""
    people = {str(world.people[name]) for name in (second_wall.SIGNED_IN, second_wall.INVITED)}
    return lambda asker, row: asker.role == "service" and row[column] in people


def walls(world: "World") -> dict[str, "Wall"]:
    Wall, either, anyone = second_wall.Wall, second_wall.either, second_wall.anyone
    STAFF, REGISTRAR = second_wall.STAFF, second_wall.REGISTRAR
    oneself, serving = second_wall.oneself, second_wall.serving
    insert = "SELECT INSERT"
    made = {f"directory.{table}": Wall(anyone, REGISTRAR) for table in second_wall.OPEN}
    arrives = {
        "person": either(REGISTRAR, newcomer),
        "person_detail": either(REGISTRAR, named_by(world)),
    }
    for table, column, sets in (
        ("person", "id", "row_version = 7"), ("person_detail", "person_id", "name = 'x'"),
        ("secondment", "person_id", "row_version = 7"),
    ):  # fmt: skip
        read = either(STAFF, oneself(column), serving(column))
        also = {
            "person": (coming_in(world, column), counted(column)),
            "person_detail": (coming_in(world, column),),
            "secondment": (counted(column),),
        }
        shown = either(read, *also[table])
        made[f"directory.{table}"] = Wall(shown, REGISTRAR, sets, finds=read, insert=arrives.get(table))
    posts = either(STAFF, second_wall.seen)
    shown = either(posts, coming_in(world, "person_id"), counted("person_id"))
    given = either(REGISTRAR, hands_over)
    made["directory.post"] = Wall(shown, REGISTRAR, finds=posts, change=given, insert=given)
    made |= {
        f"directory.{table}_past": Wall(anyone, REGISTRAR, verbs=insert) for table in second_wall.OPEN_FACTS
    }
    made["directory.post_past"] = Wall(shown, given, verbs=insert)
    held = either(STAFF, oneself("person_id"), serving("person_id"), counted("person_id"))
    made["directory.secondment_past"] = Wall(held, REGISTRAR, verbs=insert)
    return made
