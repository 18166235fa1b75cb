"""The role of CLAIR's officers of grants, and who reads what is announced."""

from services.kit.db.migration import run

revision = "identity_0011"
down_revision = "identity_0010"
branch_labels = None
depends_on = None

BEFORE = "-- squawk-ignore renaming-object\nALTER FUNCTION identity.role_scopes(text) RENAME TO role_scopes_but_grants"
ROLE_SCOPES = """
CREATE FUNCTION identity.role_scopes(role text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT identity.role_scopes_but_grants(role) || CASE
        WHEN role = 'grant_officer' THEN ARRAY['directory:read', 'grants.budget:read', 'grants.budget:write',
            'grants.programme:read', 'grants.programme:write', 'imports:write']
        WHEN role IN ('organisation', 'host_authority', 'participant', 'service')
            THEN ARRAY['grants.programme:read']
        ELSE '{}'::text[] END
$$
"""
CEILING = """
CREATE OR REPLACE FUNCTION identity.ceiling(role text, acts_for_people boolean) RETURNS text[]
    IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE WHEN role = 'service' AND acts_for_people THEN ARRAY(
        SELECT DISTINCT s FROM unnest(identity.role_scopes('coordinator') || identity.role_scopes('registrar')
            || identity.role_scopes('organisation') || identity.role_scopes('ministry')
            || identity.role_scopes('participant') || identity.role_scopes('auditor')
            || identity.role_scopes('service') || identity.role_scopes('business')
            || identity.role_scopes('counsellor') || identity.role_scopes('care_officer')
            || identity.role_scopes('protector'){grants}) AS s
        WHERE s NOT LIKE 'identity.%')
    ELSE identity.role_scopes(role) END
$$
"""
# Some thousand clients at most: read in a moment.
ROLES = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE identity.client DROP CONSTRAINT client_role;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE identity.client
    ADD CONSTRAINT client_role CHECK (role IN ('coordinator', 'registrar', 'organisation', 'host_authority',
        'ministry', 'participant', 'auditor', 'service', 'business', 'counsellor', 'care_officer',
        'protector'{role}));
"""
# What such a client or person has is nothing that the release before this one knows.
GONE = """
DELETE FROM identity.session WHERE role = 'grant_officer';
DELETE FROM identity.client_secret WHERE client IN (SELECT id FROM identity.client WHERE role = 'grant_officer');
DELETE FROM identity.client_key WHERE client IN (SELECT id FROM identity.client WHERE role = 'grant_officer');
DELETE FROM identity.client WHERE role = 'grant_officer'
"""


def upgrade() -> None:
    run(BEFORE)
    run(ROLE_SCOPES)
    run(CEILING.format(grants=" || identity.role_scopes('grant_officer')"))
    run(ROLES.format(role=", 'grant_officer'"))


def downgrade() -> None:
    run(GONE)
    run(ROLES.format(role=""))
    run(CEILING.format(grants=""))
    run("DROP FUNCTION identity.role_scopes(text)")
    run("ALTER FUNCTION identity.role_scopes_but_grants(text) RENAME TO role_scopes")
    run(
        "UPDATE identity.client SET row_version = row_version + 1, "
        "scopes = ARRAY(SELECT s FROM unnest(scopes) AS s WHERE s = ANY (identity.ceiling(role, acts_for_people))) "
        "WHERE NOT scopes <@ identity.ceiling(role, acts_for_people)"
    )
