"""Enrolling people in runs, one or by the file; an offer taken; an enrolment withdrawn.

The state, the waiting number and the offer are those of the claim on the run's seats, which has the enrolment's id.
Whoever writes locks the pool of the run before the facts are asked for again, so that a cancelled run and a
confirmation cannot cross.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.jet.enrolments import domain
from services.jet.enrolments.domain import NOMINATING, Found
from services.jet.enrolments.repository import Enrolments, Present, RunFacts
from services.jet.references import UNKNOWN_HERE
from services.kit.capacity.domain import NO_SEAT, Wanted
from services.kit.capacity.service import Capacity
from services.kit.db.session import Record, WriteSession
from services.kit.errors import ACTION_CLOSED, FieldError, Refused
from services.kit.ids import uuid7
from services.kit.resource import Change, Row

NAME = "training-enrolments"
CLOSED = ("released", "lapsed")
Problems = dict[int, list[Found]]


def _capacity(session: WriteSession) -> Capacity:
    return Capacity(session, "jet", NAME)


async def check(session: WriteSession, rows: list[Row]) -> Problems:
    """What is wrong with each row. Sound rows come to know their run's pool, whether they are a past fact, which
    organisation knows of them, and the id of their record: of the one there is, or of a new one."""
    repository, role = Enrolments(session), session.scope.principal.role
    runs = await repository.runs(row["run_id"] for row in rows)
    problems: Problems = {}
    for row in rows:
        _name(session, row)
        problems[row["_row"]] = _form(row, role)
    await _organise(session, rows, runs)
    present = await repository.present(rows)
    await _identify(session, rows, present, problems)
    new = [row for row in rows if row["_new"] and not problems[row["_row"]]]
    for row in rows:
        row["_certain"] = _certain(session, row, runs[row["run_id"]], role)
    await _fit(session, repository, new, runs, problems)
    await _seats(session, [row for row in new if not _errors(problems[row["_row"]])], problems)
    return problems


def _errors(found: Sequence[Found]) -> bool:
    return any(finding.severity == "error" for _, finding in found)


def _name(session: WriteSession, row: Row) -> None:
    """A participant who names nobody means themselves."""
    principal = session.scope.principal
    _known_by(row)
    if row["attendee_name"] is None and principal.role == "participant" and row["jet_number"] is None:
        row["participant_id"] = principal.person


def _known_by(row: Row) -> None:
    name = row["attendee_name"]
    row["digest"] = None if name is None else domain.digest(name, row["attendee_email"]).hex()


async def present(session: WriteSession, rows: Sequence[Row]) -> dict[int, Present]:
    """The enrolments of today that rows name by run and person (`services.jet.enrolments.who`)."""
    for row in rows:
        _known_by(row)
    return await Enrolments(session).present(rows)


def _form(row: Row, role: str) -> list[Found]:
    who = row["participant_id"] or row["jet_number"]
    found = list(
        domain.misnamed(who, row["attendee_name"], row["attendee_email"], row["audience"], row["party"])
    )
    if role in (*NOMINATING, "participant"):
        found += [("priority", domain.CLAIR_ALONE)] if row["priority"] else []
        found += [("certain", domain.CLAIR_ALONE)] if row["certain"] else []
    if role == "participant" and row["attendee_name"] is not None:
        found.append(("attendee_name", domain.BY_JET_NUMBER))
    if role == "participant" and row["organisation_id"] is not None:
        found.append(("organisation_code", domain.CLAIR_ALONE))
    return found


async def _organise(session: WriteSession, rows: list[Row], runs: dict[UUID, RunFacts]) -> None:
    """Which organisation knows of an enrolment: the one that nominates, else the employer where the course tells it."""
    principal, told = session.scope.principal, list[Row]()
    for row in rows:
        facts = runs[row["run_id"]]
        row["pool_id"], row["requires_id"] = facts.pool_id, facts.requires_id
        row["day"] = facts.run.starts_on
        if principal.role in NOMINATING and row["organisation_id"] is None:
            row["organisation_id"] = principal.organisation
        row["nominated"] = row["organisation_id"] is not None
        if not row["nominated"] and row["participant_id"] is not None and facts.run.employer_informed:
            told.append(row)
    employers = await Enrolments(session).employers(told)
    for row in told:
        row["organisation_id"] = employers.get(row["_row"])


async def _identify(
    session: WriteSession, rows: list[Row], present: dict[int, Any], problems: Problems
) -> None:
    """A row of a file that names a record leaves it as it is, whatever became of it: the same file again changes
    nothing. A single request after a withdrawal makes a new one."""
    alone, made = session.arrival is None, dict[Any, UUID]()
    for row in rows:
        one = present.get(row["_row"])
        who = (
            row["run_id"],
            row["participant_id"],
            row["organisation_id"] if row["digest"] else None,
            row["digest"],
        )
        row["_new"] = one is None or (alone and one.state in CLOSED)
        row["id"] = made.setdefault(who, uuid7()) if one is None or row["_new"] else one.id
        row["_same"] = one is not None and one.audience == row["audience"]
        if not alone and one is not None and (one.party, one.priority) != (row["party"], row["priority"]):
            problems[row["_row"]].append(("party", domain.OTHERWISE))


def _certain(session: WriteSession, row: Row, facts: RunFacts, role: str) -> bool:
    from_list = session.arrival is not None
    return domain.certain(facts.run, role, from_list, row["certain"], facts.today)


async def _fit(
    session: WriteSession,
    repository: Enrolments,
    rows: list[Row],
    runs: dict[UUID, RunFacts],
    problems: Problems,
) -> None:
    role = session.scope.principal.role
    standings = await repository.standings(row["participant_id"] for row in rows if row["participant_id"])
    completed = await repository.completed(rows)
    for row in rows:
        facts, found = runs[row["run_id"]], problems[row["_row"]]
        who = standings.get(row["participant_id"])
        if who is None and row["participant_id"] is not None:
            found.append(("jet_number", UNKNOWN_HERE))
            continue
        at: datetime = session.arrival.at if session.arrival is not None else facts.now
        if (reason := domain.shut(facts.run, role, at, facts.today)) is not None:
            found.append(("run_code", reason))
        unfit = domain.unfit(facts.run, row["audience"], who, row["_row"] in completed, facts.today)
        found += [domain.known_facts(one) if row["_certain"] else one for one in unfit]


async def _seats(session: WriteSession, rows: list[Row], problems: Problems) -> None:
    """Past facts do not wait: those for whom there is no seat are told so, row by row."""
    first: dict[UUID, Row] = {}
    for row in rows:
        first.setdefault(row["id"], row)
    wanted = [_wanted(row) for row in first.values() if row["_certain"]]
    for identity in await _capacity(session).without_seat(wanted):
        problems[first[identity]["_row"]].append(("run_code", NO_SEAT))


def _wanted(row: Row) -> Wanted:
    return Wanted(
        row["id"], row["pool_id"], row["party"], row["priority"], row["organisation_id"], row["_certain"]
    )


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    """Claims first, for the enrolments have their ids; a record that is there can change its audience."""
    if insert_only and not all(row["_new"] for row in rows):
        raise domain.ENROLLED()
    repository = Enrolments(session)
    new = [row for row in rows if row["_new"]]
    named = [row for row in new if row["digest"] is not None]
    attendees = await repository.attendees(named, [uuid7() for _ in named])
    for row in new:
        row["attendee_id"] = attendees.get(row["_row"])
    claims = await _capacity(session).claim([_wanted(row) for row in new], publish=False)
    await repository.make(new)
    regrouped = await repository.regroup([row for row in rows if not row["_new"] and not row["_same"]])
    told = ("run_id", "participant_id", "attendee_id", "audience", "organisation_id", "nominated")
    return [
        Change(
            row["_row"], "INSERT", row["id"], None,
            {name: row[name] for name in told} | {"state": claims[row["id"]].state}, row["organisation_id"],
        )
        for row in new
    ] + [
        Change(row["_row"], "UPDATE", row["id"], None, {"audience": row["audience"]}, row["organisation_id"])
        for row in rows
        if row["id"] in regrouped and not row["_new"]
    ]  # fmt: skip


async def confirm(session: WriteSession, record: Record) -> None:
    """Takes a seat that is offered; under the lock of its pool the conditions are asked for again."""
    _admit("confirm", record)
    identity: UUID = record["id"]
    await _capacity(session).confirm(identity)
    repository = Enrolments(session)
    one = await repository.one(identity)
    facts = (await repository.runs([one.run_id]))[one.run_id]
    who = (
        (await repository.standings([one.participant_id])).get(one.participant_id)
        if one.participant_id
        else None
    )
    completed = await repository.has_completed(facts.requires_id, one.participant_id, one.attendee_id)
    today: date = facts.today
    if found := list(domain.unfit(facts.run, one.audience, who, completed, today)):
        raise domain.NOT_ELIGIBLE(
            *(
                FieldError(f"/{name}", finding.code, finding.message, finding.remedy)
                for name, finding in found
            )
        )


async def withdraw(session: WriteSession, record: Record) -> None:
    """Gives the seat or the place in the queue back; who waits is offered it in the same transaction."""
    _admit("withdraw", record)
    await _capacity(session).release([record["id"]])


def _admit(action: str, record: Record) -> None:
    # an offer that has ended is answered by the claim itself, which knows why
    state = "offered" if action == "confirm" and record["_offered"] else record["state"]
    reason = domain.closed(action, state, record["_may"], record["_attended"])
    if reason is not None:
        raise Refused(ACTION_CLOSED, reason.remedy)
