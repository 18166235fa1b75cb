"""Daily records (日報): what an intern did on a day, by the intern, with the host's comment.

The intern writes the day; the host writes nothing but its comment.
"""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, Table, Uuid, cast, func, or_, select

from services.jet import access
from services.jet.internship_records.repository import about
from services.jet.internship_tables import (
    internship_assignment,
    internship_host,
    internship_programme,
    internship_record,
    internship_record_text,
)
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.directory import represented
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Basis, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Day, Passage, Wire, WrittenBy
from services.kit.writer import repeated

UNKNOWN_ASSIGNMENT = Finding(
    "internship_assignment_unknown",
    Text("この配属は見つかりません", "No such assignment is known here"),
    Text("配属のIDを確認してください。", "Check the assignment's id."),
)
NOT_A_DAY = Finding(
    "internship_day_outside",
    Text("この日はインターンシップの日ではありません", "This is no day of the internship"),
    Text(
        "配属が続いていることと、日付がインターンシップの期間内であることを確認してください。",
        "Check that the assignment stands and that the day is one of its programme.",
    ),
)


class InternshipRecordWrite(Wire):
    assignment_id: UUID
    worked_on: Day
    worked_minutes: Annotated[
        StrictInt, Field(ge=1, le=1440), cells.INTEGER, WrittenBy("coordinator", "participant")
    ]
    record_text: Annotated[Passage, WrittenBy("coordinator", "participant")]
    host_comment: Annotated[Passage | None, WrittenBy("coordinator", "business")] = None


class InternshipRecord(InternshipRecordWrite):
    id: UUID
    programme_code: str
    internship_host_code: str
    organisation_name: str


def _mine(table: Table) -> Any:
    """Assignments of the caller, or at the organisation whose contact comes."""
    return or_(
        table.c.participant_id == cast(func.platform.caller("person"), Uuid),
        represented(table.c.organisation_id),
    )


ASSIGNMENT = Ref("assignment_id", "_assignment_id", internship_assignment, "id", UNKNOWN_ASSIGNMENT, _mine)


def source(_: Basis) -> Select[Any]:
    r, t, a = internship_record.c, internship_record_text.c, internship_assignment.c
    return (
        select(
            r.id, r.assignment_id, r.worked_on, r.worked_minutes, t.record_text, t.host_comment,
            internship_programme.c.code.label("programme_code"), internship_host.c.code.label("internship_host_code"),
            directory.organisation.c.name.label("organisation_name"), r.row_version,
        )
        .join_from(internship_record, internship_assignment, a.id == r.assignment_id)
        .join(internship_programme, internship_programme.c.id == a.programme_id)
        .join(internship_host, internship_host.c.id == a.host_id)
        .join(directory.organisation, directory.organisation.c.id == a.organisation_id)
        .join(internship_record_text, t.record_id == r.id, isouter=True)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    of, same = await about(session, rows), await repeated(session, internship_records, rows)
    return {
        row["_row"]: [("worked_on", NOT_A_DAY)]
        for row in rows
        if row["_row"] not in same
        if (one := of.get(row["_row"])) is None
        or one.state != "assigned"
        or not one.date_start <= row["worked_on"] <= one.date_end
    }


internship_records = Resource(
    service="jet",
    schema="jet",
    name="internship_record",
    plural="internship-records",
    read=InternshipRecord,
    write=InternshipRecordWrite,
    source=source,
    access={
        "list": access.MEETINGS,
        "read": access.MEETINGS,
        "create": access.REGISTERS,
        "change": access.MEETS,
        "import": access.FAIRS_WRITE,
    },
    own=represented(internship_assignment.c.organisation_id),
    itself=lambda person: internship_assignment.c.participant_id == person,
    filters={
        "assignment_id": equals(internship_record.c.assignment_id, UUID),
        "programme_code": equals(internship_programme.c.code),
        "internship_host_code": equals(internship_host.c.code),
    },
    sorts=("worked_on",),
    parts=(
        Part(internship_record, ("assignment_id", "worked_on")),
        Part(internship_record_text, ("record_id",), "record_id"),
    ),
    refs=(ASSIGNMENT,),
    check=check,
    fixed=("assignment_id", "worked_on"),
    version="2026.1",
    constraints={
        "internship_record_day": Refusal(NOT_A_DAY.code, "payload", NOT_A_DAY.message, NOT_A_DAY.remedy)
    },
)
