"""The roles of counselling, and the scopes that they and a participant have there. No other role has one of them, but for
the figures that are published."""

from services.kit.db.migration import run

revision = "identity_0010"
down_revision = "identity_0009"
branch_labels = None
depends_on = None

# the roles of counselling stand beside the others, which are as they were
BEFORE = "-- squawk-ignore renaming-object\nALTER FUNCTION identity.role_scopes(text) RENAME TO role_scopes_but_care"
ROLE_SCOPES = """
CREATE FUNCTION identity.role_scopes(role text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT identity.role_scopes_but_care(role) || CASE
        WHEN role = 'participant' THEN ARRAY['care.booking:read', 'care.booking:write', 'care.claim:read',
            'care.claim:write', 'care.message:read', 'care.message:write', 'care.slot:read']
        WHEN role = 'counsellor' THEN ARRAY['care.booking:read', 'care.booking:write', 'care.case:read',
            'care.case:write', 'care.message:read', 'care.message:write', 'care.return:read', 'care.return:write',
            'care.slot:read', 'care.slot:write', 'directory:read', 'imports:write']
        WHEN role = 'care_officer' THEN ARRAY['care.booking:read', 'care.case:read', 'care.case:write',
            'care.claim:decide', 'care.claim:read', 'care.figures:read', 'care.glass:read', 'care.glass:write',
            'care.return:read', 'care.return:write', 'care.slot:read', 'care.wall:read', 'care.wall:write',
            'directory:read', 'imports:write']
        WHEN role = 'protector' THEN ARRAY['audit:read', 'care.figures:read', 'care.glass:read', 'care.glass:write',
            'directory:read']
        WHEN role = 'coordinator' THEN ARRAY['care.figures:read']
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
            || identity.role_scopes('service') || identity.role_scopes('business'){care}) AS s
        WHERE s NOT LIKE 'identity.%')
    ELSE identity.role_scopes(role) END
$$
"""
CARE = (
    " || identity.role_scopes('counsellor') || identity.role_scopes('care_officer') "
    "|| identity.role_scopes('protector')"
)
# Some thousand clients at most: read in a moment.
ROLES = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE identity.client DROP CONSTRAINT client_role, DROP CONSTRAINT client_of_an_organisation;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE identity.client
    ADD CONSTRAINT client_role CHECK (role IN ('coordinator', 'registrar', 'organisation', 'host_authority',
        'ministry', 'participant', 'auditor', 'service', 'business'{roles})),
    ADD CONSTRAINT client_of_an_organisation CHECK (
        (role IN ('organisation', 'host_authority', 'business'{homes})) = (organisation_id IS NOT NULL));
"""
NEW = "('counsellor', 'care_officer', 'protector')"
# What such a client or person has is nothing that the release before this one knows.
GONE = f"""
DELETE FROM identity.session WHERE role IN {NEW};
DELETE FROM identity.client_secret WHERE client IN (SELECT id FROM identity.client WHERE role IN {NEW});
DELETE FROM identity.client_key WHERE client IN (SELECT id FROM identity.client WHERE role IN {NEW});
DELETE FROM identity.client WHERE role IN {NEW}
"""


def upgrade() -> None:
    run(BEFORE)
    run(ROLE_SCOPES)
    run(CEILING.format(care=CARE))
    run(ROLES.format(roles=", 'counsellor', 'care_officer', 'protector'", homes=", 'counsellor'"))


def downgrade() -> None:
    run(GONE)
    run(ROLES.format(roles="", homes=""))
    run(CEILING.format(care=""))
    run("DROP FUNCTION identity.role_scopes(text)")
    run("ALTER FUNCTION identity.role_scopes_but_care(text) RENAME TO role_scopes")
    run(
        "UPDATE identity.client SET row_version = row_version + 1, "
        "scopes = ARRAY(SELECT s FROM unnest(scopes) AS s WHERE s = ANY (identity.ceiling(role, acts_for_people))) "
        "WHERE NOT scopes <@ identity.ceiling(role, acts_for_people)"
    )
