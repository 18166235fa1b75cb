"""A row in every table that the world does not fill by itself, in place of what other tests have left there."""

from collections.abc import Mapping

from tests.walls import capacity, events_rows, grants_rows
from tests.walls.loading import World
from tests.walls.second_wall import INVITED, SAVED, SEEDS, SIGNED_IN
from tests.walls.world import code

CLEARED = ("import_problem", "import", "operation", "blob_chunk", "blob", "idempotency")


def seed(schema: str, world: World) -> str:
    """Rows of each plumbing table, and of the pools where there are any."""
    organisations = {caller: world.organisations[caller.split()[1].strip("/")] for caller in SEEDS}
    return (
        plumbed(schema, organisations)
        + capacity.seed(schema)
        + grants_rows.seed(schema)
        + events_rows.seed(schema)
    )


def plumbed(schema: str, organisations: Mapping[str, object]) -> str:
    """Rows of each plumbing table, in place of what other tests have left there; `organisations`: by caller."""
    lines = [f"DELETE FROM {schema}.{table};" for table in CLEARED]
    lines.append(f"""
    INSERT INTO {schema}.audit_leaf (position, entry_id, hash) VALUES (7000000, uuidv7(), 'x');
    INSERT INTO {schema}.audit_checkpoint VALUES (7000000, 'x', now(), 'x', 'x');
    """)
    for caller, (blob, number) in SEEDS.items():
        organisation = organisations[caller]
        lines.append(f"""
        INSERT INTO {schema}.blob (id, caller, media_type, file_name, size, sha256) VALUES ('{blob}', '{caller}', 'x', 'x', 1, 'x');
        INSERT INTO {schema}.blob_chunk (blob_id, ordinal, content) VALUES ('{blob}', 0, 'x');
        INSERT INTO {schema}.operation (id, caller, principal, kind) VALUES ('{number}', '{caller}', '{{}}', 'x');
        INSERT INTO {schema}.import (id, caller, receipt_number, kind, mode, dry_run, history, source_id)
            VALUES ('{number}', '{caller}', '{caller}', 'x', 'atomic', false, false, '{blob}');
        INSERT INTO {schema}.import_problem (import_id, ordinal, row, problem) VALUES ('{number}', 1, 1, '{{}}');
        INSERT INTO {schema}.idempotency (caller, route, key, body_hash, status, headers, body)
            VALUES ('{caller}', 'r', 'k', 'x', 200, '{{}}', 'x');
        INSERT INTO {schema}.idempotency (caller, route, key, body_hash, status, headers, body, created_at)
            VALUES ('{caller}', 'r', 'old', 'x', 200, '{{}}', 'x', now() - interval '8 days');
        INSERT INTO {schema}.outbox (resource, resource_id, action, organisation_id) VALUES ('x', '{number}', 'x', '{organisation}');
        INSERT INTO {schema}.audit_entry (client, role, request_id, action, resource) VALUES ('c', 'r', 'q', 'a', 'x');
        """)
    return "\n".join(lines)


IDENTITY_SEED = (
    """
DELETE FROM identity.used_assertion; DELETE FROM identity.denied_token;
INSERT INTO identity.used_assertion VALUES ('walls', 'walls', 'infinity');
INSERT INTO identity.denied_token VALUES ('walls', 'infinity');
INSERT INTO identity.signing_key (kid, public_jwk) VALUES ('walls', '{}');
INSERT INTO identity.rights_change (subject) VALUES ('walls') ON CONFLICT DO NOTHING;
INSERT INTO identity.client_secret (client, sha256)
    SELECT id, 'x' FROM identity.client WHERE client_id = 'walls-tool' ON CONFLICT DO NOTHING;
DELETE FROM identity.session; DELETE FROM identity.sign_in_link; DELETE FROM identity.sign_in_request;
INSERT INTO identity.sign_in_request (id, email, browser)
    VALUES ('00000000-0000-7000-8000-00000000beef', 'x', sha256('x'));
"""
    + "".join(
        f"""
INSERT INTO identity.{table} (sha256, person_id, {columns})
    SELECT sha256('x'), person_id, {values} FROM directory.person_detail WHERE name = '{name}';
"""
        for name, table, columns, values in (
            (SIGNED_IN, "session", "role", "'x'"),
            (
                INVITED,
                "sign_in_link",
                "request, browser",
                "'00000000-0000-7000-8000-00000000beef', sha256('x')",
            ),
        )
    )
    + "".join(
        f"""
INSERT INTO identity.saved_query (id, client, role, organisation_id, name, service, operation, path, query)
    SELECT '{identity}', 'c', '{role}', (SELECT id FROM directory.organisation WHERE code = '{code(name)}'),
        'x', 'x', 'x', 'x', 'x';
INSERT INTO identity.query_key (saved_query, sha256, label, turn, valid_from)
    VALUES ('{identity}', '{identity}', 'x', 0, now());
"""
        for identity, (role, name) in SAVED.items()
    )
)
