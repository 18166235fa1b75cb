"""助成決定通知書 of awards, filed in the transaction that decides them."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.grants.awards import repository
from services.grants.awards.repository import Granted
from services.grants.budget import Budget
from services.grants.documents import repository as filed
from services.grants.documents import service as documents
from services.grants.documents.content import DecisionNotice
from services.grants.selections.repository import Round
from services.kit.db.session import WriteSession
from services.kit.japan.clock import JST
from services.kit.japan.fiscal_year import first_day


async def write(session: WriteSession, of: Round, applications: Sequence[UUID]) -> None:
    """Last of all locks."""
    for one in await repository.granted(session, applications):
        selected = await filed.promised(session, one.application, "selection_notice")
        content = _content(of, one, None if selected is None else selected.code)
        await documents.issue(
            session, section=of.section, kind="decision_notice", application=one.application, content=content
        )


def _content(of: Round, one: Granted, notice: str | None) -> DecisionNotice:
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
