"""Results of rounds as a decision leaves them, put past the triggers that hold who decides and when."""

from tests.support.grants import Grants

_DECIDED = """
DO $$
DECLARE
    a grants.application;
    officer uuid := (SELECT id FROM directory.person ORDER BY id LIMIT 1);
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    SELECT * INTO a FROM grants.application WHERE id = '{application}';
    UPDATE grants.application SET state = 'ranked', row_version = row_version,
        rank = (SELECT count(*) + 1 FROM grants.selection_entry AS e WHERE e.round_id = a.round_id) WHERE id = a.id;
    UPDATE grants.round SET decided_at = platform.now(), decided_by = officer, budget_line_id = a.round_id
        WHERE id = a.round_id;
    INSERT INTO grants.selection (id, round_id, section, drawn_up_by) VALUES (a.round_id, a.round_id, a.section, officer)
        ON CONFLICT DO NOTHING;
    INSERT INTO grants.selection_entry (selection_id, round_id, application_id, standing, computed_yen, amount_yen, trace,
            verdict, ended_at, ended_reason)
        VALUES (a.round_id, a.round_id, a.id, '{standing}', {amount}, {amount}, '[]', '{{}}',
            CASE WHEN '{standing}' IN ('declined', 'withdrawn') THEN platform.now() END,
            CASE WHEN '{standing}' IN ('declined', 'withdrawn') THEN 'x' END);
    IF '{award}' <> '' THEN
        INSERT INTO grants.award (application_id, round_id, budget_line_id, rule_version_id, amount_yen, trace, verdict,
                decided_by, withdrawable_until, state, ended_at, ended_reason)
            VALUES (a.id, a.round_id, a.round_id, a.round_id, {amount} - 1, '[]', '{{}}', officer, 'infinity', '{award}',
                CASE WHEN '{award}' <> 'decided' THEN platform.now() END,
                CASE WHEN '{award}' <> 'decided' THEN 'x' END);
    END IF;
    PERFORM grants.take_step(a.id);
END $$
"""


def decided(
    grants: Grants, application: str, amount: int, standing: str = "selected", award: str = ""
) -> None:
    """An entry of its round's decided selection; of an award, whose amount is one yen less, the state."""
    values = {"application": application, "amount": amount, "standing": standing, "award": award}
    grants.sql(_DECIDED.format(**values))
