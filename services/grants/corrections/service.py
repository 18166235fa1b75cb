"""A correction is asked for; where its term passes without an answer, the application may be dismissed (却下)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from services.grants.applications import repository as applications
from services.grants.applications.domain import TERM_RUNS
from services.grants.applications.service import moved, take
from services.grants.applications.tables import correction
from services.grants.corrections.domain import misdirected
from services.grants.documents import repository as filed
from services.grants.documents import service as documents
from services.grants.documents.content import Rejection
from services.grants.rules import Rules
from services.grants.submissions import repository as submissions
from services.kit import audit
from services.kit.db.session import WriteSession, inside
from services.kit.errors import INVALID, FieldError
from services.kit.ids import uuid7
from services.kit.resource import Change

NAME = "corrections"


async def request(
    session: WriteSession, application: UUID, fields: list[str], documents: list[str], reason: str,
    due_at: datetime,
) -> UUID:  # fmt: skip
    held = await take(session, application, "request_correction")
    dossier = await applications.dossier(await inside(session), application)
    known = [one.code for one in Rules.model_validate(dossier["rules"]).documents]
    if wrong := [*misdirected(fields, documents, known, due_at, held.now)]:
        raise INVALID(*(FieldError(f"/{at}", one.code, one.message, one.remedy) for at, one in wrong))
    last = await submissions.last(session, application)
    assert last is not None
    made: dict[str, Any] = {
        "id": uuid7(), "application_id": application, "number": last.number, "fields": fields, "documents": documents,
        "reason": reason, "due_at": due_at, "requested_at": held.now, "requested_by": session.scope.human,
        "row_version": 1,
    }  # fmt: skip
    await session.execute(insert(correction).values(made))
    told = {name: made[name] for name in ("number", "fields", "documents", "reason", "due_at")}
    await moved(session, held, "request_correction", told=told)
    await audit.publish(session, "grants", NAME, [Change(0, "INSERT", made["id"], None, None)])
    identity: UUID = made["id"]
    return identity


async def dismiss(session: WriteSession, application: UUID, reason: str) -> None:
    held = await take(session, application, "dismiss")
    last = await submissions.last(session, application)
    if last is None or last.due_at is None or held.now < last.due_at:
        raise TERM_RUNS()
    await moved(session, held, "dismiss", ended_reason=reason)
    section = (await filed.facts(session, application)).section
    letter = Rejection(reason)
    await documents.issue(
        session, section=section, kind="dismissal_notice", application=application, content=letter
    )
