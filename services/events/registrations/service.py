"""Registering people for legs, one or by the file; an offer taken; a registration withdrawn; check-in, and its undoing.

State, waiting number and offer are those of the claim on the leg's seats, which has the registration's id.
"""

from uuid import UUID, uuid4

from services.events.references import check_office, take_office
from services.events.registrations import domain
from services.events.registrations.domain import CLOSED, LOCAL
from services.events.registrations.repository import Held, Place, Registrations
from services.events.tables import leg
from services.kit import audit
from services.kit.capacity.domain import NO_SEAT, Wanted
from services.kit.capacity.service import Capacity
from services.kit.db.session import Record, WriteSession
from services.kit.errors import ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.findings import Finding
from services.kit.japan.names import search_key
from services.kit.resource import Change, Row

NAME = "registrations"
Problems = dict[int, list[tuple[str, Finding]]]


async def check(session: WriteSession, rows: list[Row]) -> Problems:
    """Sound rows come to know their leg's office and pool, and the id of their record: of the one there is, or a new."""
    role = session.scope.principal.role
    await take_office(session, rows, leg, "leg_id")
    if role in LOCAL:
        problems = {row["_row"]: _of_organisation(session, row) for row in rows}
    else:
        problems = await check_office(session, rows, "leg_code")
    repository = Registrations(session)
    places = await repository.places(row["leg_id"] for row in rows)
    for row in rows:
        row["_place"] = places[row["leg_id"]]
        row["digest"] = domain.digest(row["leg_id"], row["name"], row["email"]).hex()
        row["search_key"] = search_key(f"{row['name']} {row['affiliation'] or ''}")
    await _identify(session, repository, rows)
    for row in rows:
        problems.setdefault(row["_row"], []).extend(_closed(row, role))
    sound = {row["id"]: row for row in rows if row["_new"] and not problems[row["_row"]]}
    wanted = [_wanted(session, row) for row in sound.values()]
    for identity in await Capacity(session, "events", NAME).without_seat(wanted):
        problems[sound[identity]["_row"]].append(("leg_code", NO_SEAT))
    return problems


def _closed(row: Row, role: str) -> list[tuple[str, Finding]]:
    """What is registered already is not asked again whether it may be; it is told where it is not the same."""
    if not row["_new"]:
        return [("party", domain.OTHERWISE)] if row["_other"] else []
    one: Place = row["_place"]
    reason = domain.shut(
        role, one.pool_id is not None, one.off, one.registers_from, one.registers_until, one.now
    )
    return [] if reason is None else [("leg_code", reason)]


def _of_organisation(session: WriteSession, row: Row) -> list[tuple[str, Finding]]:
    own = session.scope.principal.organisation
    found = [("first_time", domain.OFFICERS_ALONE)] if row["first_time"] else []
    if row["organisation_id"] not in (None, own):
        return [*found, ("organisation_code", domain.NOT_YOURS)]
    row["organisation_id"] = own
    return found


async def _identify(session: WriteSession, repository: Registrations, rows: list[Row]) -> None:
    """A row of a file leaves the registration that it names as it is, whatever became of it; a single request after a
    withdrawal makes a new one."""
    alone, made = session.arrival is None, dict[object, UUID]()
    present = await repository.present(rows)
    for row in rows:
        identity, state, party = present.get(row["_row"], (None, "", 0))
        row["_new"] = identity is None or (alone and state in CLOSED)
        row["_other"] = not alone and state not in CLOSED and party != row["party"]
        row["_before"] = identity
        who = (row["leg_id"], row["organisation_id"], row["digest"])
        # random: what an id tells of other registrations is nothing
        row["id"] = made.setdefault(who, uuid4()) if row["_new"] else identity


def _wanted(session: WriteSession, row: Row) -> Wanted:
    """What officers tell of a leg that has begun is a fact, and waits for nobody."""
    place: Place = row["_place"]
    assert place.pool_id is not None
    begun = domain.begun(place.starts_on, place.time_zone, place.now)
    certain = begun and session.scope.principal.role not in LOCAL
    priority = 0 if row["first_time"] else 1
    return Wanted(row["id"], place.pool_id, row["party"], priority, row["organisation_id"], certain)


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    if insert_only and not all(row["_new"] for row in rows):
        raise domain.REGISTERED()
    repository = Registrations(session)
    new = list({row["id"]: row for row in rows if row["_new"]}.values())
    if not new:
        return []
    claims = await Capacity(session, "events", NAME).claim(
        [_wanted(session, row) for row in new], publish=False
    )
    if gone := [row["_before"] for row in new if row["_before"] is not None]:
        await repository.set(gone, over=True)
    await repository.make(new)
    return [
        Change(
            row["_row"], "INSERT", row["id"], None,
            {"leg_id": row["leg_id"], "party": row["party"], "state": claims[row["id"]].state}, row["organisation_id"],
        )
        for row in new
    ]  # fmt: skip


async def confirm(session: WriteSession, record: Record) -> None:
    """An offer that has ended is answered by the claim itself, which knows why."""
    if (await Registrations(session).lock(record["id"])).off:
        raise Refused(ACTION_CLOSED, domain.IS_OFF)
    await Capacity(session, "events", NAME).confirm(record["id"])


async def withdraw(session: WriteSession, record: Record) -> None:
    """The seat, or the place in the queue, is given back; who waits is offered it in the same transaction."""
    _admit("withdraw", await Registrations(session).lock(record["id"]))
    await Capacity(session, "events", NAME).release([record["id"]])


async def check_in(session: WriteSession, record: Record, persons: int | None) -> None:
    """All of the party where it is not said how many have come."""
    repository, identity = Registrations(session), record["id"]
    held = await repository.lock(identity)
    _admit("check_in", held)
    came = held.party if persons is None else persons
    if came > held.party:
        found = domain.TOO_MANY
        raise INVALID(FieldError("/persons", found.code, found.message, found.remedy))
    await repository.set([identity], checked_in_at=held.now, persons=came)
    await _told(session, "check_in", record, ("registered", "checked_in"), came)


async def undo_check_in(session: WriteSession, record: Record) -> None:
    """What was a mistake at the door; the audit keeps both."""
    repository, identity = Registrations(session), record["id"]
    _admit("undo_check_in", await repository.lock(identity))
    await repository.set([identity], checked_in_at=None, persons=None)
    await _told(session, "undo_check_in", record, ("checked_in", "registered"), None)


def _admit(action: str, held: Held) -> None:
    came = held.checked_in_at is not None
    begun = domain.begun(held.starts_on, held.time_zone, held.now)
    reason = domain.why_closed(action, held.state, came, held.off, begun)
    if reason is not None:
        raise Refused(ACTION_CLOSED, reason)


async def _told(
    session: WriteSession, action: str, record: Record, states: tuple[str, str], persons: int | None
) -> None:
    identity = record["id"]
    await audit.entry(session, "events", action, NAME, identity, after={"persons": persons}, states=states)
    await audit.publish(
        session, "events", NAME, [Change(0, "UPDATE", identity, None, None, record["organisation_id"])]
    )
