"""The statements of receipts, whose content is sealed."""

from uuid import UUID

from sqlalchemy import delete, insert, select

from services.jet.care.claims.tables import claim_receipt
from services.kit.db.session import WriteSession


class Receipts:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def add(self, identity: UUID, claim: UUID, media_type: str, size: int, content: bytes) -> None:
        values = {
            "id": identity,
            "claim_id": claim,
            "media_type": media_type,
            "size": size,
            "content": content,
        }
        await self._session.execute(insert(claim_receipt).values(**values))

    async def content(self, identity: UUID) -> bytes | None:
        asked = select(claim_receipt.c.content).where(claim_receipt.c.id == identity)
        found: bytes | None = (await self._session.execute(asked)).scalar_one_or_none()
        return found

    async def remove(self, identity: UUID) -> bool:
        """Whether it was still there."""
        gone = delete(claim_receipt).where(claim_receipt.c.id == identity).returning(claim_receipt.c.id)
        return (await self._session.execute(gone)).one_or_none() is not None
