"""The grants service asks of all posts who holds, or held, one at an applicant: a conflict as a secondment is."""

from services.kit.db.migration import run

revision = "directory_0009"
down_revision = "directory_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("ALTER POLICY post_conflicts ON directory.post USING (true)")


def downgrade() -> None:
    run("ALTER POLICY post_conflicts ON directory.post USING (section LIKE 'grants-%')")
