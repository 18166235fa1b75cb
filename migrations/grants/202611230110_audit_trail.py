"""The audit can be read by auditors and is sealed by checkpoints."""

from migrations.histories import GRANTS

revision = "grants_0002"
down_revision = "grants_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    GRANTS.audit_trail()


def downgrade() -> None:
    GRANTS.drop_audit_trail()
