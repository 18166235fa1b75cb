"""A file arrives whole and then counts; it is removed from a draft, and never from what was submitted with it."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, update

from services.grants.applications import repository as applications
from services.grants.applications.service import may_write
from services.grants.applications.tables import file
from services.grants.files.domain import MOST, TOO_MANY, UNKNOWN_DOCUMENT
from services.grants.rules import Rules
from services.kit import audit
from services.kit.blobs import Blob
from services.kit.db.session import WriteSession, inside
from services.kit.errors import INVALID, FieldError
from services.kit.ids import uuid7
from services.kit.resource import Change

NAME = "application-files"


async def add(session: WriteSession, application: UUID, document: str, blob: Blob) -> UUID:
    may_write(session, await applications.lock(session, application))
    dossier = await applications.dossier(await inside(session), application)
    if document not in {one.code for one in Rules.model_validate(dossier["rules"]).documents}:
        wrong = UNKNOWN_DOCUMENT
        raise INVALID(FieldError("/document", wrong.code, wrong.message, wrong.remedy))
    if len(dossier["files"]) >= MOST:
        raise TOO_MANY()
    made: dict[str, Any] = {
        "id": uuid7(), "application_id": application, "document_code": document, "blob_id": blob.id,
        "file_name": blob.file_name, "media_type": blob.media_type, "size": blob.size, "sha256": blob.sha256,
        "verdict": "pending", "arrived_at": func.platform.now(), "row_version": 1,
    }  # fmt: skip
    await session.execute(insert(file).values(made))
    await applications.touch(session, application)
    told = {"document": document, "size": blob.size, "sha256": blob.sha256.hex()}
    await audit.entry(session, "grants", "add", NAME, made["id"], after=told)
    await audit.publish(session, "grants", NAME, [Change(0, "INSERT", made["id"], None, None)])
    identity: UUID = made["id"]
    return identity


async def remove(session: WriteSession, application: UUID, identity: UUID) -> None:
    """Its bytes stay: an earlier submission may have listed them."""
    may_write(session, await applications.lock(session, application))
    sets = {"removed_at": func.platform.now(), "row_version": file.c.row_version + 1}
    await session.execute(update(file).where(file.c.id == identity).values(sets))
    await applications.touch(session, application)
    await audit.entry(session, "grants", "remove", NAME, identity)
    await audit.publish(session, "grants", NAME, [Change(0, "UPDATE", identity, None, None)])
