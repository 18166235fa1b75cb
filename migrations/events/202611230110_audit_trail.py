"""The audit can be read by auditors and is sealed by checkpoints."""

from migrations.histories import EVENTS

revision = "events_0002"
down_revision = "events_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    EVENTS.audit_trail()


def downgrade() -> None:
    EVENTS.drop_audit_trail()
