"""Budget lines (予算科目): one section's money of one fiscal year, and how it stands."""

from collections.abc import Callable
from typing import Annotated, Any, get_args
from uuid import UUID

from sqlalchemy import Select, select

from services.grants import access
from services.grants.budget_lines import domain, service
from services.grants.budget_lines.domain import LINE, State
from services.grants.budget_lines.repository import STATE
from services.grants.ledger.domain import CONSTRAINTS
from services.grants.ledger.tables import budget_balance, budget_line
from services.grants.tables import mine
from services.grants.terms import GrantCode, Section
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Line, Wire, Year, choice


class BudgetLineWrite(Wire):
    code: GrantCode
    fiscal_year: Year
    section: Section
    name_ja: Line
    name_en: Line


class BudgetLine(BudgetLineWrite):
    """`budget_yen`: what the line has, planned or decided and transferred; the three others are where it is."""

    id: UUID
    state: Annotated[State, choice("budget_state", get_args(State)), Called("budget_state")]
    planned_yen: int
    appropriated_yen: int | None
    appropriated_on: Day | None
    budget_yen: int
    available_yen: int
    reserved_yen: int
    committed_yen: int


def source(_: Basis) -> Select[Any]:
    b, m = budget_line.c, budget_balance.c
    return select(
        b.id, b.code, b.fiscal_year, b.section, b.name_ja, b.name_en, STATE.label("state"), b.planned_yen,
        b.appropriated_yen, b.appropriated_on, (-m.source_yen).label("budget_yen"), m.available_yen, m.reserved_yen,
        m.committed_yen, b.row_version,
    ).join_from(budget_line, budget_balance, m.line_id == b.id)  # fmt: skip


def _closed(action: str) -> Callable[[Row], Text | None]:
    return lambda row: LINE.why_closed(action, row["state"])


def _action(name: str, noun: str) -> Action:
    return Action(name, f"/grants/v1/budget-lines/{{id}}/{noun}", ("grant_officer",), _closed(name))


budget_lines = Resource(
    service="grants",
    schema="grants",
    name="budget_line",
    plural="budget-lines",
    read=BudgetLine,
    write=BudgetLineWrite,
    source=source,
    access={
        "list": access.BUDGETS,
        "read": access.BUDGETS,
        "create": access.KEEPS_BUDGETS,
        "change": access.KEEPS_BUDGETS,
        "import": access.KEEPS_BUDGETS,
    },
    own=mine(budget_line.c.section),
    filters={
        "code": equals(budget_line.c.code),
        "fiscal_year": equals(budget_line.c.fiscal_year, int),
        "section": equals(budget_line.c.section),
        "state": equals(STATE, State),
    },
    sorts=("code", "fiscal_year"),
    code="code",
    parts=(Part(budget_line, ("code",)),),
    check=service.check,
    fixed=("code", "fiscal_year", "section"),
    actions=(
        _action("plan", "plans"),
        _action("recut", "recuts"),
        _action("appropriate", "appropriations"),
        _action("transfer", "transfers"),
    ),
    version="2026.1",
    constraints={
        **CONSTRAINTS,
        "budget_line_decided": domain.DECIDED_LATER,
        "budget_line_stays": domain.STAYS,
        "ledger_posting_within": domain.TRANSFER_OUTSIDE,
    },
)
