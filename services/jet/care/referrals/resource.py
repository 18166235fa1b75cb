"""Referrals (他機関への紹介): to whom, and what is told of the participant, who reads it before they consent."""

from typing import Annotated, Any, get_args
from uuid import UUID

from sqlalchemy import Select

from services.jet.care import access
from services.jet.care.cases.resource import of_both
from services.jet.care.content import opener, referral
from services.jet.care.messages.resource import Writer
from services.jet.care.referrals.domain import REFERRAL, WITHOUT_CONSENT, State
from services.jet.care.spoken import filters, said
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Instant, Line, Passage, Wire, choice


class ReferralWrite(Wire):
    referred_to: Line
    content: Annotated[Passage, Called("referral_content")]


class Referral(Wire):
    """`consented_by`: who recorded the consent. `referred_to` and `content` are null in the answer to a command, which is
    kept for a retry."""

    id: UUID
    case_id: UUID
    pseudonym: str
    state: Annotated[State, choice("referral_state", get_args(State))]
    proposed_at: Instant
    consented_at: Instant | None
    consented_by: Annotated[Writer | None, choice("care_writer", get_args(Writer))]
    sent_at: Instant | None
    withdrawn_at: Instant | None
    referred_to: str | None
    content: Annotated[str | None, Called("referral_content")]


def source(_: Basis) -> Select[Any]:
    r = referral.c
    return said(
        referral, r.state, r.proposed_at, r.consented_at, r.consented_by, r.sent_at, r.withdrawn_at, r.referred_to,
        r.content,
    )  # fmt: skip


def _action(action: str, noun: str, *roles: str) -> Action:
    def closed(row: Row) -> Text | None:
        return REFERRAL.why_closed(action, row["state"])

    return Action(action, f"/care/v1/referrals/{{id}}/{noun}", roles, closed)


referrals = Resource(
    service="care",
    schema="care",
    name="referral",
    plural="referrals",
    read=Referral,
    source=source,
    access={"list": access.MESSAGES, "read": access.MESSAGES},
    itself=of_both,
    filters=filters(referral) | {"state": equals(referral.c.state, State)},
    sorts=("proposed_at",),
    subject="case_id",
    sealed={"referred_to": opener(referral, "referred_to"), "content": opener(referral, "content")},
    actions=(
        _action("consent", "consents", "participant", "counsellor"),
        _action("send", "sendings", "counsellor"),
        _action("withdraw", "withdrawals", "participant", "counsellor"),
    ),
    constraints={"referral_consent": WITHOUT_CONSENT, "referral_sent_with_consent": WITHOUT_CONSENT},
)
