"""助成決定通知書 of awards, filed in the transaction that decides them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from services.grants.budget import Budget
from services.grants.documents import repository as filed
from services.grants.documents import service as documents
from services.grants.documents.content import DecisionNotice
from services.grants.selections.repository import Round
from services.kit.db.query import array
from services.kit.db.session import WriteSession
from services.kit.japan.clock import JST
from services.kit.japan.fiscal_year import first_day

# by arrival, as the letters of the selection
_AWARDS = """
SELECT a.id, a.joint, a.budget, w.amount_yen, w.trace, w.withdrawable_until, r.projects_from, r.projects_to, r.fiscal_year,
    e.reason
FROM grants.award AS w JOIN grants.application AS a ON a.id = w.application_id JOIN grants.round AS r ON r.id = a.round_id
    JOIN grants.selection_entry AS e ON e.application_id = a.id
WHERE a.id = ANY ((SELECT CAST(CAST(:ids AS text) AS uuid[]))::uuid[])
ORDER BY (SELECT min(s.arrived_at) FROM grants.submission AS s WHERE s.application_id = a.id), a.id
"""


class Award(NamedTuple):
    application: UUID
    joint: bool
    budget: dict[str, object]
    yen: int
    trace: list[dict[str, object]]
    withdrawable_until: date
    projects_from: date
    projects_to: date
    fiscal_year: int
    reason: str | None


async def write(session: WriteSession, of: Round, applications: Sequence[UUID]) -> None:
    """Last of all locks."""
    found = await session.execute(text(_AWARDS), {"ids": array(applications)})
    for one in [Award(*row) for row in found]:
        selected = await filed.promised(session, one.application, "selection_notice")
        content = _content(of, one, None if selected is None else selected.code)
        await documents.issue(
            session, section=of.section, kind="decision_notice", application=one.application, content=content
        )


def _content(of: Round, one: Award, notice: str | None) -> DecisionNotice:
    rules, budget = of.rules, Budget.model_validate(one.budget)
    base = next(step["result"] for step in one.trace if step["step"] == "base")
    assert isinstance(base, int)
    year_ends = first_day(one.fiscal_year + 1) - timedelta(days=1)
    return DecisionNotice(
        decided_on=of.now.astimezone(JST).date(), amount_yen=one.yen, requested_yen=budget.requested,
        total_cost_yen=sum(cost.yen for cost in budget.costs) + budget.indirect, eligible_cost_yen=base,
        rate=(rules.rate.numerator, rules.rate.denominator), withdrawal_until=one.withdrawable_until,
        project_from=one.projects_from, project_to=one.projects_to,
        report_due=min(one.projects_to + timedelta(days=rules.report_days), year_ends),
        cap_yen=rules.cap_joint or rules.cap_project if one.joint else rules.cap_project,
        reduced_reason=one.reason if one.yen < budget.requested else None, notice_code=notice,
    )  # fmt: skip
