"""One officer follows another: a hand-over of one post, or a file of them, in one transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.gateway.registry.people import repository
from services.gateway.registry.people.domain import (
    DAY,
    ITSELF,
    OF_ANOTHER,
    UNKNOWN,
    Findings,
    check_day,
    check_naming,
    not_to_give,
    place,
    recognised,
    why_closed,
)
from services.kit import audit
from services.kit.db.session import Record, WriteSession
from services.kit.errors import ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.resource import Change, Row


async def follow(session: WriteSession, rows: Sequence[Row]) -> list[Change]:
    """Each row's terms in `_ends` end the day before its own begins; whoever is new comes into the directory."""
    last = [
        _stored(row, ()) | {"id": term, "valid_to": row["valid_from"] - DAY}
        for row in rows
        for term in row["_ends"]
    ]
    first = [_stored(row, (*repository.TERM, "title", "department", "phone")) for row in rows]
    newcomers = await repository.arrive(session, rows)
    changes = [*await repository.change(session, last), *await repository.begin(session, first)]
    await repository.name(session, newcomers)
    return changes


def _stored(row: Row, columns: Sequence[str]) -> Row:
    """A row of a history says since when it is known."""
    known = ("known_from",) if "known_from" in row else ()
    return {name: row[name] for name in ("_row", *known, *columns)}


async def check(session: WriteSession, rows: list[Row]) -> dict[int, Findings]:
    today = await repository.alone(session)
    known, terms = await repository.known(session, rows), await repository.terms(session, rows)
    found = place(rows, known, terms, today)
    for row in rows:
        if row["_there"] is None and (wrong := _not_to_give(session, row)) is not None:
            found.setdefault(row["_row"], []).append(("section", wrong))
    return found


def _not_to_give(session: WriteSession, row: Row) -> Finding | None:
    return not_to_give(session.scope.principal.role, row["section"])


async def store(session: WriteSession, rows: list[Row], _insert_only: bool) -> list[Change]:
    """Of whoever is there already, the title and the department that the row gives."""
    staying = [
        _stored(row, ("title",)) | {"id": there.id, "department": row["department"] or there.department}
        for row in rows
        if (there := row["_there"]) is not None and _not_to_give(session, row) is None
    ]
    beginning = [row | {"phone": None} for row in rows if row["_there"] is None]
    return [*await repository.change(session, staying), *await follow(session, beginning)]


async def hand_over(session: WriteSession, post: Record, given: dict[str, Any]) -> UUID:
    """The new post. `post` is locked, and as a reader of posts is shown it."""
    scope = session.scope
    if scope.reach == "own" and post["organisation_id"] != scope.principal.organisation:
        raise Refused(ACTION_CLOSED, OF_ANOTHER)
    if (wrong := not_to_give(scope.principal.role, post["section"])) is not None:
        raise Refused(ACTION_CLOSED, wrong.remedy)
    closed = why_closed(post)
    if closed is not None:
        raise Refused(ACTION_CLOSED, closed)
    today = await repository.alone(session)
    row = _row(post, given, today)
    found = check_naming(given["successor_number"], given["name"], given["email"])
    wrong_day = check_day(row["valid_from"], post["valid_from"], today)
    found += [("handed_over_on", wrong_day)] if wrong_day is not None else []
    if not found:
        found = await _successor(session, post, row, given["successor_number"])
    if found:
        raise INVALID(*(FieldError(f"/{name}", one.code, one.message, one.remedy) for name, one in found))
    changes = await follow(session, [row])
    before = next((one.before for one in changes if one.action == "UPDATE"), None)
    begun = next(one for one in changes if one.action == "INSERT")
    await audit.entry(session, "identity", "create", "hand-overs", begun.id, before=before, after=begun.after)
    told = [one.at(post["organisation_id"]) for one in changes]
    await audit.publish(session, "identity", "posts", told)
    identity: UUID = begun.id
    return identity


def _row(post: Record, given: dict[str, Any], today: date) -> Row:
    """The successor's post: what the hand-over does not say stays as it was. A term that ends before is left alone."""
    first: date = given["handed_over_on"] or today
    ends = post["valid_to"] is None or post["valid_to"] >= first
    kept = {name: given[name] or post[name] for name in ("title", "department")}
    same = {name: post[name] for name in ("organisation_id", "section", "phone")}
    told = {name: given[name] for name in ("name", "name_kana", "email")}
    return {"_row": 0, "valid_from": first, "_ends": [post["id"]] if ends else []} | kept | same | told


async def _successor(session: WriteSession, post: Record, row: Row, number: str | None) -> Findings:
    """Say who follows. An organisation names its own people: others are absent."""
    if number is not None:
        at = post["organisation_id"] if session.scope.reach == "own" else None
        person = await repository.officer(session, number, at)
        if person is None:
            return [("successor_number", UNKNOWN)]
    else:
        known = recognised((await repository.known(session, [row])).get(0, ()), row["name"])
        person = known.id if known is not None else None
    row["_new"], row["person_id"] = person is None, person or uuid7()
    where = "name" if number is None else "successor_number"
    return [(where, ITSELF)] if person == post["person_id"] else []
