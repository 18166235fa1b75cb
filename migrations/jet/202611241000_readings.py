"""Participants read who was shown their restricted fields."""

from services.kit.db.migration import run

revision = "jet_0006"
down_revision = "jet_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        "CREATE POLICY audit_entry_of_oneself_select ON jet.audit_entry FOR SELECT TO jet_app "
        "USING ((SELECT platform.caller_is('participant')) AND action = 'read' "
        "AND (SELECT platform.caller('person')::uuid) = ANY (subjects))"
    )


def downgrade() -> None:
    run("DROP POLICY audit_entry_of_oneself_select ON jet.audit_entry")
