"""The registry's own schema: its plumbing, clients with their secrets and keys, and refused tokens."""

from migrations.histories import DOOR, IDENTITY
from services.kit.db.migration import run

revision = "identity_0001"
down_revision = None
branch_labels = None
depends_on = None

CLIENTS = """
CREATE TABLE identity.signing_key (
    kid text CONSTRAINT signing_key_pkey PRIMARY KEY,
    public_jwk jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    not_after timestamptz
);
CREATE TABLE identity.client (
    id uuid CONSTRAINT client_pkey PRIMARY KEY DEFAULT uuidv7(),
    client_id text NOT NULL CONSTRAINT client_client_id_key UNIQUE,
    name text NOT NULL,
    role text NOT NULL CONSTRAINT client_role CHECK (role IN (
        'coordinator', 'registrar', 'organisation', 'host_authority', 'ministry', 'participant', 'service')),
    organisation_id uuid CONSTRAINT client_organisation_id_fkey REFERENCES directory.organisation (id),
    scopes text[] NOT NULL,
    secret_sha256 bytea, public_jwk jsonb,
    acts_for_people boolean NOT NULL DEFAULT false,
    active boolean NOT NULL DEFAULT true,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT client_of_an_organisation CHECK (
        (role IN ('organisation', 'host_authority')) = (organisation_id IS NOT NULL)),
    CONSTRAINT client_tools_use_keys CHECK (
        NOT (acts_for_people OR role = 'ministry') OR (public_jwk IS NOT NULL AND secret_sha256 IS NULL)),
    CONSTRAINT client_ministries_read_figures CHECK (
        role <> 'ministry' OR scopes <@ ARRAY['jet.statistics:read', 'directory:read'])
);
CREATE TABLE identity.used_assertion (
    client_id text NOT NULL, jti text NOT NULL, expires_at timestamptz NOT NULL,
    CONSTRAINT used_assertion_pkey PRIMARY KEY (client_id, jti)
);
CREATE INDEX used_assertion_expires_at_idx ON identity.used_assertion (expires_at);
CREATE TABLE identity.denied_token (
    jti text CONSTRAINT denied_token_pkey PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
"""

ISSUER = "(SELECT platform.caller_is('issuer'))"


def upgrade() -> None:
    IDENTITY.plumbing(jobs=True)
    run(CLIENTS)
    IDENTITY.wall("signing_key", read="true", write=ISSUER)
    IDENTITY.wall(
        "client",
        read="(SELECT platform.caller_is('issuer', 'registrar'))",
        write="(SELECT platform.caller_is('registrar'))",
    )
    for table in ("used_assertion", "denied_token"):
        IDENTITY.wall(table, read=ISSUER, write=ISSUER, grants="SELECT, INSERT, DELETE")
    run(f"GRANT USAGE ON SCHEMA identity TO {DOOR}")
    run(f"GRANT SELECT ON identity.signing_key, identity.denied_token TO {DOOR}")
    run(f"GRANT SELECT (client_id, active) ON identity.client TO {DOOR}")
    for table in ("signing_key", "denied_token", "client"):
        run(f"CREATE POLICY {table}_door ON identity.{table} FOR SELECT TO {DOOR} USING (true)")


def downgrade() -> None:
    IDENTITY.drop()
