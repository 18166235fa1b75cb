"""A document is filed under the next number of its register; and one that was wrong is made void, with its reason."""

import hashlib
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func

from services.grants.documents import repository
from services.grants.documents.content import CONTENTS, About, Content, Declination, opened, stored
from services.grants.documents.domain import VOIDED, Kind, series_of, sign
from services.grants.documents.sections import signs_of
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, Refused
from services.kit.ids import uuid7
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.resource import Change

NAME = "documents"


async def issue(
    session: WriteSession, *, section: str, kind: Kind, application: UUID, content: Content,
    shown_from: datetime | None = None,
) -> UUID:  # fmt: skip
    """Last in its transaction, after every other lock: all of the section's documents of the year wait for its end.

    `shown_from`: till then it is there for officers of the section alone. Those of one decision are filed in the order in
    which their applications arrived, so that no number tells a rank.
    """
    assert isinstance(content, CONTENTS[kind])
    of = await repository.facts(session, application, first=kind != "application")
    signs, year, series = signs_of(section), fiscal_year_of(of.today), series_of(kind)
    about = About(
        **asdict(of.subject), section_name=signs.name, contact=signs.contact, sample=of.sample or signs.sample,
    )  # fmt: skip
    told = stored(about, content)
    made: dict[str, Any] = {
        "id": uuid7(), "section": section, "fiscal_year": year, "series": series,
        "number": 0, "sign": sign(signs.sign, year, series), "kind": kind, "application_id": application,
        "issued_on": of.today, "shown_from": shown_from, "content": told,
        "sha256": hashlib.sha256(told.encode()).digest(), "row_version": 1,
    }  # fmt: skip
    code = await repository.file(session, made)
    said = {"code": code, "kind": kind, "application_id": application, "shown_from": shown_from,
            "sha256": made["sha256"].hex()}  # fmt: skip
    await audit.entry(session, "grants", "issue", NAME, made["id"], after=said, states=(None, "filed"))
    await audit.publish(session, "grants", NAME, [Change(0, "INSERT", made["id"], None, None)])
    identity: UUID = made["id"]
    return identity


async def receive(
    session: WriteSession, application: UUID, section: str, kind: Literal["withdrawal", "declination"], reason: str,
    yen: int = 0,
) -> None:  # fmt: skip
    """取下書・辞退届, beside the letter that promised what is given back. `yen`: what that was."""
    letter = await repository.promised(session, application, "decision_notice") or await repository.promised(
        session, application, "selection_notice"
    )
    today = (await repository.facts(session, application)).today
    content = Declination(today, reason, yen or None, *(letter or (None, None)))
    await issue(session, section=section, kind=kind, application=application, content=content)


async def void(session: WriteSession, identity: UUID, reason: str) -> None:
    """Its number stays, and is given to no other."""
    if await repository.lock(session, identity) is not None:
        raise Refused(ACTION_CLOSED, VOIDED)
    await _void(session, identity, reason, session.scope.human)


async def reissue(session: WriteSession, identity: UUID, reason: str) -> UUID:
    """What was wrong is void, and the same is said again of its application as it is known now, under the next number."""
    await void(session, identity, reason)
    one = await repository.told(session, identity)
    _, content = opened(one.kind, one.content)
    return await issue(
        session, section=one.section, kind=one.kind, application=one.application, content=content,
        shown_from=one.shown_from,
    )  # fmt: skip


async def void_unshown(session: WriteSession, application: UUID, reason: str) -> None:
    """What waits for its instant to be shown; by the house where an applicant's act has made it untrue."""
    for one in await repository.unshown(session, application):
        await _void(session, one, reason, session.scope.principal.person)


async def _void(session: WriteSession, identity: UUID, reason: str, person: UUID | None) -> None:
    sets = {"void_at": func.platform.now(), "void_by": person, "void_reason": reason}
    await repository.void(session, identity, sets)
    told = {"void_reason": reason}
    await audit.entry(session, "grants", "void", NAME, identity, after=told, states=("filed", "void"))
    await audit.publish(session, "grants", NAME, [Change(0, "UPDATE", identity, None, None)])
