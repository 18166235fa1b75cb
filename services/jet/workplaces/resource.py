"""Workplaces (配置先): schools and offices inside one appointment, base (position 1) and visited (2 and on).

A change of workplace inside one organisation is an amendment, not a transfer: from its day on the new
workplace holds, and what held before ends the day before.
"""

from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, Table, select

from services.jet import access, references
from services.jet.appointments.domain import check_place
from services.jet.appointments.resource import SchoolLevel, WorkplaceKind
from services.jet.tables import appointment, workplace
from services.jet.terms import OrganisationCode
from services.jet.workplaces import repository
from services.kit import directory
from services.kit.db.merge import merge, touch
from services.kit.db.session import WriteSession
from services.kit.directory import visible
from services.kit.errors import EXISTS
from services.kit.fields import equals, holds_on
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.resource import Basis, Change, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Day, Name, Wire, choice
from services.kit.writer import PATCH

UNKNOWN_APPOINTMENT = Finding(
    "appointment_unknown",
    Text("この任用は見つかりません", "No such appointment"),
    Text("任用のIDを確認してください。", "Check the appointment's id."),
)
OUTSIDE_TERM = Finding(
    "outside_term",
    Text("開始日が任用期間の外です", "The first day is outside the appointment's term"),
    Text("任用期間内の日付にしてください。", "Choose a day within the term."),
)


class WorkplaceWrite(Wire):
    appointment_id: UUID
    position: Annotated[StrictInt, Field(ge=1, le=20)] = 1
    workplace_name: Name
    workplace_kind: Annotated[WorkplaceKind, choice("workplace_kind", get_args(WorkplaceKind))]
    school_level: Annotated[SchoolLevel | None, choice("school_level", get_args(SchoolLevel))] = None
    workplace_municipality_code: OrganisationCode | None = None
    workplace_days: Annotated[StrictInt, Field(ge=0, le=7)] | None = None
    starts_on: Day


class Workplace(WorkplaceWrite):
    id: UUID
    ends_on: Day


def source(_: Basis) -> Select[Any]:
    w, m, a = workplace.c, directory.organisation.c, appointment.c
    return (
        select(
            w.id, w.appointment_id, w.position, w.name.label("workplace_name"), w.kind.label("workplace_kind"),
            w.school_level, m.code.label("workplace_municipality_code"), w.days_per_week.label("workplace_days"),
            w.starts_on, w.ends_on, a.row_version,
        )
        .join_from(workplace, appointment, a.id == w.appointment_id)
        .join(directory.organisation, m.id == w.municipality_id, isouter=True)
    )  # fmt: skip


def _seen(table: Table) -> Any:
    return visible(table.c.organisation_id)


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    terms = await repository.terms(session, rows)
    found = {row["_row"]: check_place(row) for row in rows}
    for row in rows:
        term = terms[row["appointment_id"]]
        if not term.starts_on <= row["starts_on"] <= term.ends_on:
            found[row["_row"]].append(("starts_on", OUTSIDE_TERM))
    return found


def _told(row: Row) -> Row:
    return {
        "_row": row["_row"],
        "name": row["workplace_name"],
        "kind": row["workplace_kind"],
        "school_level": row["school_level"],
        "municipality_id": row["municipality_id"],
        "days_per_week": row["workplace_days"],
    }


async def _mend(session: WriteSession, rows: list[Row]) -> list[Change]:
    """What was mistyped of a part; its days and its place among the others stay."""
    terms = await repository.terms(session, rows)
    for row in rows:
        row["organisation_id"] = terms[row["appointment_id"]].organisation_id
    changes = await merge(session, workplace, [_told(row) | {"id": row["id"]} for row in rows], ("id",))
    if changes:
        await touch(session, appointment, [row["appointment_id"] for row in rows])
    return changes


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    """Amend each appointment in turn: end what holds, then let the new hold until the next part begins."""
    if PATCH in rows[0]:
        return await _mend(session, rows)
    terms = await repository.terms(session, rows)
    changes: list[Change] = []
    for row in rows:
        key = {name: row[name] for name in ("appointment_id", "position", "starts_on")}
        term = terms[row["appointment_id"]]
        following = await repository.make_room(session, key)
        place = (
            key | _told(row) | {"organisation_id": term.organisation_id, "ends_on": following or term.ends_on}
        )
        row["organisation_id"] = term.organisation_id
        changes += await merge(session, workplace, [place], tuple(key), insert_only=insert_only)
    if insert_only and len(changes) < len(rows):
        raise EXISTS()
    await touch(session, appointment, list({row["appointment_id"] for row in rows}))
    return changes


workplaces = Resource(
    service="jet",
    schema="jet",
    name="workplace",
    plural="workplaces",
    read=Workplace,
    write=WorkplaceWrite,
    source=source,
    access={
        "list": access.HOSTED,
        "read": access.HOSTED,
        "create": access.HOSTS_WRITE,
        "change": access.HOSTS_WRITE,
    },
    own=visible(workplace.c.organisation_id),
    filters={
        "appointment_id": equals(workplace.c.appointment_id, UUID),
        "organisation": by_organisation(workplace.c.organisation_id),
        "on": holds_on(workplace.c.effective),
    },
    sorts=("starts_on",),
    parts=(Part(workplace, ("appointment_id", "position", "starts_on")),),
    refs=(
        Ref("appointment_id", "_appointment", appointment, "id", UNKNOWN_APPOINTMENT, _seen),
        references.municipality("workplace_municipality_code"),
    ),
    check=check,
    store=store,
    organisation="organisation_id",
    fixed=("appointment_id", "position", "starts_on"),
)
