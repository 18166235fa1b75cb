"""Files are looked at by a scanner of the installation's own, after they have arrived: what it finds changes no arrival.

It is asked over HTTP: the bytes in a POST to `/`, and in the answer `{"verdict": "clean"}` or `"bad"`. Without one a file
stays `pending`, and is told to be so.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import func, insert, select, update

from services.grants.applications.service import NAME as APPLICATIONS
from services.grants.applications.tables import application, correction, file, submission
from services.grants.corrections.service import NAME as CORRECTIONS
from services.grants.files.service import NAME
from services.kit import audit
from services.kit.auth.scope import Scope
from services.kit.blobs import Blobs
from services.kit.db.session import Database, WriteSession
from services.kit.ids import uuid7
from services.kit.jobs import Later, Work
from services.kit.operations import worker_scope
from services.kit.resource import Change

ENTRYPOINT = "scan_application_file"
TERM = timedelta(days=14)  # to send another file in place of a bad one
REASON = "添付書類の安全を確認できませんでした。作り直したファイルを提出してください。"
_TIMEOUT = httpx.Timeout(120.0, connect=5.0)


class ScannerSettings(BaseSettings):
    """`KAKEHASHI_SCANNER`: where the scanner listens, `unix:/path` or `http(s)://host:port`."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", extra="ignore")

    scanner: str = ""


class Found(BaseModel):
    verdict: Literal["clean", "bad"]


def works(database: Database) -> Mapping[str, Work]:
    """What the worker does with a file that has arrived; twice is once."""
    address, scope = ScannerSettings().scanner, worker_scope("grants")

    async def work(identity: UUID, _: int) -> None:
        f = file.c
        async with database.writing(scope) as session:
            asked = select(f.blob_id).where(f.id == identity, f.verdict == "pending")
            blob = (await session.execute(asked)).scalar_one_or_none()
        if blob is None or not address:
            return
        verdict = await _asked(address, database, scope, blob)
        async with database.writing(scope) as session:
            await judge(session, identity, verdict)

    return {ENTRYPOINT: work}


async def _asked(address: str, database: Database, scope: Scope, blob: UUID) -> str:
    socket = address.removeprefix("unix:") if address.startswith("unix:") else None
    transport = httpx.AsyncHTTPTransport(uds=socket) if socket else None
    base = "http://scanner" if socket else address
    content = Blobs(database, "grants", scope).read(blob)
    try:
        async with httpx.AsyncClient(base_url=base, timeout=_TIMEOUT, transport=transport) as http:
            answer = await http.post("/", content=content)
            answer.raise_for_status()
            return Found.model_validate_json(answer.content).verdict
    except (httpx.HTTPError, ValidationError):
        raise Later("the scanner has not answered") from None


async def judge(session: WriteSession, identity: UUID, verdict: str) -> None:
    """A bad one of what was submitted is asked for again; the arrival stands."""
    f, a = file.c, application.c
    sets = {"verdict": verdict, "row_version": f.row_version + 1}
    judged = update(file).where(f.id == identity, f.verdict == "pending").values(sets)
    row = (await session.execute(judged.returning(f.application_id, f.document_code))).one_or_none()
    if row is None:
        return
    await audit.entry(session, "grants", "scan", NAME, identity, states=("pending", verdict))
    await audit.publish(session, "grants", NAME, [Change(0, "UPDATE", identity, None, None)])
    if verdict != "bad":
        return
    asked = {"state": "correction_requested", "row_version": a.row_version + 1}
    moved = update(application).where(a.id == row.application_id, a.state == "submitted").values(asked)
    if (await session.execute(moved.returning(a.id))).one_or_none() is not None:
        await _ask_again(session, row.application_id, row.document_code)


async def _ask_again(session: WriteSession, identity: UUID, document: str) -> None:
    last = select(func.max(submission.c.number)).where(submission.c.application_id == identity)
    made: dict[str, Any] = {
        "id": uuid7(), "application_id": identity, "number": last.scalar_subquery(), "fields": [],
        "documents": [document], "reason": REASON, "due_at": func.platform.now() + TERM,
        "requested_at": func.platform.now(), "row_version": 1,
    }  # fmt: skip
    await session.execute(insert(correction).values(made))
    await audit.entry(
        session, "grants", "request_correction", APPLICATIONS, identity, after={"documents": [document]},
        states=("submitted", "correction_requested"),
    )  # fmt: skip
    await audit.publish(session, "grants", APPLICATIONS, [Change(0, "UPDATE", identity, None, None)])
    await audit.publish(session, "grants", CORRECTIONS, [Change(0, "INSERT", made["id"], None, None)])
