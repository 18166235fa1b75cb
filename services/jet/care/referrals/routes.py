"""Commands on referrals: a counsellor proposes one; a consent is recorded, by the participant or at their word; only then
it is sent; it is withdrawn at any time."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from services.jet.care import access
from services.jet.care.cases.resource import cases
from services.jet.care.content import keep, key_of, referral
from services.jet.care.referrals.domain import REFERRAL
from services.jet.care.referrals.resource import ReferralWrite, referrals
from services.kit import audit
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for

RULES = {
    "care_cases_refer": access.CASES_WRITE,
    "care_referrals_consent": access.CONSENTS,
    "care_referrals_send": access.CASES_WRITE,
    "care_referrals_withdraw": access.CONSENTS,
}


async def refer(session: WriteSession, case: Record, body: ReferralWrite) -> UUID:
    key, counsellor = await key_of(session, case["id"]), session.scope.principal.person
    said = {"referred_to": body.referred_to, "content": body.content}
    made = await keep(session, referral, case["id"], key, said, counsellor_id=counsellor)
    await audit.entry(
        session, "care", "create", referrals.plural, made, after={"case_id": case["id"]},
        states=(None, REFERRAL.initial),
    )  # fmt: skip
    return made


async def _move(session: WriteSession, action: str, found: Record, **values: Any) -> None:
    """Under the row's lock: of a sending and a withdrawal at once, the later is told what the first made of it."""
    r = referral.c
    locked = select(r.state).where(r.id == found["id"]).with_for_update()
    state = (await session.execute(locked)).scalar_one()
    step = REFERRAL.take(action, state)
    await session.execute(
        update(referral)
        .where(r.id == found["id"])
        .values(state=step.after, row_version=r.row_version + 1, **values)
    )
    await audit.entry(session, "care", action, referrals.plural, found["id"], states=(state, step.after))


async def consent(session: WriteSession, found: Record) -> None:
    role = session.scope.principal.role
    await _move(session, "consent", found, consented_at=func.platform.now(), consented_by=role)


async def send(session: WriteSession, found: Record) -> None:
    await _move(session, "send", found, sent_at=func.platform.now())


async def withdraw(session: WriteSession, found: Record) -> None:
    await _move(session, "withdraw", found, withdrawn_at=func.platform.now())


router = router_for("care")
command(
    router, cases, "refer", "referrals", refer, "Propose a referral to the participant of a case", body=ReferralWrite,
    answers=referrals,
)  # fmt: skip
command(router, referrals, "consent", "consents", consent, "Record the participant's consent to a referral")
command(router, referrals, "send", "sendings", send, "Say that a referral was sent, with consent")
command(
    router,
    referrals,
    "withdraw",
    "withdrawals",
    withdraw,
    "Withdraw the consent to a referral, or decline it",
)
