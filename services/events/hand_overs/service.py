"""Use cases of hand-overs; each step with its audit and event."""

from uuid import UUID

from services.events.hand_overs import domain, repository
from services.events.hand_overs.domain import HAND_OVER, NO_PERSON, UNTICKED
from services.events.hand_overs.repository import Held
from services.events.references import check_office
from services.kit import audit
from services.kit.db.session import Record, WriteSession
from services.kit.errors import Refused
from services.kit.findings import Finding
from services.kit.resource import Change, Row
from services.kit.writer import PATCH

NAME, MATTERS = "hand-overs", "hand-over-matters"


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """Who begins a hand-over is who leaves; what is signed stays."""
    found = await check_office(session, rows)
    for row in rows:
        if PATCH in row:
            held = await repository.lock(session, row["id"])
            HAND_OVER.take("change", held.state)
            row["leaving_id"], row["state"] = held.leaving_id, held.state
        elif (person := session.scope.principal.person) is None:
            raise NO_PERSON()
        else:
            row["leaving_id"], row["state"] = person, HAND_OVER.initial
    return found


async def sign(session: WriteSession, record: Record) -> None:
    held = await _held(session, record["id"], "sign")
    _hold(domain.signable(held.leaving_id, session.scope.principal.person))
    kept = await repository.keep(session, held)
    await _step(session, held, "sign", {"matters": kept}, signed_at=held.now)


async def succeed(session: WriteSession, record: Record) -> None:
    """Who comes names oneself."""
    held, person = await _held(session, record["id"], "succeed"), session.scope.principal.person
    _hold(domain.succeedable(held.leaving_id, held.successor_id, person))
    await _step(session, held, "succeed", {"successor_id": person}, successor_id=person)


async def step_down(session: WriteSession, record: Record) -> None:
    """A successor by mistake makes room for the right one, who ticks each matter anew."""
    held = await _held(session, record["id"], "step_down")
    _hold(domain.tickable(held.successor_id, session.scope.principal.person))
    open_again = await repository.untick_all(session, held.id)
    changes = [Change(0, "UPDATE", matter, None, None) for matter in open_again]
    await audit.publish(session, "events", MATTERS, changes)
    await _step(session, held, "step_down", {"unticked": len(changes)}, successor_id=None)


async def tick(session: WriteSession, matter: Record) -> None:
    await _tick(session, matter, "tick")


async def untick(session: WriteSession, matter: Record) -> None:
    await _tick(session, matter, "untick")


async def take_over(session: WriteSession, record: Record) -> None:
    held = await _held(session, record["id"], "take_over")
    _hold(domain.tickable(held.successor_id, session.scope.principal.person))
    if await repository.unticked(session, held.id):
        raise UNTICKED()
    await _step(session, held, "take_over", {}, taken_over_at=held.now)


async def _tick(session: WriteSession, matter: Record, action: str) -> None:
    held = await _held(session, matter["hand_over_id"], action)
    _hold(domain.tickable(held.successor_id, session.scope.principal.person))
    before, after = ("open", "ticked") if action == "tick" else ("ticked", "open")
    await repository.tick(session, matter["id"], held.now if action == "tick" else None)
    await audit.entry(session, "events", action, MATTERS, matter["id"], states=(before, after))
    await audit.publish(session, "events", MATTERS, [Change(0, "UPDATE", matter["id"], None, None)])


async def _held(session: WriteSession, identity: UUID, action: str) -> Held:
    held = await repository.lock(session, identity)
    HAND_OVER.take(action, held.state)
    return held


def _hold(refused: Refused | None) -> None:
    if refused is not None:
        raise refused


async def _step(
    session: WriteSession, held: Held, action: str, told: dict[str, object], **sets: object
) -> None:
    after = HAND_OVER.take(action, held.state).after
    await repository.step(session, held, after, **sets)
    await audit.entry(session, "events", action, NAME, held.id, after=told, states=(held.state, after))
    await audit.publish(session, "events", NAME, [Change(0, "UPDATE", held.id, None, None)])
