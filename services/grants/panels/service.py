"""A panel gets its members, and whoever is none of them signs the ranking."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.grants.applications import repository as applications
from services.grants.applications.tables import panel_member
from services.grants.panels import repository
from services.grants.panels.domain import (
    NOT_SERVING,
    PANEL,
    SHORT,
    SIGNED_BY_MEMBER,
)
from services.grants.panels.ranking import Scored, ranking
from services.grants.panels.repository import Given, Reviewed
from services.grants.panels.rubric import Rubric, contradictions
from services.grants.tables import grant_round
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import INVALID, FieldError, Refused
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.resource import Change, Row


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found = {}
    for row in rows:
        section = select(grant_round.c.section).where(grant_round.c.id == row["round_id"])
        row["section"] = (await session.execute(section)).scalar_one()
        wrong = contradictions(Rubric.model_validate(row["rubric"]))
        found[row["_row"]] = [(f"rubric/{place}", one) for place, one in wrong]
    return found


async def add_member(session: WriteSession, identity: UUID, person: UUID) -> UUID:
    held = await repository.lock(session, identity, shared=True)
    PANEL.take("add_member", held.state)
    if not await repository.serves(session, person, held.section):
        raise misplaced("person_id", NOT_SERVING)
    made = {"id": uuid7(), "panel_id": identity, "section": held.section, "person_id": person,
            "joined_at": held.now, "row_version": 1}  # fmt: skip
    await repository.add(session, panel_member, made)
    return await made_known(session, "add_member", "panel-members", made, {"person_id": person})


async def rank(session: WriteSession, identity: UUID) -> None:
    """Those of another officer's reach are missed by the database, which lets no ranking stand that leaves one out."""
    held, person = await repository.lock(session, identity), session.scope.human
    step = PANEL.take("rank", held.state)
    if await repository.sits(session, identity, person):
        raise SIGNED_BY_MEMBER()
    found = await repository.reviewed(session, held)
    reviews = await repository.given(session, held, [one.id for one in found])
    entries = _entries(held.rubric, found, reviews)
    await repository.count(session, reviews)
    told = []
    for number, one in enumerate(ranking(held.rubric, entries), start=1):
        await applications.move(session, one.application, state="ranked", rank=number)
        after = {"rank": number, "mean": str(one.mean), "median": str(one.median)}
        told.append(audit.Entry(one.application, after, ("in_review", "ranked")))
    await audit.entries(session, "grants", "rank", "applications", told)
    await audit.publish(
        session, "grants", "applications", [Change(0, "UPDATE", one.id, None, None) for one in told]
    )
    await repository.sign(session, held, person)
    counted = {"counted": [one.id for one in reviews if one.counts], "set_aside": [
        one.id for one in reviews if not one.counts
    ]}  # fmt: skip
    await audit.entry(
        session, "grants", "rank", "panels", identity, after=counted, states=(held.state, step.after)
    )
    await audit.publish(session, "grants", "panels", [Change(0, "UPDATE", identity, None, None)])


def _entries(rubric: Rubric, found: list[Reviewed], reviews: list[Given]) -> list[Scored]:
    counted: dict[UUID, dict[UUID, dict[str, int]]] = defaultdict(dict)
    for one in reviews:
        if one.counts:
            counted[one.application][one.reviewer] = one.scores
    entries = [Scored(*one, counted[one.id]) for one in found]
    short = sum(len(one.scores) < rubric.quorum for one in entries)
    if short:
        raise SHORT(number=short)
    return entries


async def made_known(
    session: WriteSession, action: str, name: str, made: dict[str, Any], told: dict[str, Any]
) -> UUID:
    identity: UUID = made["id"]
    await audit.entry(session, "grants", action, name, identity, after=told)
    await audit.publish(session, "grants", name, [Change(0, "INSERT", identity, None, None)])
    return identity


def misplaced(place: str, one: Finding) -> Refused:
    return INVALID(FieldError(f"/{place}", one.code, one.message, one.remedy))
