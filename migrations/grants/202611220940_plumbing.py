"""What the grants service stands on; its own tables come with its first capability."""

from migrations.histories import GRANTS

revision = "grants_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    GRANTS.plumbing(jobs=False)


def downgrade() -> None:
    GRANTS.drop()
