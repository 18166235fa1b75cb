"""Only who may write a fact adds to its past, which the trigger does in their name."""

from services.kit.db.migration import SAID, run

revision = "jet_0003"
down_revision = "jet_0002"
branch_labels = None
depends_on = None

CLAIR = "(SELECT platform.caller_is('coordinator', 'service'))"
SERVED = f"{CLAIR} OR organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])"
WRITERS = {"participation": CLAIR, "appointment": SERVED, "workplace": SERVED, "arrangement": SERVED}


def upgrade() -> None:
    for table, rule in WRITERS.items():
        run(f"ALTER POLICY {table}_past_insert ON jet.{table}_past WITH CHECK ({rule})")


def downgrade() -> None:
    for table in WRITERS:
        run(f"ALTER POLICY {table}_past_insert ON jet.{table}_past WITH CHECK ({SAID})")
