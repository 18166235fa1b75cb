"""Who applies for grants, and who handles what is applied for."""

from services.kit.db.migration import run

revision = "identity_0012"
down_revision = "identity_0011"
branch_labels = None
depends_on = None

BEFORE = (
    "-- squawk-ignore renaming-object\n"
    "ALTER FUNCTION identity.role_scopes(text) RENAME TO role_scopes_but_applications"
)
ROLE_SCOPES = """
CREATE FUNCTION identity.role_scopes(role text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT identity.role_scopes_but_applications(role) || CASE
        WHEN role IN ('grant_officer', 'organisation', 'host_authority')
            THEN ARRAY['grants.application:read', 'grants.application:write']
        ELSE '{}'::text[] END
$$
"""


def upgrade() -> None:
    run(BEFORE)
    run(ROLE_SCOPES)


def downgrade() -> None:
    run("DROP FUNCTION identity.role_scopes(text)")
    run("ALTER FUNCTION identity.role_scopes_but_applications(text) RENAME TO role_scopes")
    run(
        "UPDATE identity.client SET row_version = row_version + 1, "
        "scopes = ARRAY(SELECT s FROM unnest(scopes) AS s WHERE s = ANY (identity.ceiling(role, acts_for_people))) "
        "WHERE NOT scopes <@ identity.ceiling(role, acts_for_people)"
    )
