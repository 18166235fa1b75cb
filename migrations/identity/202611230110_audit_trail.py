"""The audit can be read by auditors and is sealed by checkpoints."""

from migrations.histories import IDENTITY

revision = "identity_0002"
down_revision = "identity_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    IDENTITY.audit_trail()


def downgrade() -> None:
    IDENTITY.drop_audit_trail()
