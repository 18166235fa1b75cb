"""An application is assigned to a member, and a review sealed with its scores."""

from uuid import UUID

from sqlalchemy import select, update

from services.grants.applications import repository as applications
from services.grants.applications.domain import APPLICATION
from services.grants.applications.service import moved
from services.grants.applications.tables import application, review
from services.grants.panels import repository as panels
from services.grants.panels.domain import PANEL, UNASSIGNABLE, UNKNOWN_APPLICATION
from services.grants.panels.rubric import misscored
from services.grants.panels.service import made_known, misplaced
from services.grants.reviews.domain import CLOSED, NOT_YOURS, REVIEW
from services.grants.reviews.resource import STATE
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import INVALID, FieldError
from services.kit.ids import uuid7
from services.kit.resource import Change


async def assign(session: WriteSession, identity: UUID, application: UUID, reviewer: UUID) -> UUID:
    held = await panels.lock(session, identity, shared=True)
    PANEL.take("assign", held.state)
    if not await panels.has(session, held, application):
        raise misplaced("application_id", UNKNOWN_APPLICATION)
    of = await applications.lock(session, application)
    if of.state != "in_review":
        APPLICATION.take("review", of.state)
    if (
        not await panels.sits(session, identity, reviewer)
        or not await panels.serves(session, reviewer, held.section)
        or await panels.parted(session, application, reviewer)
    ):
        raise misplaced("reviewer_id", UNASSIGNABLE)
    made = {"id": uuid7(), "panel_id": identity, "application_id": application, "reviewer_id": reviewer,
            "assigned_at": held.now, "row_version": 1}  # fmt: skip
    await panels.add(session, review, made)
    told = {"application_id": application, "reviewer_id": reviewer}
    if of.state != "in_review":
        await moved(session, of, "review")
    return await made_known(session, "assign", "reviews", made, told)


async def seal(session: WriteSession, identity: UUID, scores: dict[str, int], remark: str | None) -> None:
    r = review.c
    asked = select(r.panel_id, r.application_id, r.reviewer_id).where(r.id == identity)
    of = (await session.execute(asked)).one()
    held = await panels.lock(session, of.panel_id, shared=True)
    if of.reviewer_id != session.scope.human:
        raise NOT_YOURS()
    stands = await applications.lock(session, of.application_id)
    if held.state == "ranked" or stands.state != "in_review":
        raise CLOSED()
    state = select(STATE).join_from(review, application, application.c.id == r.application_id)
    now = (await session.execute(state.where(r.id == identity).with_for_update(of=review))).scalar_one()
    step = REVIEW.take("seal", now)
    if wrong := [*misscored(held.rubric, scores)]:
        at = ((f"/scores/{place}".rstrip("/"), one) for place, one in wrong)
        raise INVALID(*(FieldError(place, one.code, one.message, one.remedy) for place, one in at))
    sets = {"scores": scores, "remark": remark, "sealed_at": held.now}
    await session.execute(
        update(review).where(r.id == identity).values(sets | {"row_version": r.row_version + 1})
    )
    await audit.entry(session, "grants", "seal", "reviews", identity, after=sets, states=(now, step.after))
    await audit.publish(session, "grants", "reviews", [Change(0, "UPDATE", identity, None, None)])
