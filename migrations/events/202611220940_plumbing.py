"""What the events service stands on; its own tables come with its first capability."""

from migrations.histories import EVENTS

revision = "events_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    EVENTS.plumbing(jobs=False)


def downgrade() -> None:
    EVENTS.drop()
