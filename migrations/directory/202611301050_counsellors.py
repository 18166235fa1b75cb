"""CLAIR's officers of counselling read who counsels today, and nobody else who holds a post."""

from services.kit.db.migration import run

revision = "directory_0006"
down_revision = "directory_0005"
branch_labels = None
depends_on = None

OFFICER = "(SELECT platform.caller_is('care_officer'))"
TODAY = "(SELECT platform.today())"
# of the posts it finds those that the officer does
NAMED = f"{OFFICER} AND EXISTS (SELECT FROM directory.post AS p WHERE p.person_id = person_detail.person_id)"


def upgrade() -> None:
    run(
        "CREATE POLICY post_counsellors_select ON directory.post FOR SELECT TO registry_app "
        f"USING ({OFFICER} AND section = 'counsellor' AND effective @> {TODAY}); "
        "CREATE POLICY person_detail_counsellors_select ON directory.person_detail FOR SELECT TO registry_app "
        f"USING ({NAMED})"
    )


def downgrade() -> None:
    run(
        "DROP POLICY person_detail_counsellors_select ON directory.person_detail; "
        "DROP POLICY post_counsellors_select ON directory.post"
    )
