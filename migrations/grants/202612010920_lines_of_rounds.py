"""A round is announced on a budget line or on the condition that there is a budget; of the ledger, each posting that is
held is of an application, and is not there for officers in conflict with it."""

from services.kit.db.migration import run

revision = "grants_0009"
down_revision = "grants_0008"
branch_labels = None
depends_on = None

# What was announced without a line was announced before there was any: on condition.
ROUNDS = """
ALTER TABLE grants.round DISABLE TRIGGER round_stays;
UPDATE grants.round SET budget_conditional = true WHERE announced_at IS NOT NULL AND budget_line_id IS NULL;
ALTER TABLE grants.round ENABLE TRIGGER round_stays;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE grants.round ADD CONSTRAINT round_on_budget
    CHECK (announced_at IS NULL OR budget_conditional OR budget_line_id IS NOT NULL);
"""
HOLDERS = """
-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
ALTER TABLE grants.ledger_posting ADD CONSTRAINT ledger_posting_holder_fkey
    FOREIGN KEY (holder_id) REFERENCES grants.application (id);
-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
ALTER TABLE grants.budget_holding ADD CONSTRAINT budget_holding_holder_fkey
    FOREIGN KEY (holder_id) REFERENCES grants.application (id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX budget_holding_holder_idx ON grants.budget_holding (holder_id);
"""
OF_LINE = "EXISTS (SELECT FROM grants.budget_line AS l WHERE l.id = line_id)"
OF_HOLDER = "EXISTS (SELECT FROM grants.application AS a WHERE a.id = holder_id)"
OF_POSTING = "EXISTS (SELECT FROM grants.ledger_posting AS p WHERE p.id = posting_id)"


def _walls(posting: str, entry: str, holding: str) -> None:
    run(
        f"ALTER POLICY ledger_posting_select ON grants.ledger_posting USING ({posting}); "
        f"ALTER POLICY ledger_posting_insert ON grants.ledger_posting WITH CHECK ({posting}); "
        f"ALTER POLICY ledger_entry_select ON grants.ledger_entry USING ({entry}); "
        f"ALTER POLICY budget_holding_select ON grants.budget_holding USING ({holding})"
    )


def upgrade() -> None:
    run(ROUNDS + HOLDERS)
    _walls(
        f"{OF_LINE} AND (holder_id IS NULL OR {OF_HOLDER})",
        f"{OF_LINE} AND {OF_POSTING}",
        f"{OF_LINE} AND {OF_HOLDER}",
    )


def downgrade() -> None:
    _walls(OF_LINE, OF_LINE, OF_LINE)
    run(
        "DROP INDEX grants.budget_holding_holder_idx; "
        "ALTER TABLE grants.budget_holding DROP CONSTRAINT budget_holding_holder_fkey; "
        "ALTER TABLE grants.ledger_posting DROP CONSTRAINT ledger_posting_holder_fkey; "
        "ALTER TABLE grants.round DROP CONSTRAINT round_on_budget"
    )
