"""Selections, entries and awards in the world of the second wall: one round's results are public, another's are not."""

from typing import TYPE_CHECKING

from tests.walls.grants_rows import ECONOMY, EXCHANGE, PEOPLE, mine, number

if TYPE_CHECKING:
    from tests.walls.second_wall import Asker, Row, Rule, Wall

# selection: round, section, application, line
SELECTIONS = {
    number(42, 1): (number(5, 1), ECONOMY, number(30, 1), number(20, 1)),
    number(42, 2): (number(5, 3), EXCHANGE, number(30, 2), number(20, 2)),
}
PUBLIC = number(5, 1)
AUTHOR, DECIDER = PEOPLE["Keizai"], PEOPLE["Kouryu"]


def seed() -> str:
    return "".join(_selection(*one) for one in SELECTIONS.items())


def _selection(identity: str, of: tuple[str, str, str, str]) -> str:
    round_id, section, application, line = of
    dates = "opens_at = '2020-04-01', closes_at = '2020-05-01', publish_at = '2020-06-01', " if round_id == PUBLIC else (
        "publish_at = 'infinity', "
    )  # fmt: skip
    return f"""
UPDATE grants.round SET {dates}budget_line_id = '{line}', decided_at = now(), decided_by = '{DECIDER}'
    WHERE id = '{round_id}';
INSERT INTO grants.selection (id, round_id, section, drawn_up_by, decided_at, decided_by)
    VALUES ('{identity}', '{round_id}', '{section}', '{AUTHOR}', now(), '{DECIDER}');
INSERT INTO grants.selection_entry (selection_id, round_id, application_id, standing, computed_yen, amount_yen, trace, verdict)
    VALUES ('{identity}', '{round_id}', '{application}', 'selected', 1, 1, '[]', '{{}}');
INSERT INTO grants.award (application_id, round_id, budget_line_id, rule_version_id, amount_yen, trace, verdict, decided_by,
        withdrawable_until)
    VALUES ('{application}', '{round_id}', '{line}', '{number(4, 1)}', 1, '[]', '{{}}', '{DECIDER}', 'infinity');
SELECT grants.take_step('{application}');
"""


def walls(reads: "Rule") -> dict[str, "Wall"]:
    """`reads`: an application, who does."""
    from tests.walls import second_wall

    either, worker = second_wall.either, second_wall.roles("worker")
    house = second_wall.roles("grant_officer", "worker")

    def told(asker: "Asker", row: "Row") -> bool:
        return reads(asker, row) and (house(asker, row) or row["round_id"] == PUBLIC)

    def writes(asker: "Asker", row: "Row") -> bool:
        return reads(asker, row) and house(asker, row)

    change, own = "SELECT INSERT UPDATE", either(mine, worker)
    return {
        "grants.selection": second_wall.Wall(own, own, moves={"section": EXCHANGE}, verbs=change),
        "grants.selection_entry": second_wall.Wall(told, writes, verbs=change),
        "grants.award": second_wall.Wall(reads, writes, verbs=change),
    }
