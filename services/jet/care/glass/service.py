"""Asking for a case to be opened, deciding on it, ending it, and telling who protects the data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, literal, select, update

from services.jet.care.cases.domain import OF_OPEN_CASE, WALLED
from services.jet.care.cases.repository import Cases
from services.jet.care.glass.domain import BY_TWO, GLASS, Reason, by_two
from services.jet.care.glass.settings import GlassSettings
from services.jet.care.glass.tables import glass_opening
from services.kit import audit, glossary
from services.kit.db.session import Database, Record, WriteSession
from services.kit.errors import ABSENT
from services.kit.ids import uuid7
from services.kit.japan.clock import JST
from services.kit.jobs import Later, Work, enqueue
from services.kit.log import log
from services.kit.mail import Letter, MailFailed, MailSettings, send
from services.kit.operations import worker_scope

NAME, NOTICE = "glass-openings", "care.glass-notices"
_g = glass_opening.c

# It names nobody who is counselled: a mailbox is no place for that.
_TEXT = """個人情報保護担当 様

相談記録1件の緊急閲覧が、2人の承認により許可されました。

  番号: {id}
  理由: {reason.ja}
  期限: {until}（日本時間）

申請した人、決定した人、閲覧の記録は、架け橋の「緊急閲覧」の一覧と監査記録にあります。

----

Two persons have opened one counselling record in an emergency.

  Number: {id}
  Reason: {reason.en}
  Until: {until} (Japan time)

Who asked, who decided and each reading stand in the list of openings and in the audit of Kakehashi.
"""


async def ask(session: WriteSession, case: UUID, reason: Reason) -> UUID:
    """By an officer between whom and the participant stands no wall."""
    person = session.scope.human
    held = await Cases(session).lock(case)
    if held.person is None:
        raise OF_OPEN_CASE()
    if await Cases(session).walled(person, held.person):
        raise WALLED()
    made = uuid7()
    await session.execute(
        insert(glass_opening).values(id=made, case_id=case, reason=reason, requested_by=person)
    )
    told = {"case_id": case, "reason": reason}
    await audit.entry(session, "care", "request", NAME, made, after=told, states=(None, GLASS.initial))
    return made


async def decide(session: WriteSession, opening: UUID, action: str) -> None:
    """`approve` opens it for its hours and tells who protects the data; `refuse` does not."""
    person = session.scope.principal.person
    held = (
        await session.execute(select(glass_opening).where(_g.id == opening).with_for_update())
    ).one_or_none()
    if held is None:
        raise ABSENT()
    if not by_two(held.requested_by, person):
        raise BY_TWO()
    hours = func.make_interval(0, 0, 0, 0, literal(GlassSettings().care_glass_hours))
    values: dict[str, Any] = {"decided_by": person, "decided_at": func.platform.now()}
    if action == "approve":
        values["expires_at"] = func.platform.now() + hours
        await enqueue(session, "care", NOTICE, opening)
    await _move(session, held, action, values)


async def end(session: WriteSession, opening: UUID) -> None:
    held = (
        await session.execute(select(glass_opening).where(_g.id == opening).with_for_update())
    ).one_or_none()
    if held is None:
        raise ABSENT()
    await _move(session, held, "end", {"ended_at": func.platform.now()})


async def _move(session: WriteSession, held: Any, action: str, values: Mapping[str, Any]) -> None:
    step = GLASS.take(action, held.state)
    await session.execute(
        update(glass_opening)
        .where(_g.id == held.id)
        .values(state=step.after, row_version=_g.row_version + 1, **values)
    )
    told = {"case_id": held.case_id}
    await audit.entry(session, "care", action, NAME, held.id, after=told, states=(held.state, step.after))


async def note_reading(session: WriteSession, opening: Record, route: str) -> None:
    """Committed before anything is shown."""
    told = {"route": route, "case_id": opening["case_id"]}
    await audit.entry(session, "care", "read", NAME, opening["id"], after=told, subjects=[opening["case_id"]])


def letter(opening: Any, to: str) -> Letter:
    until = opening.expires_at.astimezone(JST).strftime("%Y-%m-%d %H:%M")
    reason = glossary.title(f"glass_reason.{opening.reason}")
    said = _TEXT.format(id=opening.id, reason=reason, until=until)
    return Letter(to, "相談記録の緊急閲覧 / A counselling record was opened", said)


def notices(database: Database, mail: MailSettings) -> Mapping[str, Work]:
    """The job that tells who protects the data: once, unless a worker dies between the letter and its note."""
    to, scope = GlassSettings().care_protector_email, worker_scope("care")

    async def work(opening: UUID, _: int) -> None:
        async with database.writing(scope) as session:
            held = (await session.execute(select(glass_opening).where(_g.id == opening))).one_or_none()
        if held is None or held.told_at is not None:
            return
        try:
            await send(letter(held, to), mail)
        except MailFailed as failed:
            log.warning("mail_failed", reason=str(failed))
            raise Later("the mail could not be handed over") from None
        async with database.writing(scope) as session:
            await session.execute(
                update(glass_opening).where(_g.id == opening).values(told_at=func.platform.now())
            )

    return {NOTICE: work}
