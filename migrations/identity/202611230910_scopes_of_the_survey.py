"""Roles may hold the scopes of placement surveys, requests and answers."""

from services.kit.db.migration import run

revision = "identity_0005"
down_revision = "identity_0004"
branch_labels = None
depends_on = None

ROLE_SCOPES = """
CREATE OR REPLACE FUNCTION identity.role_scopes(role text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE
        WHEN role = 'coordinator' THEN ARRAY['changes:read', 'directory.person:read', 'directory:read', 'history:load',
            'imports:write', 'jet.appointment:read', 'jet.appointment:write', 'jet.participant:read',
            'jet.participant:write', 'jet.roster:read', 'jet.statistics:read', 'jet.termination:read',
            'jet.termination:write', 'support:read'{coordinator}]
        WHEN role = 'registrar' THEN ARRAY['changes:read', 'directory.person:read', 'directory:read', 'directory:write',
            'history:load', 'identity.client:read', 'identity.client:write', 'identity.clock:write',
            'imports:write', 'support:read']
        WHEN role IN ('organisation', 'host_authority') THEN ARRAY['changes:read', 'directory.person:read',
            'directory:read', 'imports:write', 'jet.appointment:read', 'jet.appointment:write', 'jet.participant:read',
            'jet.roster:read', 'jet.statistics:read'{served}]
            || CASE role WHEN 'host_authority' THEN ARRAY[{host}]::text[] ELSE '{{}}'::text[] END
        WHEN role = 'ministry' THEN ARRAY['directory:read', 'jet.statistics:read']
        WHEN role = 'participant' THEN ARRAY['directory:read', 'jet.appointment:read', 'jet.participant:read'{himself}]
        WHEN role = 'auditor' THEN ARRAY['audit:read', 'directory:read', 'support:read']
        WHEN role = 'service' THEN ARRAY['changes:read', 'directory:read', 'jet.appointment:read',
            'jet.participant:read', 'jet.roster:read', 'jet.statistics:read'{service}]
        ELSE ARRAY[]::text[] END
$$
"""
NONE = {"coordinator": "", "served": "", "host": "", "himself": "", "service": ""}
NEW = {
    "coordinator": (
        ", 'jet.answer:read', 'jet.answer:write', 'jet.request:decide', 'jet.request:read', 'jet.request:write', "
        "'jet.survey:write'"
    ),
    "served": ", 'jet.answer:read', 'jet.request:read', 'jet.request:write'",
    "host": "'jet.request:decide'",
    "himself": ", 'jet.answer:read', 'jet.answer:write', 'jet.request:read'",
    "service": ", 'jet.answer:read', 'jet.request:read'",
}


def upgrade() -> None:
    run(ROLE_SCOPES.format(**NEW))


def downgrade() -> None:
    run(ROLE_SCOPES.format(**NONE))
    run(
        "UPDATE identity.client SET row_version = row_version + 1, "
        "scopes = ARRAY(SELECT s FROM unnest(scopes) AS s WHERE s = ANY (identity.ceiling(role, acts_for_people))) "
        "WHERE NOT scopes <@ identity.ceiling(role, acts_for_people)"
    )
