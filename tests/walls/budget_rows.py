"""The second wall of budget lines: a section's lines, balances and ledger are its officers' and the house's."""

from typing import TYPE_CHECKING

from tests.walls.grants_rows import ECONOMY, EXCHANGE, mine, number

if TYPE_CHECKING:
    from tests.walls.second_wall import Asker, Row, Wall

SECTIONS = {number(20, 1): ECONOMY, number(20, 2): EXCHANGE}  # of each line
EDITIONS = {number(20, 1): number(2, 1), number(20, 2): number(2, 3)}


def seed() -> str:
    return "".join(_line(*one) for one in SECTIONS.items())


def _line(line: str, section: str) -> str:
    return f"""
INSERT INTO grants.budget_line (id, code, fiscal_year, section, name_ja, name_en)
    VALUES ('{line}', 'L-{line}', 2025, '{section}', 'x', 'x');
INSERT INTO grants.budget_balance (line_id) VALUES ('{line}');
INSERT INTO grants.budget_holding (line_id, holder_id) VALUES ('{line}', '{line}');
INSERT INTO grants.ledger_posting (id, line_id, kind) VALUES ('{line}', '{line}', 'plan');
INSERT INTO grants.ledger_entry (posting_id, line_id, account, amount_yen) VALUES ('{line}', '{line}', 'source', -1);
INSERT INTO grants.budget_cap (edition_id, section, kind, holder_id, limit_yen)
    VALUES ('{EDITIONS[line]}', '{section}', 'person', '{line}', 1);
"""


def walls() -> dict[str, "Wall"]:
    from tests.walls import second_wall

    kept = second_wall.either(mine, second_wall.roles("worker"))

    def of_its_line(asker: "Asker", row: "Row") -> bool:
        return kept(asker, {"section": SECTIONS[row["line_id"]]})

    wall, nobody = second_wall.Wall, second_wall.roles()
    return {
        "grants.budget_line": wall(
            kept, mine, moves={"section": EXCHANGE}, verbs="SELECT INSERT UPDATE", change=kept
        ),
        **{
            f"grants.{table}": wall(of_its_line, of_its_line, verbs="SELECT INSERT")
            for table in ("ledger_posting", "ledger_entry")
        },
        **{
            f"grants.{table}": wall(of_its_line, nobody, verbs="SELECT")
            for table in ("budget_balance", "budget_holding")
        },
    }
