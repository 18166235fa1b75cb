"""Use cases of receipts: added and removed while the claim is open, shown to the claimant and to who decides."""

from uuid import UUID

from services.jet.care.claims import domain as claiming
from services.jet.care.claims.repository import Claims, Found
from services.jet.care.receipts import domain
from services.jet.care.receipts.repository import Receipts
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ABSENT
from services.kit.ids import uuid7

NAME = "claim-receipts"


def _place(identity: UUID) -> str:
    return f"claim_receipt.content {identity}"


async def _open(session: WriteSession, claim: UUID) -> Found:
    found = await Claims(session).locked(claim)
    claiming.CLAIM.take("write", found.state)
    return found


async def add(session: WriteSession, claim: UUID, content: bytes) -> UUID:
    """Sealed before it is stored; what it is says its first bytes."""
    found, kind = await _open(session, claim), domain.media_type(content)
    if kind is None:
        raise domain.NO_RECEIPT()
    if found.receipts >= domain.MOST:
        raise domain.TOO_MANY()
    made = uuid7()
    sealed = (await Claims(session).key(found)).seal(content, _place(made))
    await Receipts(session).add(made, claim, kind, len(content), sealed)
    await audit.entry(session, "care", "add", NAME, made)
    return made


async def remove(session: WriteSession, claim: UUID, receipt: UUID) -> None:
    await _open(session, claim)
    if not await Receipts(session).remove(receipt):
        raise ABSENT()
    await audit.entry(session, "care", "remove", NAME, receipt)


async def content(session: WriteSession, claim: UUID, receipt: UUID) -> bytes:
    """That it was read is noted before it is shown."""
    claims = Claims(session)
    sealed = await Receipts(session).content(receipt)
    if sealed is None:
        raise ABSENT()
    key = await claims.key(await claims.found(claim))
    await audit.entry(session, "care", "read", NAME, receipt)
    return key.open(bytes(sealed), _place(receipt))
