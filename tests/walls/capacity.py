"""Seats (定員): pools and claims know no person, so that whoever has said who they are may read and write them."""

from tests.walls import second_wall

POOL = "0197a000-0000-7000-8000-0000000000c0"
CLAIM = "0197a000-0000-7000-8000-0000000000c1"
SCHEMAS = ("jet", "events")


def walls() -> dict[str, "second_wall.Wall"]:
    said, verbs = second_wall.said, "SELECT INSERT UPDATE"
    made: dict[str, second_wall.Wall] = {}
    for schema in SCHEMAS:
        made[f"{schema}.capacity_pool"] = second_wall.Wall(said, said, "offer_hours = 1", verbs=verbs)
        made[f"{schema}.capacity_claim"] = second_wall.Wall(said, said, "priority = 1", verbs=verbs)
    return made


def seed(schema: str) -> str:
    if schema not in SCHEMAS:
        return ""
    return f"""
    INSERT INTO {schema}.capacity_pool (id, resource, seats, taken, drawn) VALUES ('{POOL}', 'x', 1, 0, 1);
    INSERT INTO {schema}.capacity_claim (id, pool_id, state, number) VALUES ('{CLAIM}', '{POOL}', 'waiting', 1);
    """
