"""One-time links and sessions of people with a browser, and the scopes of the desk and of hand-overs."""

from migrations.histories import IDENTITY
from services.kit.db.migration import run

revision = "identity_0008"
down_revision = "identity_0007"
branch_labels = None
depends_on = None

ROLE_SCOPES = """
CREATE OR REPLACE FUNCTION identity.role_scopes(role text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE
        WHEN role = 'coordinator' THEN ARRAY['changes:read', 'directory.person:read', 'directory:read', 'history:load',
            'imports:write', 'jet.answer:read', 'jet.answer:write', 'jet.appointment:read', 'jet.appointment:write',
            'jet.participant:read', 'jet.participant:write', 'jet.request:decide', 'jet.request:read',
            'jet.request:write', 'jet.roster:read', 'jet.statistics:read', 'jet.survey:write', 'jet.termination:read',
            'jet.termination:write', 'queries:read', 'queries:write', 'support:read'{posts}]
        WHEN role = 'registrar' THEN ARRAY['changes:read', 'directory.person:read', 'directory:read', 'directory:write',
            'history:load', 'identity.client:read', 'identity.client:write', 'identity.clock:write',
            'imports:write', 'queries:read', 'queries:write', 'support:read'{posts}]
        WHEN role IN ('organisation', 'host_authority') THEN ARRAY['changes:read', 'directory.person:read',
            'directory:read', 'imports:write', 'jet.answer:read', 'jet.appointment:read', 'jet.appointment:write',
            'jet.participant:read', 'jet.request:read', 'jet.request:write', 'jet.roster:read',
            'jet.statistics:read', 'queries:read', 'queries:write'{posts}]
            || CASE role WHEN 'host_authority' THEN ARRAY['jet.request:decide'] ELSE '{{}}'::text[] END
        WHEN role = 'ministry' THEN ARRAY['directory:read', 'jet.statistics:read']
        WHEN role = 'participant' THEN ARRAY['directory:read', 'jet.answer:read', 'jet.answer:write',
            'jet.appointment:read', 'jet.participant:read', 'jet.request:read'{own}]
        WHEN role = 'auditor' THEN ARRAY['audit:read', 'directory:read', 'support:read']
        WHEN role = 'service' THEN ARRAY['changes:read', 'directory:read', 'jet.answer:read', 'jet.appointment:read',
            'jet.participant:read', 'jet.request:read', 'jet.roster:read', 'jet.statistics:read'{sessions}]
        ELSE ARRAY[]::text[] END
$$
"""
NONE = {"posts": "", "own": "", "sessions": ""}
NEW = {
    "posts": ", 'directory.post:write'",
    "own": ", 'jet.reading:read'",
    "sessions": ", 'sessions:write'",
}

# An address is kept no longer than it is counted. A session holds for eight hours and is never made longer.
TABLES = """
-- some ten thousand people are indexed in an instant
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX person_detail_email_idx ON directory.person_detail (lower(email));
CREATE TABLE identity.sign_in_request (
    id uuid CONSTRAINT sign_in_request_pkey PRIMARY KEY DEFAULT uuidv7(),
    email text NOT NULL, browser bytea NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(), sent_at timestamptz,
    expires_at timestamptz NOT NULL DEFAULT now() + interval '1 hour',
    CONSTRAINT sign_in_request_browser CHECK (length(browser) = 32)
);
CREATE INDEX sign_in_request_email_idx ON identity.sign_in_request (lower(email), asked_at);
CREATE INDEX sign_in_request_browser_idx ON identity.sign_in_request (browser, asked_at);
CREATE INDEX sign_in_request_expires_at_idx ON identity.sign_in_request (expires_at);
CREATE TABLE identity.sign_in_link (
    sha256 bytea CONSTRAINT sign_in_link_pkey PRIMARY KEY,
    request uuid NOT NULL CONSTRAINT sign_in_link_request_fkey
        REFERENCES identity.sign_in_request (id) ON DELETE CASCADE,
    person_id uuid NOT NULL CONSTRAINT sign_in_link_person_id_fkey REFERENCES directory.person (id),
    browser bytea NOT NULL,
    expires_at timestamptz NOT NULL DEFAULT now() + interval '15 minutes', used_at timestamptz,
    CONSTRAINT sign_in_link_sha256 CHECK (length(sha256) = 32)
);
CREATE INDEX sign_in_link_request_idx ON identity.sign_in_link (request);
CREATE INDEX sign_in_link_person_id_idx ON identity.sign_in_link (person_id);
CREATE TABLE identity.session (
    id uuid CONSTRAINT session_pkey PRIMARY KEY DEFAULT uuidv7(),
    sha256 bytea NOT NULL CONSTRAINT session_sha256_key UNIQUE,
    person_id uuid NOT NULL CONSTRAINT session_person_id_fkey REFERENCES directory.person (id),
    role text NOT NULL, organisation_id uuid,
    began_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz NOT NULL DEFAULT now() + interval '8 hours',
    CONSTRAINT session_sha256 CHECK (length(sha256) = 32),
    CONSTRAINT session_fixed CHECK (expires_at <= began_at + interval '8 hours')
);
CREATE INDEX session_person_id_idx ON identity.session (person_id);
CREATE INDEX session_expires_at_idx ON identity.session (expires_at);
"""

# Who reads the old mailbox is not the person any more. A registrar's hand is in the same place.
ADDRESS = """
CREATE FUNCTION identity.address_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR lower(NEW.email) IS DISTINCT FROM lower(OLD.email) THEN
        PERFORM identity.sessions_ended(OLD.person_id);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION identity.sessions_ended(of uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM identity.sign_in_link WHERE person_id = $1;
    DELETE FROM identity.session WHERE person_id = $1;
    PERFORM identity.rights_changed($1::text);
END $$;
CREATE TRIGGER address_changed AFTER UPDATE OR DELETE ON directory.person_detail
    FOR EACH ROW EXECUTE FUNCTION identity.address_changed();
"""

# The desk is told of those who are coming in or are there, and of nobody else.
SIGNED_IN = """
CREATE POLICY {table}_signed_in_select ON directory.{table} FOR SELECT TO registry_app USING (
    (SELECT platform.caller_is('service')) AND (
        EXISTS (SELECT FROM identity.session AS s WHERE s.person_id = {table}.{column})
        OR EXISTS (SELECT FROM identity.sign_in_link AS l WHERE l.person_id = {table}.{column})))
"""
PEOPLE = (("person", "id"), ("person_detail", "person_id"), ("post", "person_id"), ("post_past", "person_id"))

SIGNING_IN = "(SELECT platform.caller_is('issuer', 'service', 'registrar'))"
# A post that ends by its organisation's own hand changes rights as well.
CHANGED = "(SELECT platform.caller_is('issuer', 'registrar', 'coordinator', 'organisation', 'host_authority', 'service'))"
BEFORE = "(SELECT platform.caller_is('issuer', 'registrar'))"


def upgrade() -> None:
    run(ROLE_SCOPES.format(**NEW))
    run(TABLES)
    run(ADDRESS)
    for table in ("sign_in_request", "sign_in_link", "session"):
        IDENTITY.wall(table, read=SIGNING_IN, write=SIGNING_IN)
    for table, column in PEOPLE:
        run(SIGNED_IN.format(table=table, column=column))
    _rights_changed_by(CHANGED)


def downgrade() -> None:
    _rights_changed_by(BEFORE)
    for table, _ in PEOPLE:
        run(f"DROP POLICY {table}_signed_in_select ON directory.{table}")
    run(
        "DROP TRIGGER address_changed ON directory.person_detail; "
        "DROP FUNCTION identity.address_changed, identity.sessions_ended; "
        "DROP TABLE identity.session, identity.sign_in_link, identity.sign_in_request; "
        "DROP INDEX directory.person_detail_email_idx"
    )
    run(ROLE_SCOPES.format(**NONE))
    run(
        "UPDATE identity.client SET row_version = row_version + 1, "
        "scopes = ARRAY(SELECT s FROM unnest(scopes) AS s WHERE s = ANY (identity.ceiling(role, acts_for_people))) "
        "WHERE NOT scopes <@ identity.ceiling(role, acts_for_people)"
    )


def _rights_changed_by(whom: str) -> None:
    run(
        f"ALTER POLICY rights_change_select ON identity.rights_change USING ({whom}); "
        f"ALTER POLICY rights_change_insert ON identity.rights_change WITH CHECK ({whom}); "
        f"ALTER POLICY rights_change_update ON identity.rights_change USING ({whom}) WITH CHECK ({whom})"
    )
