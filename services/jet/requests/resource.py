"""Placement requests (配置要望) and reappointment intents (再任用意向): a row is a post of one organisation and programme
year, numbered by the organisation. A stored file submits what it names; a single write leaves a draft.
"""

from collections import defaultdict
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, select

from services.jet import access, references
from services.jet.appointments.resource import HousingType
from services.jet.participants.resource import UNKNOWN_COUNTRY
from services.jet.requests import repository
from services.jet.requests.domain import check_row
from services.jet.requests.prefill import form
from services.jet.submissions.service import open_for_writing, settle
from services.jet.tables import participant, placement_request
from services.jet.terms import (
    Arrival,
    ArrivalGroup,
    JetNumber,
    Job,
    JobType,
    Levelled,
    OrganisationCode,
    Year,
)
from services.kit import directory
from services.kit.db.merge import unchanged
from services.kit.db.session import WriteSession
from services.kit.directory import visible
from services.kit.errors import ACTION_CLOSED, Refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Basis, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Code, Flag, Line, Wire, Yen, choice

Entry = Literal["reappointment", "new"]
Answer = Literal["yes", "no", "undecided"]
Driving = Literal["not_needed", "preferred", "required"]
UrbanClass = Literal["urban", "suburban", "rural", "island"]
Climate = Literal["mild", "hot", "cold", "snowy"]
PayTable = Literal["standard", "own"]
KEY = ("organisation_id", "programme_year", "line")

TWICE = Refusal(
    "participant_named_twice",
    "conflict",
    Text("この参加者は、別の枠番号の行にもあります", "This participant stands under another line, too"),
    Text("どちらか一方の行だけにしてください。", "Keep one of the two rows."),
)
CLOSED = Refusal("submission_closed", "conflict", ACTION_CLOSED.title, ACTION_CLOSED.detail)


class PlacementRequestWrite(Wire):
    organisation_code: OrganisationCode
    programme_year: Year
    line: Annotated[Annotated[StrictInt, Field(ge=1, le=999)], cells.INTEGER]
    entry: Annotated[Entry, choice("entry", get_args(Entry))]
    jet_number: JetNumber | None = None
    organisation_answer: Annotated[Answer | None, choice("reappointment_answer", get_args(Answer))] = None
    exceptional: Flag = False
    job_type: Job
    arrival_group: Arrival | None = None
    seats: Annotated[Annotated[StrictInt, Field(ge=0, le=200)], cells.INTEGER]
    wished_nationality: Code | None = None
    sister_city: Line | None = None
    japanese_level: Levelled | None = None
    elementary: Flag = False
    junior_high: Flag = False
    senior_high: Flag = False
    special_needs: Flag = False
    driving: Annotated[Driving | None, choice("driving", get_args(Driving))] = None
    urban_class: Annotated[UrbanClass | None, choice("urban_class", get_args(UrbanClass))] = None
    climate: Annotated[Climate | None, choice("climate", get_args(Climate))] = None
    housing_type: Annotated[HousingType | None, choice("housing_type", get_args(HousingType))] = None
    housing_rent_yen: Yen | None = None
    housing_provider: Line | None = None
    pay_table: Annotated[PayTable | None, choice("pay_table", get_args(PayTable))] = None


class PlacementRequest(PlacementRequestWrite):
    id: UUID


def source(_: Basis) -> Select[Any]:
    r, o = placement_request.c, directory.organisation.c
    same = [r[name] for name in PlacementRequestWrite.model_fields if name in r]
    return (
        select(r.id, o.code.label("organisation_code"), participant.c.jet_number, *same, r.row_version)
        .join_from(placement_request, directory.organisation, o.id == r.organisation_id)
        .join(participant, participant.c.id == r.participant_id, isouter=True)
    )


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found: dict[int, list[tuple[str, Finding]]] = defaultdict(list)
    closed = await open_for_writing(session, rows)
    # a row that says what stands already writes nothing
    standing = await unchanged(
        session, placement_request, [row for row in rows if row["_row"] in closed], KEY
    )
    for number in closed.keys() - standing:
        found[number] += closed[number]
    about = [row for row in rows if row["participant_id"] is not None]
    services = await repository.services(session, about)
    elsewhere = await repository.named_elsewhere(session, about)
    seen: dict[Any, int] = {}
    for row in rows:
        number = row["_row"]
        found[number] += check_row(row, services.get(number))
        person = (row["participant_id"], row["organisation_id"], row["programme_year"])
        if row["participant_id"] is not None and (
            number in elsewhere or seen.setdefault(person, row["line"]) != row["line"]
        ):
            found[number].append(("jet_number", Finding(TWICE.code, TWICE.title, TWICE.detail)))
    return found


placement_requests = Resource(
    service="jet",
    schema="jet",
    name="placement_request",
    plural="placement-requests",
    read=PlacementRequest,
    write=PlacementRequestWrite,
    source=source,
    access={
        "list": access.REQUESTS,
        "read": access.REQUESTS,
        "create": access.REQUESTED,
        "change": access.REQUESTED,
        "import": access.REQUESTED,
    },
    own=visible(placement_request.c.organisation_id),
    filters={
        "organisation": by_organisation(placement_request.c.organisation_id),
        "programme_year": equals(placement_request.c.programme_year, int),
        "entry": equals(placement_request.c.entry, Entry),
        "job_type": equals(placement_request.c.job_type, JobType),
        "arrival_group": equals(placement_request.c.arrival_group, ArrivalGroup),
        "organisation_answer": equals(placement_request.c.organisation_answer, Answer),
    },
    sorts=("organisation_code", "line"),
    parts=(Part(placement_request, KEY),),
    refs=(
        references.PARTICIPANT,
        references.ORGANISATION,
        Ref("wished_nationality", "_wished", directory.country, "alpha2", UNKNOWN_COUNTRY),
    ),
    check=check,
    whole=("organisation_code", "programme_year"),
    settle=settle,
    organisation="organisation_id",
    prefill=form(source),
    version="2026.1",
    fixed=("organisation_code", "programme_year", "line"),
    constraints={"placement_request_one_answer": TWICE, "placement_request_open": CLOSED},
)
