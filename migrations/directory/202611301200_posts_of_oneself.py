"""The grants service learns in which sections of CLAIR its caller serves: it reads the caller's own posts alone."""

from services.kit.db.migration import run

revision = "directory_0007"
down_revision = "directory_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        "GRANT SELECT (person_id, organisation_id, section, effective) ON directory.post TO grants_app; "
        "CREATE POLICY post_grants ON directory.post FOR SELECT TO grants_app "
        "USING (person_id = (SELECT platform.caller('person')::uuid))"
    )


def downgrade() -> None:
    run(
        "DROP POLICY post_grants ON directory.post; "
        "REVOKE SELECT (person_id, organisation_id, section, effective) ON directory.post FROM grants_app"
    )
