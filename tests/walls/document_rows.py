"""Documents in the world of the second wall: received, issued, void, and issued but not shown yet; of two sections."""

from typing import TYPE_CHECKING

from tests.walls.grants_rows import ECONOMY, EXCHANGE, PEOPLE, mine, number

if TYPE_CHECKING:
    from tests.walls.second_wall import Asker, Row, Rule, Wall

SECTIONS = {number(30, 1): ECONOMY, number(30, 2): EXCHANGE}  # of each application
# kind, what of its application is shown from when, and whether it is void
KINDS = (
    ("application", "NULL", False),
    ("selection_notice", "'-infinity'", False),
    ("decision_notice", "'infinity'", False),
    ("rejection_notice", "NULL", True),
    ("declination", "'-infinity'", False),
)


def seed() -> str:
    counters = "".join(
        f"INSERT INTO grants.document_counter VALUES ('{section}', 2025, 'issued', 1);\n"
        for section in SECTIONS.values()
    )
    return counters + "".join(
        _document(of, section, place, *one)
        for of, section in SECTIONS.items()
        for place, one in enumerate(KINDS, 1)
    )


def _document(of: str, section: str, place: int, kind: str, shown_from: str, void: bool) -> str:
    series = "received" if kind in ("application", "declination") else "issued"
    voided = f"now(), '{PEOPLE['Keizai']}', 'x'" if void else "NULL, NULL, NULL"
    return f"""
INSERT INTO grants.document (section, fiscal_year, series, number, sign, kind, application_id, issued_on, shown_from, content,
        sha256, void_at, void_by, void_reason)
    VALUES ('{section}', 2025, '{series}', {place}, '{section} {series}', '{kind}', '{of}', '2025-04-01', {shown_from},
        '{{}}', sha256('{{}}'), {voided});
"""


def walls(handles: "Rule", leads: "Rule", joins: "Rule") -> dict[str, "Wall"]:
    """Each of an application, whose officers, applicant and members these are."""
    from tests.walls.second_wall import Wall, either, roles

    worker, nobody = roles("worker"), roles()

    def shown(asker: "Asker", row: "Row") -> bool:
        out = row["shown_from"] in (None, "-infinity") and row["void_at"] is None
        return out and (leads(asker, row) or joins(asker, row))

    def sent(asker: "Asker", row: "Row") -> bool:
        return leads(asker, row) and row["series"] == "received" and row["shown_from"] is None

    return {
        "grants.document_counter": Wall(mine, nobody, verbs="SELECT"),
        "grants.document": Wall(
            either(handles, worker, shown), either(handles, worker), insert=either(handles, worker, sent),
            moves={"application_id": number(30, 2)}, verbs="SELECT INSERT UPDATE",
        ),
    }  # fmt: skip
