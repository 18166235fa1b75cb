"""How attendance comes to be recorded: a ticket scanned, a list, a meeting tool's export; and readings of e-learning."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from services.jet.attendances import domain
from services.jet.attendances.repository import Attendances, Met
from services.jet.enrolments.domain import CANCELLED, said
from services.jet.enrolments.service import present
from services.jet.training_tables import learning_progress, meeting_presence
from services.kit import audit
from services.kit.db.merge import merge
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.findings import Finding
from services.kit.japan.clock import JST
from services.kit.resource import Change, Row
from services.kit.writer import one_alone

NAME = "training-attendances"
Problems = dict[int, list[tuple[str, Finding]]]


async def _confirmed(session: WriteSession, rows: Sequence[Row], problems: Problems) -> list[Row]:
    """The rows of confirmed enrolments, which they come to know; what is wrong with the others."""
    found = await present(session, rows)
    sound = []
    for row in rows:
        one = found.get(row["_row"])
        if one is None or one.state != "confirmed":
            problems[row["_row"]] = [("run_code", domain.NOT_ENROLLED if one is None else domain.UNCONFIRMED)]
            continue
        row["enrolment_id"], row["_party"], row["organisation_id"] = one.id, one.party, one.organisation_id
        sound.append(row)
    return sound


async def check_list(session: WriteSession, rows: list[Row]) -> Problems:
    """Rows of a list: the session by its number, the person as in the enrolment. Who is present counts for the whole
    party unless the row says fewer; what a list repeats keeps how it was recorded first."""
    problems: Problems = {}
    repository = Attendances(session)
    sessions = await repository.sessions(rows)
    sound = await _confirmed(session, rows, problems)
    for row in rows:
        row["session_id"] = sessions.get(row["_row"])
        if row["session_id"] is None:
            problems.setdefault(row["_row"], []).append(("session_number", domain.UNKNOWN_SESSION))
    for row in sound:
        if row["attendance"] != "present":
            row["persons"] = 0
        elif not row["persons"]:
            row["persons"] = row["_party"]
        elif row["persons"] > row["_party"]:
            told = said(domain.TOO_MANY, party=row["_party"])
            problems.setdefault(row["_row"], []).append(("persons", told))
    sound = [row for row in sound if row["_row"] not in problems]
    recorded = await repository.recorded(sound)
    for row in sound:
        one = recorded.get(row["_row"])
        same = one is not None and (one.attendance, one.persons) == (row["attendance"], row["persons"])
        row["method"] = one.method if one is not None and same else "list"
    return problems


async def check_in(session: WriteSession, of: UUID, ticket: UUID, persons: int | None) -> UUID:
    """One scan of one ticket; the second is told when the first was."""
    repository = Attendances(session)
    held = await repository.session(of)
    if held.cancelled_on is not None:
        raise Refused(ACTION_CLOSED, said(CANCELLED, day=held.cancelled_on).message)
    found = await repository.ticket(ticket, held.run_id)
    if found is None:
        raise _wrong("ticket", domain.UNKNOWN_TICKET)
    if found.state != "confirmed":
        raise domain.NOT_CONFIRMED()
    if persons is not None and persons > found.party:
        raise _wrong("persons", said(domain.TOO_MANY, party=found.party))
    count = found.party if persons is None else persons
    made = await repository.check_in(found.enrolment_id, held.id, held.run_id, count)
    if made is None:
        at = await repository.checked_in(found.enrolment_id, held.id)
        raise domain.ALREADY(at=at.astimezone(JST).isoformat(timespec="seconds"))
    identity, new = made
    after = {"enrolment_id": found.enrolment_id, "session_id": held.id, "persons": count}
    states = (None if new else "absent", "present")
    await audit.entry(session, "jet", "check_in", NAME, identity, after=after, states=states)
    change = Change(0, "INSERT" if new else "UPDATE", identity, None, None, found.organisation_id)
    await audit.publish(session, "jet", NAME, [change])
    return identity


def _wrong(name: str, finding: Finding) -> Refused:
    return INVALID(FieldError(f"/{name}", finding.code, finding.message, finding.remedy))


async def check_meeting(session: WriteSession, rows: list[Row]) -> Problems:
    """Whose presence in which sessions each row tells: by the address, among confirmed enrolments of runs that meet then."""
    repository = Attendances(session)
    problems: Problems = {}
    for row in rows:
        row["email"] = row["email"].lower()
        if row["left_at"] < row["joined_at"]:
            problems[row["_row"]] = [("left_at", domain.OUT_OF_ORDER)]
    people = await repository.people(rows)
    by_row = {row["_row"]: row for row in rows}
    asked = [
        by_row[number] | {"participant_id": one.participant_id, "attendee_id": one.attendee_id}
        for number, found in people.items()
        for one in found
    ]
    met: dict[int, set[Met]] = {}
    for one in await repository.met(asked):
        met.setdefault(one.row, set()).add(one)
    for row in rows:
        row["_met"] = met.get(row["_row"], set())
        if row["_row"] not in problems and (wrong := _unmet(row["_row"] in people, row["_met"])) is not None:
            problems[row["_row"]] = [("email", wrong)]
    return problems


def _unmet(known: bool, met: set[Met]) -> Finding | None:
    if not known:
        return domain.UNKNOWN_EMAIL
    if not met:
        return domain.NO_SESSION
    return domain.AMBIGUOUS if len({one.enrolment_id for one in met}) > 1 else None


async def store_meeting(session: WriteSession, rows: list[Row], _: bool) -> list[Change]:
    """Joins are kept as they are told, a later export's longer ones in place of shorter; attendance follows from them
    where nobody has recorded any."""
    longest: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        for one in row["_met"]:
            key = (one.enrolment_id, one.session_id, row["joined_at"])
            told = {
                "_row": row["_row"], "enrolment_id": one.enrolment_id, "session_id": one.session_id,
                "run_id": one.run_id, "joined_at": row["joined_at"], "left_at": row["left_at"],
            }  # fmt: skip
            if key not in longest or longest[key]["left_at"] < row["left_at"]:
                longest[key] = told
    repository = Attendances(session)
    pairs = {(enrolment, of) for enrolment, of, _ in longest}
    for (enrolment, of), held in (await repository.joined(pairs)).items():
        for joined, left in held.joins:
            if (again := longest.get((enrolment, of, joined))) is not None:
                again["left_at"] = max(left, again["left_at"])
    key = ("enrolment_id", "session_id", "joined_at")
    changes = await merge(session, meeting_presence, list(longest.values()), key, told=one_alone(rows))
    await _attended(session, repository, pairs)
    return changes


async def _attended(
    session: WriteSession, repository: Attendances, pairs: Iterable[tuple[UUID, UUID]]
) -> None:
    enough = [
        {"enrolment_id": enrolment, "session_id": of, "run_id": held.run_id}
        for (enrolment, of), held in (await repository.joined(pairs)).items()
        if domain.covers(held.session, held.joins, held.percent)
    ]
    made = await repository.present(enough)
    told = [audit.Entry(identity, {"method": "meeting"}, (None, "present")) for identity, _ in made]
    await audit.entries(session, "jet", "attend", NAME, told)
    changes = [Change(0, "INSERT", identity, None, None, organisation) for identity, organisation in made]
    await audit.publish(session, "jet", NAME, changes)


async def check_progress(session: WriteSession, rows: list[Row]) -> Problems:
    """Readings of confirmed enrolments. All is done on the day on which that was read, unless another is told."""
    problems: Problems = {}
    for row in rows:
        row |= {"attendee_name": None, "attendee_email": None, "organisation_id": None}
    sound = await _confirmed(session, rows, problems)
    known = await Attendances(session).readings(row["enrolment_id"] for row in sound)
    for row in sound:
        found = list(domain.wrong_reading(row["percent"], row["read_on"], row["finished_on"]))
        last = known.get(row["enrolment_id"])
        row["_stale"] = last is not None and domain.stale(row["read_on"], last.read_on)
        if last is not None and not row["_stale"] and row["percent"] < last.percent:
            told = said(domain.WENT_BACK, day=last.read_on, percent=last.percent)
            found.append(("percent", told))
        if row["percent"] == 100 and row["finished_on"] is None:
            row["finished_on"] = (last.finished_on if last is not None else None) or row["read_on"]
        if found:
            problems[row["_row"]] = found
    return problems


async def store_progress(session: WriteSession, rows: list[Row], _: bool) -> list[Change]:
    names = ("_row", "enrolment_id", "percent", "read_on", "finished_on")
    news = [{name: row[name] for name in names} for row in rows if not row["_stale"]]
    changes = await merge(session, learning_progress, news, ("enrolment_id",), told=one_alone(rows))
    by_row = {row["_row"]: row["organisation_id"] for row in rows}
    return [one.at(by_row[one.row]) for one in changes]
