"""The second wall of budget lines: a section's lines, balances and ledger are its officers' and the house's; what an
application holds is not there for officers in conflict with it."""

from typing import TYPE_CHECKING

from tests.walls.grants_rows import ECONOMY, EXCHANGE, mine, number

if TYPE_CHECKING:
    from tests.walls.second_wall import Asker, Row, Rule, Wall

SECTIONS = {number(20, 1): ECONOMY, number(20, 2): EXCHANGE}  # of each line
EDITIONS = {number(20, 1): number(2, 1), number(20, 2): number(2, 3)}
HOLDERS = {number(20, 1): number(30, 1), number(20, 2): number(30, 2)}  # an application of each section
HELD = {number(21, 1): number(20, 1), number(21, 2): number(20, 2)}  # the postings that are one's, by line


def seed() -> str:
    return "".join(_line(*one) for one in SECTIONS.items())


def _line(line: str, section: str) -> str:
    held = next(posting for posting, of in HELD.items() if of == line)
    return f"""
INSERT INTO grants.budget_line (id, code, fiscal_year, section, name_ja, name_en)
    VALUES ('{line}', 'L-{line}', 2025, '{section}', 'x', 'x');
INSERT INTO grants.budget_balance (line_id) VALUES ('{line}');
INSERT INTO grants.budget_holding (line_id, holder_id) VALUES ('{line}', '{HOLDERS[line]}');
INSERT INTO grants.ledger_posting (id, line_id, kind, holder_id) VALUES
    ('{line}', '{line}', 'plan', NULL), ('{held}', '{line}', 'reserve', '{HOLDERS[line]}');
INSERT INTO grants.ledger_entry (posting_id, line_id, account, amount_yen) VALUES
    ('{line}', '{line}', 'source', -1), ('{held}', '{line}', 'reserved', 1);
INSERT INTO grants.budget_cap (edition_id, section, kind, holder_id, limit_yen)
    VALUES ('{EDITIONS[line]}', '{section}', 'person', '{line}', 1);
"""


def walls(handles: "Rule") -> dict[str, "Wall"]:
    """`handles`: of an application, who is an officer of its section and in no conflict."""
    from tests.walls import second_wall

    wall, nobody, worker = second_wall.Wall, second_wall.roles(), second_wall.roles("worker")
    uses = second_wall.either(mine, worker)

    def of_its_line(asker: "Asker", row: "Row") -> bool:
        return uses(asker, {"section": SECTIONS[row["line_id"]]})

    def of_holder(asker: "Asker", row: "Row") -> bool:
        one = row["holder_id"]
        return of_its_line(asker, row) and (
            one is None or worker(asker, row) or handles(asker, {"application_id": one})
        )

    def of_posting(asker: "Asker", row: "Row") -> bool:
        holder = HOLDERS[row["line_id"]] if row["posting_id"] in HELD else None
        return of_holder(asker, row | {"holder_id": holder})

    return {
        "grants.budget_line": wall(
            uses, uses, insert=mine, moves={"section": EXCHANGE}, verbs="SELECT INSERT UPDATE"
        ),
        "grants.ledger_posting": wall(of_holder, of_holder, verbs="SELECT INSERT"),
        "grants.ledger_entry": wall(of_posting, of_its_line, verbs="SELECT INSERT"),
        "grants.budget_balance": wall(of_its_line, nobody, verbs="SELECT"),
        "grants.budget_holding": wall(of_holder, nobody, verbs="SELECT"),
    }
