"""The role of CLAIR's officers of events and overseas offices, who registers for events, and who reads their figures."""

from services.kit.db.migration import run

revision = "identity_0014"
down_revision = "identity_0013"
branch_labels = None
depends_on = None

BEFORE = "-- squawk-ignore renaming-object\nALTER FUNCTION identity.role_scopes(text) RENAME TO role_scopes_but_events"
ROLE_SCOPES = """
CREATE FUNCTION identity.role_scopes(role text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT identity.role_scopes_but_events(role) || CASE
        WHEN role = 'event_officer' THEN ARRAY['directory:read', 'events.event:read', 'events.event:write',
            'events.log:read', 'events.log:write', 'events.registration:read', 'events.registration:write',
            'events.statistics:read', 'imports:write']
        WHEN role IN ('organisation', 'host_authority')
            THEN ARRAY['events.event:read', 'events.registration:read', 'events.registration:write']
        WHEN role IN ('coordinator', 'service') THEN ARRAY['events.event:read', 'events.statistics:read']
        WHEN role = 'ministry' THEN ARRAY['events.statistics:read']
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
            || identity.role_scopes('protector') || identity.role_scopes('grant_officer'){events}) AS s
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
        'protector', 'grant_officer'{role}));
-- squawk-ignore ban-drop-constraint
ALTER TABLE identity.client DROP CONSTRAINT client_ministries_read_figures;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE identity.client ADD CONSTRAINT client_ministries_read_figures CHECK (role <> 'ministry'
    OR scopes <@ ARRAY['jet.statistics:read', 'directory:read', 'grants.statistics:read'{figures}]);
"""
# What such a client or person has is nothing that the release before this one knows.
GONE = """
DELETE FROM identity.session WHERE role = 'event_officer';
DELETE FROM identity.client_secret WHERE client IN (SELECT id FROM identity.client WHERE role = 'event_officer');
DELETE FROM identity.client_key WHERE client IN (SELECT id FROM identity.client WHERE role = 'event_officer');
DELETE FROM identity.client WHERE role = 'event_officer'
"""


def upgrade() -> None:
    run(BEFORE)
    run(ROLE_SCOPES)
    run(CEILING.format(events=" || identity.role_scopes('event_officer')"))
    run(ROLES.format(role=", 'event_officer'", figures=", 'events.statistics:read'"))


def downgrade() -> None:
    run(GONE)
    run(CEILING.format(events=""))
    run("DROP FUNCTION identity.role_scopes(text)")
    run("ALTER FUNCTION identity.role_scopes_but_events(text) RENAME TO role_scopes")
    run(
        "UPDATE identity.client SET row_version = row_version + 1, "
        "scopes = ARRAY(SELECT s FROM unnest(scopes) AS s WHERE s = ANY (identity.ceiling(role, acts_for_people))) "
        "WHERE NOT scopes <@ identity.ceiling(role, acts_for_people)"
    )
    run(ROLES.format(role="", figures=""))
