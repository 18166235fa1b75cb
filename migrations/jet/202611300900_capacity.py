"""Seats of courses, fairs and whatever else the service fills: pools and claims."""

from migrations.histories import JET

revision = "jet_0008"
down_revision = "jet_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    JET.capacity()


def downgrade() -> None:
    JET.drop_capacity()
