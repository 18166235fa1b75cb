"""Applications in the world of the second wall: one of a member of a joint bid with others, one of a host authority."""

import json
from typing import TYPE_CHECKING

from tests.walls.grants_rows import ECONOMY, EXCHANGE, HOME, PEOPLE, mine, number
from tests.walls.loading import World
from tests.walls.world import code

if TYPE_CHECKING:
    from tests.walls.second_wall import Asker, Row, Rule, Wall

# round, section, who applies, who joins
APPLICATIONS = {
    number(30, 1): (number(5, 1), ECONOMY, "azami", ("budo", "cacao")),
    number(30, 2): (number(5, 3), EXCHANGE, "ume", ("dango",)),
}
UNDER = (
    number(6, 4),
    number(6, 5),
)  # forms of no announced round: the first is under one, and was under the other
GOOD, BAD = number(31, 1), number(31, 2)  # files' bytes, both of the first


def _organisation(name: str) -> str:
    return f"(SELECT id FROM directory.organisation WHERE code = '{code(name)}')"


def seed() -> str:
    files = "".join(_file(blob, verdict) for blob, verdict in ((GOOD, "clean"), (BAD, "bad")))
    cap = f"""
INSERT INTO grants.budget_cap (edition_id, section, kind, holder_id, limit_yen)
    VALUES ('{number(2, 1)}', '{ECONOMY}', 'organisation', {_organisation("azami")}, 1);
"""
    forms = "".join(
        f"""
INSERT INTO grants.form_version (id, edition_id, section, number, code, form_schema)
    VALUES ('{identity}', '{number(2, 2)}', '{ECONOMY}', {place}, 'E2-F{place}', '{{}}');
"""
        for place, identity in enumerate(UNDER, start=2)
    )
    under = f"""
UPDATE grants.application SET form_version_id = '{UNDER[0]}', left_over = '{{"E2-F3": {{}}}}' WHERE id = '{number(30, 1)}';
"""
    return "".join(_application(*one) for one in APPLICATIONS.items()) + files + cap + forms + under


def _application(identity: str, of: tuple[str, str, str, tuple[str, ...]]) -> str:
    round_id, section, lead, members = of
    joined = "".join(
        f"""
INSERT INTO grants.application_member (application_id, lead_id, organisation_id, share_yen)
    VALUES ('{identity}', {_organisation(lead)}, {_organisation(name)}, 1);
"""
        for name in members
    )
    return f"""
INSERT INTO grants.application (id, round_id, section, organisation_id, department, project_number, title, channel, member_ids)
    VALUES ('{identity}', '{round_id}', '{section}', {_organisation(lead)}, 'x', 1, 'x', 'mail',
        ARRAY[{", ".join(_organisation(name) for name in members)}]);
INSERT INTO grants.correction (application_id, number, fields, documents, reason, due_at)
    VALUES ('{identity}', 1, '{{/title}}', '{{}}', 'x', 'infinity');
INSERT INTO grants.submission (application_id, number, receipt_number, channel, arrived_at, submitted_by, requested_yen,
        computed_yen, eligible, snapshot, sha256)
    VALUES ('{identity}', 1, '{identity}', 'mail', '-infinity', '{PEOPLE["Keizai"]}', 1, 1, true, '', sha256(''));
{joined}"""


def _file(blob: str, verdict: str) -> str:
    return f"""
INSERT INTO grants.blob (id, caller, media_type, file_name, size, sha256) VALUES ('{blob}', 'x', 'x', 'x', 1, 'x');
INSERT INTO grants.blob_chunk (blob_id, ordinal, content) VALUES ('{blob}', 0, 'x');
INSERT INTO grants.application_file (application_id, document_code, blob_id, file_name, media_type, size, sha256, verdict)
    VALUES ('{number(30, 1)}', 'x', '{blob}', 'x', 'x', 1, sha256(''), '{verdict}');
"""


def _own(asker: "Asker") -> str:
    """The organisation that a caller is of, itself and none of its members."""
    applies = asker.role in ("organisation", "host_authority")
    return str(json.loads(asker.setting).get("organisation", "")) if applies and asker.setting else ""


def under(world: World) -> "Rule":
    """That the asker's organisation has, or joins, the application that these forms are of."""
    _, _, lead, members = APPLICATIONS[number(30, 1)]
    theirs = {str(world.organisations[name]) for name in (lead, *members)}
    return lambda asker, row: row["id"] in UNDER and _own(asker) in theirs


def walls(world: World) -> dict[str, "Wall"]:
    from tests.walls import budget_rows, decision_rows, document_rows, review_rows, second_wall

    wall, either, worker = second_wall.Wall, second_wall.either, second_wall.roles("worker")
    stored = {
        identity: {
            "section": section, "organisation_id": str(world.organisations[lead]),
            "member_ids": [str(world.organisations[name]) for name in members],
        }
        for identity, (_, section, lead, members) in APPLICATIONS.items()
    }  # fmt: skip
    plumbed = second_wall.plumbing("grants")["grants.blob_chunk"]

    home = str(world.organisations[HOME])

    def handles(asker: "Asker", row: "Row") -> bool:
        parted = asker.person == PEOPLE["Shukkou"] and home in (row["organisation_id"], *row["member_ids"])
        return mine(asker, row) and not parted

    def leads(asker: "Asker", row: "Row") -> bool:
        return bool(_own(asker)) and row["organisation_id"] == _own(asker)

    def joins(asker: "Asker", row: "Row") -> bool:
        return _own(asker) in row["member_ids"]

    def of(rule: "second_wall.Rule") -> "second_wall.Rule":
        return lambda asker, row: rule(asker, stored[row["application_id"]])

    def told_of_cap(asker: "Asker", row: "Row") -> bool:
        return row["kind"] == "organisation" and bool(_own(asker)) and row["holder_id"] == _own(asker)

    kept = either(mine, worker)
    read, led = either(handles, leads, joins, worker), either(handles, leads)

    def chunk(asker: "Asker", row: "Row") -> bool:
        if row["blob_id"] in (GOOD, BAD):
            return row["blob_id"] == GOOD and read(asker, stored[number(30, 1)])
        return plumbed.read(asker, row)

    def chunk_written(asker: "Asker", row: "Row") -> bool:
        return row["blob_id"] not in (GOOD, BAD) and plumbed.write(asker, row)

    moved = {"section": EXCHANGE}
    insert, change = "SELECT INSERT", "SELECT INSERT UPDATE"
    return {
        "grants.application": wall(read, either(led, worker), moves=moved, verbs=change),
        "grants.application_member": wall(of(read), of(led), change=either(of(led), leads)),
        "grants.application_file": wall(of(read), either(of(led), worker), verbs=change),
        "grants.correction": wall(of(read), either(of(handles), worker), verbs=insert),
        "grants.submission": wall(of(read), of(led), verbs=insert),
        "grants.application_step": wall(of(handles), second_wall.roles(), verbs="SELECT"),
        "grants.budget_cap": wall(either(kept, told_of_cap), kept, moves=moved, verbs=change, finds=kept),
        "grants.blob_chunk": wall(chunk, chunk_written, verbs="SELECT INSERT DELETE"),
        **budget_rows.walls(of(handles)),
        **review_rows.walls(of(handles)),
        **decision_rows.walls(of(read)),
        **document_rows.walls(of(handles), of(leads), of(joins)),
    }
