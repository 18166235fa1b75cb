"""Overseas offices have an order of their own, in which lists and the report name them."""

from services.kit.db.migration import run

revision = "directory_0012"
down_revision = "directory_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("ALTER TABLE directory.overseas_office ADD COLUMN chart_order integer")


def downgrade() -> None:
    run("ALTER TABLE directory.overseas_office DROP COLUMN chart_order")
