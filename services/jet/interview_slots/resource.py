"""Interview slots (面談の枠): when an exhibitor talks to candidates, at one of its tables.

A slot keeps its time: one that is not wanted any more is withdrawn, and another made. Everybody sees which are taken, and
nobody sees by whom.
"""

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Select, exists, select

from services.jet import access, career_references
from services.jet.career_tables import career_fair, career_fair_day, interview_hold, interview_slot
from services.jet.fair_days.resource import Number
from services.jet.interview_slots.domain import NOT_THERE, OUT_OF_ORDER, OUTSIDE_DAY, TAKEN, check_slot
from services.jet.interview_slots.repository import stands, taken
from services.jet.terms import OrganisationCode
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.directory import represented
from services.kit.errors import Refusal, refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Basis, Filter, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Code, Flag, Instant, Wire
from services.kit.writer import KEPT

KEY = ("exhibitor_id", "day_id", "table_no", "starts_at")
TABLE_TAKEN = Refusal(
    "slot_overlaps", "conflict",
    Text("この卓には、同じ時間に別の枠があります", "The table has another slot at that time"),
    Text("時刻か卓の番号を変えてください。", "Choose another time or another table."),
)  # fmt: skip


class InterviewSlotWrite(Wire):
    day_code: Code
    organisation_code: OrganisationCode
    table_no: Number = 1
    starts_at: Instant
    ends_at: Instant
    withdrawn: Annotated[Flag, cells.BOOLEAN] = False


class InterviewSlot(InterviewSlotWrite):
    id: UUID
    fair_code: str
    organisation_name: str
    taken: bool


_TAKEN = exists().where(interview_hold.c.slot_id == interview_slot.c.id)


def source(_: Basis) -> Select[Any]:
    s, d, f, o = interview_slot.c, career_fair_day.c, career_fair.c, directory.organisation.c
    return (
        select(
            s.id, d.code.label("day_code"), f.code.label("fair_code"), o.code.label("organisation_code"),
            o.name.label("organisation_name"), s.table_no, s.starts_at, s.ends_at, s.withdrawn,
            _TAKEN.label("taken"), s.row_version,
        )
        .join_from(interview_slot, career_fair_day, d.id == s.day_id)
        .join(career_fair, f.id == s.fair_id)
        .join(directory.organisation, o.id == s.organisation_id)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    there, held = await stands(session, rows), await taken(session, rows)
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        stand = there.get(row["_row"])
        if stand is None:
            found[row["_row"]] = [("organisation_code", NOT_THERE)]
            continue
        row["exhibitor_id"], row["fair_id"] = stand.exhibitor_id, stand.fair_id
        wrong = check_slot(row["starts_at"], row["ends_at"], stand.opens_at, stand.closes_at)
        if row["withdrawn"] and row.get("id") in held and "withdrawn" not in row.get(KEPT, ()):
            wrong.append(("withdrawn", TAKEN))
        found[row["_row"]] = wrong
    return found


# of a company, its own alone: another's code is answered like one that is not there
EXHIBITOR = Ref(
    "organisation_code", "organisation_id", directory.organisation, "code", NOT_THERE,
    lambda table: represented(table.c.id),
)  # fmt: skip
interview_slots = Resource(
    service="jet",
    schema="jet",
    name="interview_slot",
    plural="interview-slots",
    read=InterviewSlot,
    write=InterviewSlotWrite,
    source=source,
    access={
        "list": access.EXHIBITORS,
        "read": access.EXHIBITORS,
        "create": access.EXHIBITORS_OWN,
        "change": access.EXHIBITORS_OWN,
        "import": access.FAIRS_WRITE,
    },
    own=represented(interview_slot.c.organisation_id),
    filters={
        "fair": equals(career_fair.c.code),
        "day": equals(career_fair_day.c.code),
        "organisation": by_organisation(interview_slot.c.organisation_id),
        "withdrawn": equals(interview_slot.c.withdrawn, bool),
        "taken": Filter(bool, lambda given: given == _TAKEN),
    },
    sorts=("starts_at", "organisation_code"),
    parts=(Part(interview_slot, KEY),),
    refs=(career_references.DAY, EXHIBITOR),
    check=check,
    fixed=("day_code", "organisation_code", "table_no", "starts_at", "ends_at"),
    constraints={
        "interview_slot_one_at_a_table": TABLE_TAKEN,
        "interview_slot_in_order": refusal(OUT_OF_ORDER, "conflict"),
        "interview_slot_within_day": refusal(OUTSIDE_DAY, "conflict"),
    },
    version="2026.1",
)
