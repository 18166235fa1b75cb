"""The role of companies' contacts, and the scopes of training, careers, alumni and support."""

from services.kit.db.migration import run

revision = "identity_0009"
down_revision = "identity_0008"
branch_labels = None
depends_on = None

ROLE_SCOPES = """
CREATE OR REPLACE FUNCTION identity.role_scopes(role text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE
        WHEN role = 'coordinator' THEN ARRAY['changes:read', 'directory.person:read', 'directory.post:write',
            'directory:read', 'history:load', 'imports:write', 'jet.answer:read', 'jet.answer:write',
            'jet.appointment:read', 'jet.appointment:write', 'jet.participant:read', 'jet.participant:write',
            'jet.request:decide', 'jet.request:read', 'jet.request:write', 'jet.roster:read', 'jet.statistics:read',
            'jet.survey:write', 'jet.termination:read', 'jet.termination:write', 'queries:read', 'queries:write',
            'support:read'{coordinator}]
        WHEN role = 'registrar' THEN ARRAY['changes:read', 'directory.person:read', 'directory.post:write',
            'directory:read', 'directory:write', 'history:load', 'identity.client:read', 'identity.client:write',
            'identity.clock:write', 'imports:write', 'queries:read', 'queries:write', 'support:read']
        WHEN role IN ('organisation', 'host_authority') THEN ARRAY['changes:read', 'directory.person:read',
            'directory.post:write', 'directory:read', 'imports:write', 'jet.answer:read', 'jet.appointment:read',
            'jet.appointment:write', 'jet.participant:read', 'jet.request:read', 'jet.request:write',
            'jet.roster:read', 'jet.statistics:read', 'queries:read', 'queries:write'{served}]
            || CASE role WHEN 'host_authority' THEN ARRAY['jet.request:decide'{host}] ELSE '{{}}'::text[] END
        WHEN role = 'ministry' THEN ARRAY['directory:read', 'jet.statistics:read']
        WHEN role = 'participant' THEN ARRAY['directory:read', 'jet.answer:read', 'jet.answer:write',
            'jet.appointment:read', 'jet.participant:read', 'jet.reading:read', 'jet.request:read'{himself}]
        {business}
        WHEN role = 'auditor' THEN ARRAY['audit:read', 'directory:read', 'support:read']
        WHEN role = 'service' THEN ARRAY['changes:read', 'directory:read', 'jet.answer:read', 'jet.appointment:read',
            'jet.participant:read', 'jet.request:read', 'jet.roster:read', 'jet.statistics:read',
            'sessions:write'{service}]
        ELSE ARRAY[]::text[] END
$$
"""
NONE = dict.fromkeys(("coordinator", "served", "host", "himself", "business", "service"), "")
NEW = {
    "coordinator": (
        ", 'jet.alumni:read', 'jet.alumni:write', 'jet.career:read', 'jet.career:write', 'jet.enrolment:read', "
        "'jet.enrolment:write', 'jet.headcount:read', 'jet.headcount:write', 'jet.support:read', "
        "'jet.support:write', 'jet.training:read', 'jet.training:write'"
    ),
    "served": ", 'jet.enrolment:read', 'jet.enrolment:write', 'jet.headcount:read', 'jet.training:read'",
    "host": ", 'jet.headcount:write'",
    "himself": (
        ", 'jet.alumni:read', 'jet.alumni:write', 'jet.career:read', 'jet.career:write', 'jet.enrolment:read', "
        "'jet.enrolment:write', 'jet.training:read'"
    ),
    "business": (
        "WHEN role = 'business' THEN ARRAY['directory:read', 'jet.candidate:read', 'jet.career:read', "
        "'jet.career:write']"
    ),
    "service": (
        ", 'jet.alumni:read', 'jet.career:read', 'jet.enrolment:read', 'jet.headcount:read', 'jet.support:read', "
        "'jet.training:read'"
    ),
}

# What people may do whom a tool of the house acts for.
CEILING = """
CREATE OR REPLACE FUNCTION identity.ceiling(role text, acts_for_people boolean) RETURNS text[]
    IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE WHEN role = 'service' AND acts_for_people THEN ARRAY(
        SELECT DISTINCT s FROM unnest(identity.role_scopes('coordinator') || identity.role_scopes('registrar')
            || identity.role_scopes('organisation') || identity.role_scopes('ministry')
            || identity.role_scopes('participant') || identity.role_scopes('auditor')
            || identity.role_scopes('service'){business}) AS s
        WHERE s NOT LIKE 'identity.%')
    ELSE identity.role_scopes(role) END
$$
"""

# Some thousand clients at most: read in a moment.
ROLES = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE identity.client DROP CONSTRAINT client_role, DROP CONSTRAINT client_of_an_organisation;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE identity.client
    ADD CONSTRAINT client_role CHECK (role IN ('coordinator', 'registrar', 'organisation', 'host_authority',
        'ministry', 'participant', 'auditor', 'service'{role})),
    ADD CONSTRAINT client_of_an_organisation CHECK (
        (role IN ('organisation', 'host_authority'{role})) = (organisation_id IS NOT NULL));
"""
# What such a client or contact has is nothing that the release before this one knows.
GONE = """
DELETE FROM identity.session WHERE role = 'business';
DELETE FROM identity.client_secret WHERE client IN (SELECT id FROM identity.client WHERE role = 'business');
DELETE FROM identity.client_key WHERE client IN (SELECT id FROM identity.client WHERE role = 'business');
DELETE FROM identity.client WHERE role = 'business'
"""


def upgrade() -> None:
    run(ROLE_SCOPES.format(**NEW))
    run(CEILING.format(business=" || identity.role_scopes('business')"))
    run(ROLES.format(role=", 'business'"))


def downgrade() -> None:
    run(GONE)
    run(ROLES.format(role=""))
    run(ROLE_SCOPES.format(**NONE))
    run(CEILING.format(business=""))
    run(
        "UPDATE identity.client SET row_version = row_version + 1, "
        "scopes = ARRAY(SELECT s FROM unnest(scopes) AS s WHERE s = ANY (identity.ceiling(role, acts_for_people))) "
        "WHERE NOT scopes <@ identity.ceiling(role, acts_for_people)"
    )
