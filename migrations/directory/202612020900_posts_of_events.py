"""The events service learns for which offices its caller serves: it reads the caller's own posts alone."""

from services.kit.db.migration import run

revision = "directory_0010"
down_revision = "directory_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        "GRANT SELECT (person_id, organisation_id, section, effective) ON directory.post TO events_app; "
        "CREATE POLICY post_events ON directory.post FOR SELECT TO events_app "
        "USING (person_id = (SELECT platform.caller('person')::uuid))"
    )


def downgrade() -> None:
    run(
        "DROP POLICY post_events ON directory.post; "
        "REVOKE SELECT (person_id, organisation_id, section, effective) ON directory.post FROM events_app"
    )
