"""Stored answers are kept for seven days, of callers who do not come back too.

A caller's next write takes its own old ones along; what is old of anybody is the worker's to delete, and not to read.
"""

from services.kit.db.migration import run

revision = "jet_0005"
down_revision = "jet_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        "CREATE POLICY idempotency_old_delete ON jet.idempotency FOR DELETE TO jet_app "
        "USING ((SELECT platform.caller_is('worker')) AND created_at < now() - interval '7 days')"
    )


def downgrade() -> None:
    run("DROP POLICY idempotency_old_delete ON jet.idempotency")
