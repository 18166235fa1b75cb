"""Entries of the ledger (仕訳の明細), as they were posted: two of each posting, which sum to zero."""

from typing import Annotated, Any, get_args
from uuid import UUID

from sqlalchemy import BigInteger, Select, and_, cast, not_, or_, select

from services.grants import access
from services.grants.applications.tables import application, caller, in_conflict
from services.grants.ledger.domain import Account, Kind
from services.grants.ledger.tables import budget_line, ledger_entry, ledger_posting
from services.grants.tables import mine
from services.kit.fields import equals
from services.kit.resource import Basis, Resource
from services.kit.wire import Instant, Wire, choice


class LedgerEntry(Wire):
    """`amount_yen` is what the account has more of, below zero less. `holder_id`: whose reservation or commitment it is;
    `other_line_code`: the line that a transfer goes to or comes from."""

    id: UUID
    posting_id: UUID
    posted_at: Instant
    line_code: str
    fiscal_year: int
    posting_kind: Annotated[Kind, choice("posting_kind", get_args(Kind))]
    account: Annotated[Account, choice("account", get_args(Account))]
    entry_yen: int
    holder_id: UUID | None
    other_line_code: str | None
    posting_reason: str | None
    posted_by: UUID | None


def source(_: Basis) -> Select[Any]:
    e, p, b, other = ledger_entry.c, ledger_posting.c, budget_line.c, budget_line.alias("other")
    return (
        select(
            e.id, e.posting_id, p.posted_at, b.code.label("line_code"), b.fiscal_year, p.kind.label("posting_kind"),
            e.account, e.amount_yen.label("entry_yen"), p.holder_id, other.c.code.label("other_line_code"),
            p.reason.label("posting_reason"), p.posted_by, cast(1, BigInteger).label("row_version"),
        )
        .join_from(ledger_entry, ledger_posting, p.id == e.posting_id)
        .join(budget_line, b.id == e.line_id)
        .join(other, other.c.id == p.other_line_id, isouter=True)
    )  # fmt: skip


# whoever is in conflict with an application finds nothing of what it holds
_HOLDER = select(application.c.id).where(
    application.c.id == ledger_posting.c.holder_id, not_(in_conflict(caller()))
)
ledger_entries = Resource(
    service="grants",
    schema="grants",
    name="ledger_entry",
    plural="ledger-entries",
    read=LedgerEntry,
    source=source,
    access={"list": access.BUDGETS, "read": access.BUDGETS},
    own=and_(
        mine(budget_line.c.section),
        or_(ledger_posting.c.holder_id.is_(None), _HOLDER.exists()),
    ),
    filters={
        "line_code": equals(budget_line.c.code),
        "fiscal_year": equals(budget_line.c.fiscal_year, int),
        "account": equals(ledger_entry.c.account, Account),
        "posting_kind": equals(ledger_posting.c.kind, Kind),
        "posting_id": equals(ledger_entry.c.posting_id, UUID),
        "holder_id": equals(ledger_posting.c.holder_id, UUID),
    },
    sorts=("posted_at",),
)
