"""Claims (助成申請) for a clinic's bill in Japan or abroad, by its participant, with no organisation in between.

What a list and a record show is what the money is judged by. The clinic's name, the bank account and whatever is written
are sealed with the key of the participant's case, and shown by the claim's details alone.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictStr
from sqlalchemy import Select, Text, Uuid, and_, cast, func, not_, select
from sqlalchemy.sql.elements import ColumnElement

from services.jet.care import access
from services.jet.care.claims import domain, service
from services.jet.care.claims.domain import State
from services.jet.care.claims.tables import allowance, claim, claim_receipt
from services.jet.care.tables import care_case
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Part, Resource, Row
from services.kit.text import Text as Said
from services.kit.wire import Day, Exact, Instant, Kana, Line, Passage, Wire, Yen, choice

AccountType = Literal["ordinary", "current", "savings"]
Currency = Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$", examples=["JPY"])]


BankCode = Annotated[StrictStr, Field(pattern=r"^[0-9]{4}$", examples=["9999"])]
BranchCode = Annotated[StrictStr, Field(pattern=r"^[0-9]{3}$", examples=["999"])]
AccountNumber = Annotated[StrictStr, Field(pattern=r"^[0-9]{7}$", examples=["0000001"])]


class ClaimDetails(Wire):
    """What is sealed. Left out of a change, or null in it, each stays as it was."""

    clinic_name: Line | None = None
    bank_code: BankCode | None = None
    branch_code: BranchCode | None = None
    account_type: Annotated[AccountType | None, choice("account_type", get_args(AccountType))] = None
    account_number: AccountNumber | None = None
    account_holder_kana: Kana | None = None
    claim_note: Passage | None = None


class ClaimWrite(ClaimDetails):
    service_on: Day
    currency: Currency
    amount: Exact


class Claim(Wire):
    id: UUID
    pseudonym: str
    state: Annotated[State, choice("claim_state", get_args(State))]
    service_on: Day
    fiscal_year: int
    currency: str
    amount: str
    receipts: int
    submitted_at: Instant | None
    decided_at: Instant | None
    amount_yen: int | None
    granted_yen: Yen | None
    pay_on: Day | None


class Allowance(Wire):
    """What the caller was granted for a fiscal year, and up to what."""

    id: UUID
    fiscal_year: int
    cap_yen: Yen
    granted_yen: Yen
    left_yen: Yen


def open_to_caller(person: Any) -> ColumnElement[bool]:
    """An officer whom a wall parts from the participant finds no claim of theirs; nor one of the officer's own."""
    caller = cast(func.platform.caller("person"), Uuid)
    parted = func.coalesce(func.care.walled(caller, person), False)
    return not_(and_(func.platform.caller_is("care_officer"), parted))


def source(_: Basis) -> Select[Any]:
    c, k = claim.c, care_case.c
    receipts = select(func.count()).where(claim_receipt.c.claim_id == c.id).scalar_subquery()
    return (
        select(
            c.id, k.pseudonym, c.state, c.service_on, c.fiscal_year, c.currency,
            cast(func.trim_scale(c.amount), Text).label("amount"), receipts.label("receipts"), c.submitted_at,
            c.decided_at, c.amount_yen, c.granted_yen, c.pay_on, c.row_version,
        )
        .join_from(claim, care_case, k.id == c.case_id)
        .where(open_to_caller(k.person_id))
    )  # fmt: skip


def _closed(action: str) -> Callable[[Row], Said | None]:
    return lambda row: domain.CLAIM.why_closed(action, row["state"])


def _action(name: str, noun: str, role: str) -> Action:
    return Action(name, f"/care/v1/claims/{{id}}/{noun}", (role,), _closed(name))


claims = Resource(
    service="care",
    schema="care",
    name="care_claim",
    plural="claims",
    read=Claim,
    write=ClaimWrite,
    source=source,
    access={
        "list": access.CLAIMS,
        "read": access.CLAIMS,
        "create": access.CLAIMS_OWN,
        "change": access.CLAIMS_OWN,
    },
    itself=lambda person: care_case.c.person_id == person,
    filters={
        "state": equals(claim.c.state, State),
        "fiscal_year": equals(claim.c.fiscal_year, int),
        "pseudonym": equals(care_case.c.pseudonym),
    },
    sorts=("service_on", "submitted_at"),
    parts=(Part(claim, ("id",)),),
    check=service.check,
    store=service.store,
    actions=(
        _action("submit", "submissions", "participant"),
        _action("return", "returns", "care_officer"),
        _action("approve", "approvals", "care_officer"),
        _action("refuse", "refusals", "care_officer"),
    ),
    constraints={
        "claim_served": refusal(domain.SERVED_LATER),
        "claim_whole_yen": refusal(domain.NOT_WHOLE),
        "claim_amount": refusal(domain.OUT_OF_RANGE),
        "claim_decided_by_another": domain.OWN_CLAIM,
        "allowance_within_cap": domain.NOTHING_LEFT,
    },
)


def _allowances(_: Basis) -> Select[Any]:
    a = allowance.c
    left = (a.cap_yen - a.granted_yen).label("left_yen")
    return select(a.id, a.fiscal_year, a.cap_yen, a.granted_yen, left, a.row_version)


allowances = Resource(
    service="care",
    schema="care",
    name="care_allowance",
    plural="allowances",
    read=Allowance,
    source=_allowances,
    access={"list": access.ALLOWANCES, "read": access.ALLOWANCES},
    itself=lambda person: allowance.c.person_id == person,
    filters={"fiscal_year": equals(allowance.c.fiscal_year, int)},
    sorts=("fiscal_year",),
)
