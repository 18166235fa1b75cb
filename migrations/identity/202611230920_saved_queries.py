"""Saved queries with their keys, and the scopes of those who save them."""

from migrations.histories import DOOR, IDENTITY
from services.kit.db.migration import run

revision = "identity_0006"
down_revision = "identity_0005"
branch_labels = None
depends_on = None

ROLE_SCOPES = """
CREATE OR REPLACE FUNCTION identity.role_scopes(role text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE
        WHEN role = 'coordinator' THEN ARRAY['changes:read', 'directory.person:read', 'directory:read', 'history:load',
            'imports:write', 'jet.answer:read', 'jet.answer:write', 'jet.appointment:read', 'jet.appointment:write',
            'jet.participant:read', 'jet.participant:write', 'jet.request:decide', 'jet.request:read',
            'jet.request:write', 'jet.roster:read', 'jet.statistics:read', 'jet.survey:write', 'jet.termination:read',
            'jet.termination:write', 'support:read'{queries}]
        WHEN role = 'registrar' THEN ARRAY['changes:read', 'directory.person:read', 'directory:read', 'directory:write',
            'history:load', 'identity.client:read', 'identity.client:write', 'identity.clock:write',
            'imports:write', 'support:read'{queries}]
        WHEN role IN ('organisation', 'host_authority') THEN ARRAY['changes:read', 'directory.person:read',
            'directory:read', 'imports:write', 'jet.answer:read', 'jet.appointment:read', 'jet.appointment:write',
            'jet.participant:read', 'jet.request:read', 'jet.request:write', 'jet.roster:read',
            'jet.statistics:read'{queries}]
            || CASE role WHEN 'host_authority' THEN ARRAY['jet.request:decide'] ELSE '{{}}'::text[] END
        WHEN role = 'ministry' THEN ARRAY['directory:read', 'jet.statistics:read']
        WHEN role = 'participant' THEN ARRAY['directory:read', 'jet.answer:read', 'jet.answer:write',
            'jet.appointment:read', 'jet.participant:read', 'jet.request:read']
        WHEN role = 'auditor' THEN ARRAY['audit:read', 'directory:read', 'support:read']
        WHEN role = 'service' THEN ARRAY['changes:read', 'directory:read', 'jet.answer:read', 'jet.appointment:read',
            'jet.participant:read', 'jet.request:read', 'jet.roster:read', 'jet.statistics:read']
        ELSE ARRAY[]::text[] END
$$
"""
NEW = ", 'queries:read', 'queries:write'"

# A retired query frees its name. Its keys have ended with it, and the door is told of ended keys for some minutes.
# A new key takes the other turn of two: so no more than two are good at a time.
TABLES = """
CREATE TABLE identity.saved_query (
    id uuid CONSTRAINT saved_query_pkey PRIMARY KEY DEFAULT uuidv7(),
    client text NOT NULL, person_id uuid, role text NOT NULL, organisation_id uuid,
    name text NOT NULL,
    service text NOT NULL, operation text NOT NULL,
    path text NOT NULL, query text NOT NULL,
    retired_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX saved_query_name_key ON identity.saved_query (client, person_id, role, organisation_id, name)
    NULLS NOT DISTINCT WHERE retired_at IS NULL;
CREATE TABLE identity.query_key (
    id uuid CONSTRAINT query_key_pkey PRIMARY KEY DEFAULT uuidv7(),
    saved_query uuid NOT NULL CONSTRAINT query_key_saved_query_fkey REFERENCES identity.saved_query (id),
    sha256 bytea NOT NULL CONSTRAINT query_key_sha256_key UNIQUE,
    label text NOT NULL, turn integer NOT NULL,
    valid_from timestamptz NOT NULL, valid_to timestamptz NOT NULL DEFAULT 'infinity',
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT query_key_turn CHECK (turn IN (0, 1)),
    CONSTRAINT query_key_two_at_most EXCLUDE USING gist (
        saved_query WITH =, turn WITH =, tstzrange(valid_from, valid_to) WITH &&)
);
CREATE INDEX query_key_saved_query_idx ON identity.query_key (saved_query);
CREATE INDEX query_key_ended_idx ON identity.query_key (valid_to) WHERE valid_to <> 'infinity';
"""

OWN = (
    "client = (SELECT platform.caller('client')) AND role = (SELECT platform.caller('role')) "
    "AND person_id IS NOT DISTINCT FROM (SELECT platform.caller('person')::uuid) "
    "AND organisation_id IS NOT DISTINCT FROM (SELECT platform.caller('organisation')::uuid)"
)
ISSUER = "(SELECT platform.caller_is('issuer'))"
OF_OWN = f"EXISTS (SELECT FROM identity.saved_query AS q WHERE q.id = saved_query AND {OWN})"


def upgrade() -> None:
    run(ROLE_SCOPES.format(queries=NEW))
    run(TABLES)
    grants = "SELECT, INSERT, UPDATE"
    IDENTITY.wall("saved_query", read=f"({OWN}) OR {ISSUER}", write=OWN, grants=grants)
    IDENTITY.wall("query_key", read=f"{OF_OWN} OR {ISSUER}", write=OF_OWN, grants=grants)
    run(f"GRANT SELECT (id, valid_to) ON identity.query_key TO {DOOR}")
    run(f"CREATE POLICY query_key_door ON identity.query_key FOR SELECT TO {DOOR} USING (true)")


def downgrade() -> None:
    run("DROP TABLE identity.query_key, identity.saved_query")
    run(ROLE_SCOPES.format(queries=""))
    run(
        "UPDATE identity.client SET row_version = row_version + 1, "
        "scopes = ARRAY(SELECT s FROM unnest(scopes) AS s WHERE s = ANY (identity.ceiling(role, acts_for_people))) "
        "WHERE NOT scopes <@ identity.ceiling(role, acts_for_people)"
    )
