"""Commands: to plan a follow-up in a case, and to say that it is done."""

from uuid import UUID

from sqlalchemy import func, update

from services.jet.care import access
from services.jet.care.cases.resource import cases
from services.jet.care.content import follow_up, keep, key_of
from services.jet.care.follow_ups.resource import FollowUpWrite, follow_ups
from services.kit import audit
from services.kit.db.session import Record, WriteSession
from services.kit.errors import ACTION_CLOSED, Refused
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.text import Text

RULES = {"care_cases_follow_up": access.CASES_WRITE, "care_follow_ups_finish": access.CASES_WRITE}
DONE = Text("このフォローアップは済んでいます。", "This follow-up is done already.")


async def plan(session: WriteSession, case: Record, body: FollowUpWrite) -> UUID:
    key, counsellor = await key_of(session, case["id"]), session.scope.principal.person
    made = await keep(
        session, follow_up, case["id"], key, {"content": body.content}, counsellor_id=counsellor, due_on=body.due_on,
    )  # fmt: skip
    await audit.entry(session, "care", "create", follow_ups.plural, made, after={"case_id": case["id"]})
    return made


async def finish(session: WriteSession, found: Record) -> None:
    f = follow_up.c
    done = await session.execute(
        update(follow_up)
        .where(f.id == found["id"], f.done_at.is_(None))
        .values(done_at=func.platform.now(), row_version=f.row_version + 1)
        .returning(f.id)
    )
    if done.one_or_none() is None:
        raise Refused(ACTION_CLOSED, DONE)
    await audit.entry(session, "care", "finish", follow_ups.plural, found["id"], states=("planned", "done"))


router = router_for("care")
command(
    router, cases, "follow_up", "follow-ups", plan, "Plan a follow-up in a case", body=FollowUpWrite, answers=follow_ups,
)  # fmt: skip
command(router, follow_ups, "finish", "completions", finish, "Say that a follow-up is done")
