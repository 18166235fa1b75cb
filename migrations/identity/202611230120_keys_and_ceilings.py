"""Several keys and secrets per client, ceilings of client roles, and changes of rights."""

from migrations.histories import DOOR, IDENTITY
from services.kit.db.migration import run

revision = "identity_0003"
down_revision = "identity_0002"
branch_labels = None
depends_on = None

# What a client of each role can ever hold: the access matrix of all services, stated a second time. A tool of
# the house that acts for people holds what these people may, but nobody's rights over clients.
CEILINGS = """
CREATE FUNCTION identity.role_scopes(role text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE
        WHEN role = 'coordinator' THEN ARRAY['changes:read', 'directory.person:read', 'directory:read', 'history:load',
            'imports:write', 'jet.appointment:read', 'jet.appointment:write', 'jet.participant:read',
            'jet.participant:write', 'jet.roster:read', 'jet.statistics:read', 'jet.termination:read',
            'jet.termination:write', 'support:read']
        WHEN role = 'registrar' THEN ARRAY['changes:read', 'directory.person:read', 'directory:read', 'directory:write',
            'history:load', 'identity.client:read', 'identity.client:write', 'identity.clock:write',
            'imports:write', 'support:read']
        WHEN role IN ('organisation', 'host_authority') THEN ARRAY['changes:read', 'directory.person:read', 'directory:read', 'imports:write',
            'jet.appointment:read', 'jet.appointment:write', 'jet.participant:read', 'jet.roster:read',
            'jet.statistics:read']
        WHEN role = 'ministry' THEN ARRAY['directory:read', 'jet.statistics:read']
        WHEN role = 'participant' THEN ARRAY['directory:read', 'jet.appointment:read', 'jet.participant:read']
        WHEN role = 'auditor' THEN ARRAY['audit:read', 'directory:read', 'support:read']
        WHEN role = 'service' THEN ARRAY['changes:read', 'directory:read', 'jet.appointment:read',
            'jet.participant:read', 'jet.roster:read', 'jet.statistics:read']
        ELSE ARRAY[]::text[] END
$$;
CREATE FUNCTION identity.ceiling(role text, acts_for_people boolean) RETURNS text[]
    IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE WHEN role = 'service' AND acts_for_people THEN ARRAY(
        SELECT DISTINCT s FROM unnest(identity.role_scopes('coordinator') || identity.role_scopes('registrar')
            || identity.role_scopes('organisation') || identity.role_scopes('ministry')
            || identity.role_scopes('participant') || identity.role_scopes('auditor')
            || identity.role_scopes('service')) AS s
        WHERE s NOT LIKE 'identity.%')
    ELSE identity.role_scopes(role) END
$$;
CREATE FUNCTION identity.needs_keys(role text, acts_for_people boolean, scopes text[]) RETURNS boolean
    IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT acts_for_people OR role IN ('ministry', 'auditor') OR EXISTS (
        SELECT FROM unnest(scopes) AS s WHERE s LIKE 'care.%')
$$;
UPDATE identity.client SET row_version = row_version + 1,
    scopes = ARRAY(SELECT s FROM unnest(scopes) AS s WHERE s = ANY (identity.ceiling(role, acts_for_people)))
WHERE NOT scopes <@ identity.ceiling(role, acts_for_people);
-- the one comes back wider, the other as a foreign key
-- squawk-ignore ban-drop-constraint
ALTER TABLE identity.client DROP CONSTRAINT client_role, DROP CONSTRAINT client_tools_use_keys;
ALTER TABLE identity.client
    ADD COLUMN keys_only boolean NOT NULL
        -- some thousand clients at most are rewritten in an instant
        -- squawk-ignore adding-field-with-default
        GENERATED ALWAYS AS (identity.needs_keys(role, acts_for_people, scopes)) STORED,
    ADD CONSTRAINT client_role CHECK (role IN ('coordinator', 'registrar', 'organisation', 'host_authority',
        'ministry', 'participant', 'auditor', 'service')),
    ADD CONSTRAINT client_scope_ceiling CHECK (scopes <@ identity.ceiling(role, acts_for_people)),
    ADD CONSTRAINT client_keys_only_key UNIQUE (id, keys_only);
"""

# A secret's `keys_only` is false and its client's is the same, so that no client that is known by its keys
# alone has a secret. client.secret_sha256 and client.public_jwk are read by the release before this one.
CREDENTIALS = """
CREATE TABLE identity.client_secret (
    id uuid CONSTRAINT client_secret_pkey PRIMARY KEY DEFAULT uuidv7(),
    client uuid NOT NULL, keys_only boolean NOT NULL DEFAULT false,
    sha256 bytea NOT NULL,
    valid_from timestamptz NOT NULL DEFAULT now(), valid_to timestamptz NOT NULL DEFAULT 'infinity',
    CONSTRAINT client_secret_client_fkey FOREIGN KEY (client, keys_only) REFERENCES identity.client (id, keys_only),
    CONSTRAINT client_secret_not_keys_only CHECK (NOT keys_only)
);
CREATE UNIQUE INDEX client_secret_newest ON identity.client_secret (client) WHERE valid_to = 'infinity';
CREATE INDEX client_secret_client_idx ON identity.client_secret (client);
CREATE TABLE identity.client_key (
    id uuid CONSTRAINT client_key_pkey PRIMARY KEY DEFAULT uuidv7(),
    client uuid NOT NULL CONSTRAINT client_key_client_fkey REFERENCES identity.client (id),
    kid text NOT NULL, public_jwk jsonb NOT NULL,
    valid_from timestamptz NOT NULL DEFAULT now(), valid_to timestamptz NOT NULL DEFAULT 'infinity',
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT client_key_kid_key UNIQUE (client, kid)
);
INSERT INTO identity.client_secret (client, sha256)
    SELECT id, secret_sha256 FROM identity.client WHERE secret_sha256 IS NOT NULL;
INSERT INTO identity.client_key (client, kid, public_jwk)
    SELECT id, public_jwk ->> 'kid', public_jwk FROM identity.client WHERE public_jwk IS NOT NULL;
"""

# Tokens carry the version that they were issued under, read in one snapshot with the rights themselves: so the
# door tells those before a change from those after it without comparing clocks.
RIGHTS = """
CREATE TABLE identity.rights_change (
    subject text CONSTRAINT rights_change_pkey PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX rights_change_xid_idx ON identity.rights_change (xid);
CREATE FUNCTION identity.rights_changed(of text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO identity.rights_change AS r (subject) VALUES ($1)
    ON CONFLICT (subject) DO UPDATE SET version = r.version + 1, xid = excluded.xid, at = excluded.at
$$;
CREATE FUNCTION identity.client_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.role, NEW.organisation_id, NEW.scopes, NEW.acts_for_people, NEW.active) IS DISTINCT FROM
       ROW(OLD.role, OLD.organisation_id, OLD.scopes, OLD.acts_for_people, OLD.active) THEN
        PERFORM identity.rights_changed(OLD.client_id);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION identity.credential_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.valid_to > now() AND (TG_OP = 'DELETE' OR NEW.valid_to <= clock_timestamp()) THEN
        PERFORM identity.rights_changed(client_id) FROM identity.client WHERE id = OLD.client;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION identity.person_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'post' THEN
        PERFORM identity.rights_changed(OLD.person_id::text);
    ELSIF TG_OP = 'DELETE' OR NEW.kind IS DISTINCT FROM OLD.kind THEN
        PERFORM identity.rights_changed(OLD.id::text);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION identity.organisation_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.role = 'host_authority' THEN
        PERFORM identity.rights_changed(s.subject) FROM (
            SELECT client_id AS subject FROM identity.client WHERE organisation_id = OLD.organisation_id
            UNION SELECT person_id::text FROM directory.post WHERE organisation_id = OLD.organisation_id
            ORDER BY 1) AS s;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER client_rights AFTER UPDATE ON identity.client
    FOR EACH ROW EXECUTE FUNCTION identity.client_rights();
CREATE TRIGGER client_key_ended AFTER UPDATE OR DELETE ON identity.client_key
    FOR EACH ROW EXECUTE FUNCTION identity.credential_ended();
CREATE TRIGGER client_secret_ended AFTER UPDATE OR DELETE ON identity.client_secret
    FOR EACH ROW EXECUTE FUNCTION identity.credential_ended();
CREATE TRIGGER person_rights AFTER UPDATE OR DELETE ON directory.person
    FOR EACH ROW EXECUTE FUNCTION identity.person_rights();
CREATE TRIGGER post_rights AFTER UPDATE OR DELETE ON directory.post
    FOR EACH ROW EXECUTE FUNCTION identity.person_rights();
CREATE TRIGGER organisation_rights AFTER UPDATE OR DELETE ON directory.organisation_role
    FOR EACH ROW EXECUTE FUNCTION identity.organisation_rights();
"""

# Keys that are in nobody's files any more are not renewed. The release before this one renews none: it has a day.
LEASES = "UPDATE identity.signing_key SET not_after = now() + interval '1 day' WHERE not_after = 'infinity'"

BOTH = "(SELECT platform.caller_is('issuer', 'registrar'))"
REGISTRAR = "(SELECT platform.caller_is('registrar'))"


def upgrade() -> None:
    run(CEILINGS)
    run(CREDENTIALS)
    run(RIGHTS)
    run(LEASES)
    IDENTITY.wall("client_secret", read=BOTH, write=REGISTRAR)
    IDENTITY.wall("client_key", read=BOTH, write=REGISTRAR, grants="SELECT, INSERT, UPDATE")
    IDENTITY.wall("rights_change", read=BOTH, write=BOTH, grants="SELECT, INSERT, UPDATE")
    run(f"GRANT SELECT ON identity.rights_change TO {DOOR}")
    run(f"CREATE POLICY rights_change_door ON identity.rights_change FOR SELECT TO {DOOR} USING (true)")


def downgrade() -> None:
    """A client's newest secret and newest key are those it is known by again."""
    run("""
    UPDATE identity.signing_key SET not_after = 'infinity' WHERE not_after > now();
    DROP TRIGGER organisation_rights ON directory.organisation_role;
    DROP TRIGGER post_rights ON directory.post;
    DROP TRIGGER person_rights ON directory.person;
    DROP TRIGGER client_rights ON identity.client;
    UPDATE identity.client AS c SET
        secret_sha256 = (SELECT sha256 FROM identity.client_secret AS s WHERE s.client = c.id AND valid_to = 'infinity'),
        public_jwk = (SELECT public_jwk FROM identity.client_key AS k WHERE k.client = c.id AND valid_to > now()
                      ORDER BY k.id DESC LIMIT 1);
    DROP TABLE identity.rights_change, identity.client_key, identity.client_secret;
    DROP FUNCTION identity.organisation_rights, identity.person_rights, identity.credential_ended,
        identity.client_rights, identity.rights_changed;
    DELETE FROM identity.client WHERE role = 'auditor' OR keys_only AND public_jwk IS NULL;
    ALTER TABLE identity.client DROP CONSTRAINT client_role, DROP CONSTRAINT client_scope_ceiling,
        DROP CONSTRAINT client_keys_only_key, DROP COLUMN keys_only,
        ADD CONSTRAINT client_role CHECK (role IN (
            'coordinator', 'registrar', 'organisation', 'host_authority', 'ministry', 'participant', 'service')),
        ADD CONSTRAINT client_tools_use_keys CHECK (
            NOT (acts_for_people OR role = 'ministry') OR (public_jwk IS NOT NULL AND secret_sha256 IS NULL));
    DROP FUNCTION identity.ceiling, identity.role_scopes, identity.needs_keys;
    """)
