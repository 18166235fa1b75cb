"""Who reads figures of grants: officers, ministries, and the tools of the house."""

from services.kit.db.migration import run

revision = "identity_0013"
down_revision = "identity_0012"
branch_labels = None
depends_on = None

BEFORE = (
    "-- squawk-ignore renaming-object\n"
    "ALTER FUNCTION identity.role_scopes(text) RENAME TO role_scopes_but_grant_figures"
)
ROLE_SCOPES = """
CREATE FUNCTION identity.role_scopes(role text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT identity.role_scopes_but_grant_figures(role) || CASE
        WHEN role IN ('grant_officer', 'ministry', 'service') THEN ARRAY['grants.statistics:read']
        ELSE '{}'::text[] END
$$
"""
# Some thousand clients at most: read in a moment.
FIGURES = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE identity.client DROP CONSTRAINT client_ministries_read_figures;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE identity.client ADD CONSTRAINT client_ministries_read_figures CHECK (
    role <> 'ministry' OR scopes <@ ARRAY['jet.statistics:read', 'directory:read'{grants}]);
"""


def upgrade() -> None:
    run(BEFORE)
    run(ROLE_SCOPES)
    run(FIGURES.format(grants=", 'grants.statistics:read'"))


def downgrade() -> None:
    run("DROP FUNCTION identity.role_scopes(text)")
    run("ALTER FUNCTION identity.role_scopes_but_grant_figures(text) RENAME TO role_scopes")
    run(
        "UPDATE identity.client SET row_version = row_version + 1, "
        "scopes = ARRAY(SELECT s FROM unnest(scopes) AS s WHERE s = ANY (identity.ceiling(role, acts_for_people))) "
        "WHERE NOT scopes <@ identity.ceiling(role, acts_for_people)"
    )
    run(FIGURES.format(grants=""))
