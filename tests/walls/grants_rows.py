"""Grants in the world of the second wall: two sections of CLAIR with programmes of their own, some of them announced."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.walls.loading import World
from tests.walls.world import code

if TYPE_CHECKING:
    from tests.walls.second_wall import Asker, Row, Rule, Wall

ECONOMY, EXCHANGE = "grants-economy", "grants-exchange"


def number(kind: int, place: int) -> str:
    return f"0197a000-0000-7000-8000-0000000b{kind:02d}{place:02d}"


# who serves in which section today; the post of the third has ended, and the fourth is seconded by a member of a bid
PEOPLE = {"Keizai": number(0, 1), "Kouryu": number(0, 2), "Kyuumu": number(0, 3), "Shukkou": number(0, 4)}
SECTIONS = {PEOPLE["Keizai"]: ECONOMY, PEOPLE["Kouryu"]: EXCHANGE, PEOPLE["Shukkou"]: ECONOMY}
HOME = "budo"
# each with an edition, a category, a version of rules and of a form, and a round
PROGRAMMES = ((1, ECONOMY, True), (2, ECONOMY, False), (3, EXCHANGE, True))
TABLES = {"programme": 1, "edition": 2, "category": 3, "rule_version": 4, "round": 5, "form_version": 6}

POSTS = f"""
INSERT INTO directory.organisation (id, code, name, kind, search_key)
    VALUES ('{number(9, 1)}', 'CLAIR', '架空協会', 'association', '');
INSERT INTO directory.person (id, number, kind) VALUES
    {", ".join(f"('{identity}', '{name}', 'officer')" for name, identity in PEOPLE.items())};
INSERT INTO directory.post (person_id, organisation_id, section, title, valid_from, valid_to) VALUES
    ('{PEOPLE["Keizai"]}', '{number(9, 1)}', '{ECONOMY}', 'x', '2020-04-01', NULL),
    ('{PEOPLE["Kouryu"]}', '{number(9, 1)}', '{EXCHANGE}', 'x', '2020-04-01', NULL),
    ('{PEOPLE["Kyuumu"]}', '{number(9, 1)}', '{ECONOMY}', 'x', '2020-04-01', '2021-03-31'),
    ('{PEOPLE["Shukkou"]}', '{number(9, 1)}', '{ECONOMY}', 'x', '2020-04-01', NULL);
INSERT INTO directory.secondment (person_id, home_id, valid_from)
    SELECT '{PEOPLE["Shukkou"]}', id, '2020-04-01' FROM directory.organisation WHERE code = '{code(HOME)}';
"""


def seed(schema: str) -> str:
    from tests.walls import application_rows, budget_rows, decision_rows, document_rows, review_rows

    if schema != "grants":
        return ""
    return (
        POSTS
        + "".join(_programme(*one) for one in PROGRAMMES)
        + application_rows.seed()
        + budget_rows.seed()
        + review_rows.seed()
        + decision_rows.seed()
        + document_rows.seed()
    )


def _programme(place: int, section: str, announced: bool) -> str:
    ids = {table: number(kind, place) for table, kind in TABLES.items()}
    person, at = PEOPLE["Keizai"], "now()" if announced else "NULL"
    return f"""
INSERT INTO grants.programme (id, code, section, kind, name_ja, name_en)
    VALUES ('{ids["programme"]}', 'P{place}', '{section}', 'organisation', 'x', 'x');
INSERT INTO grants.edition (id, code, programme_id, section, fiscal_year, name_ja, name_en)
    VALUES ('{ids["edition"]}', 'E{place}', '{ids["programme"]}', '{section}', 2025, 'x', 'x');
INSERT INTO grants.category (id, edition_id, section, code, name_ja, name_en)
    VALUES ('{ids["category"]}', '{ids["edition"]}', '{section}', 'x', 'x', 'x');
INSERT INTO grants.rule_version (id, edition_id, section, number, code, rules, frozen_at, frozen_by)
    VALUES ('{ids["rule_version"]}', '{ids["edition"]}', '{section}', 1, 'E{place}-R1', '{{}}', now(), '{person}');
INSERT INTO grants.form_version (id, edition_id, section, number, code, form_schema)
    VALUES ('{ids["form_version"]}', '{ids["edition"]}', '{section}', 1, 'E{place}-F1', '{{}}');
UPDATE grants.form_version SET frozen_at = now(), frozen_by = '{person}' WHERE id = '{ids["form_version"]}';
INSERT INTO grants.round (id, code, edition_id, programme_id, section, fiscal_year, rule_version_id, form_version_id,
        number, opens_at, closes_at, projects_from, projects_to, budget_conditional, announced_at)
    VALUES ('{ids["round"]}', 'R{place}', '{ids["edition"]}', '{ids["programme"]}', '{section}', 2025,
        '{ids["rule_version"]}', '{ids["form_version"]}', 1, now(), 'infinity', '2025-04-01', '2026-02-28', true, {at});
INSERT INTO grants.round_extension (round_id, closed_at, closes_at, reason, extended_by)
    VALUES ('{ids["round"]}', '-infinity', 'infinity', 'x', '{person}');
"""


def walls(world: World) -> dict[str, "Wall"]:
    """Officers have their own section's; what an announced round stands on is told to whoever may apply."""
    from tests.walls import application_rows, second_wall

    told = second_wall.roles("organisation", "host_authority", "participant", "anonymous")
    shown = {number(kind, place) for place, _, said in PROGRAMMES if said for kind in TABLES.values()}
    applying = second_wall.roles("organisation", "host_authority", "participant")
    of_round = {number(TABLES["round"], place): {"section": section} for place, section, _ in PROGRAMMES}

    def announced(column: str) -> "Rule":
        return lambda asker, row: told(asker, row) and row[column] in shown

    def of_its_round(asker: "Asker", row: "Row") -> bool:
        return mine(asker, of_round[row["round_id"]])

    house, worker, verbs = second_wall.roles("service"), second_wall.roles("worker"), "SELECT INSERT UPDATE"
    either = second_wall.either

    def wall(read: "Rule") -> "Wall":
        """The worker reads besides, and changes nothing."""
        moved = {"section": EXCHANGE}
        return second_wall.Wall(either(read, worker), mine, moves=moved, verbs=verbs, finds=read)

    columns = dict.fromkeys(TABLES, "id") | {"category": "edition_id"}
    made = {
        f"grants.{table}": wall(either(mine, house, announced(column))) for table, column in columns.items()
    }
    under = application_rows.under(world)
    made["grants.form_version"] = wall(
        either(mine, house, lambda asker, row: applying(asker, row) and row["id"] in shown, under)
    )
    # of a round whose results are public it says that all were told
    made["grants.round"] = replace(made["grants.round"], change=either(mine, worker), finds=None)
    made |= application_rows.walls(world)
    return made | {
        "grants.round_extension": second_wall.Wall(
            either(of_its_round, house, worker, announced("round_id")),
            of_its_round,
            verbs="SELECT INSERT",
        )
    }


def mine(asker: "Asker", row: "Row") -> bool:
    return asker.role == "grant_officer" and row["section"] == SECTIONS.get(asker.person)
