"""The audit can be read by auditors and is sealed by checkpoints."""

from migrations.histories import JET

revision = "jet_0002"
down_revision = "jet_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    JET.audit_trail()


def downgrade() -> None:
    JET.drop_audit_trail()
