"""Participants (JET参加者): CLAIR creates them from the embassies' list; an organisation never does.

Names live in an erasable detail; nationality, job type and arrival group belong to the participation.
"""

from dataclasses import replace
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import FromClause, Select, and_, func, or_, select, text
from sqlalchemy.sql.elements import SQLCoreOperations

from services.jet import access
from services.jet.participants.domain import PARTICIPATION
from services.jet.tables import appointment, participant, participation, person_detail, placement
from services.jet.terms import Arrival, ArrivalGroup, JetNumber, Job, JobType, Year
from services.kit import directory, temporal
from services.kit.directory import visible
from services.kit.fields import Short, equals, search
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.japan.names import search_key
from services.kit.resource import Action, Basis, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Code, Day, Email, Kana, Name, Only, Wire, choice

UNKNOWN_COUNTRY = Finding(
    "country_unknown",
    Text("この国コードは登録されていません", "No country has this code"),
    Text(
        "ISO 3166-1 の2文字コード（US など）を入力してください。",
        "Enter an ISO 3166-1 code of two letters, such as US.",
    ),
    "L3-02",
)


State = Literal["accepted", "placed", "active", "early_terminated", "withdrawn"]


class ParticipantWrite(Wire):
    jet_number: JetNumber
    family_name: Annotated[Name, cells.FAMILY_NAME]
    given_name: Name | None = None
    middle_name: Name | None = None
    name_kana: Kana | None = None
    nationality: Code
    birth_on: Annotated[Day | None, Only("coordinator", "participant", "service")] = None
    email: Email | None = None
    job_type: Job
    programme_year: Year
    arrival_group: Arrival


class Participant(ParticipantWrite):
    id: UUID
    former_names: Annotated[str | None, Only("coordinator", "participant", "service")] = None
    state: Annotated[State, choice("participation_state", get_args(State))]


def opened(column: SQLCoreOperations[Any]) -> Any:
    """Participants whom an appointment or a placement opens to the caller's organisations today.

    A placement does so from its decision until the appointment of its programme year that it led to; after the last day at an
    organisation only the facts of its own period remain there.
    """
    today = temporal.TODAY
    year = func.extract("year", today - text("interval '7 months'"))
    served, led_to = appointment.alias("served_here"), appointment.alias("led_to")
    return or_(
        select(served.c.id)
        .where(
            served.c.participant_id == column, served.c.ends_on >= today, visible(served.c.organisation_id)
        )
        .exists(),
        select(placement.c.id)
        .where(
            placement.c.participant_id == column,
            placement.c.programme_year >= year,
            visible(placement.c.organisation_id),
            ~select(led_to.c.id)
            .where(
                led_to.c.participant_id == placement.c.participant_id,
                led_to.c.organisation_id == placement.c.organisation_id,
                led_to.c.programme_year == placement.c.programme_year,
            )
            .exists(),
        )
        .exists(),
    )


def named(rows: FromClause) -> Select[Any]:
    """`rows` with the name of the participant whom each is about, as the passport has it, where there is one."""
    d = person_detail.c
    name = func.nullif(func.concat_ws(" ", d.family_name, d.given_name, d.middle_name), "")
    return select(rows, name.label("participant_name")).join_from(
        rows, person_detail, d.participant_id == rows.c.participant_id, isouter=True
    )


def source(_: Basis) -> Select[Any]:
    p, d, n = participant.c, person_detail.c, participation.c
    stint = participation.alias("stint")
    latest = select(func.max(stint.c.programme_year)).where(stint.c.participant_id == p.id).scalar_subquery()
    return (
        select(
            p.id, p.jet_number, d.family_name, d.given_name, d.middle_name, d.name_kana, n.nationality, d.birth_on,
            d.email, n.job_type, n.programme_year, n.arrival_group, n.state, d.former_names, p.row_version,
        )
        .join_from(participant, participation, n.participant_id == p.id)
        .join(person_detail, d.participant_id == p.id, isouter=True)
        .where(n.programme_year == latest)
    )  # fmt: skip


def derive(row: Row) -> None:
    names = ("jet_number", "family_name", "given_name", "middle_name", "name_kana")
    row["search_key"] = search_key(" ".join(row[name] or "" for name in names))
    row["state"] = row.get("state") or PARTICIPATION.initial


_NAMES, _FORMER = search(person_detail.c.search_key), search(person_detail.c.former_key)


def _named_ever(given: Any) -> Any:
    """By the names of today; by those before for whoever is shown them."""
    shown = select(func.platform.caller_is("coordinator", "participant", "service")).scalar_subquery()
    return or_(_NAMES.where(given), and_(shown, _FORMER.where(given)))


participants = Resource(
    service="jet",
    schema="jet",
    name="participant",
    plural="participants",
    read=Participant,
    write=ParticipantWrite,
    source=source,
    access=access.KEPT_BY_CLAIR,
    own=opened(participant.c.id),
    itself=lambda person: participant.c.id == person,
    code="jet_number",
    filters={
        "q": replace(_NAMES, where=_named_ever),
        "job_type": equals(participation.c.job_type, JobType),
        "nationality": equals(participation.c.nationality, Short),
        "programme_year": equals(participation.c.programme_year, int),
        "arrival_group": equals(participation.c.arrival_group, ArrivalGroup),
        "state": equals(participation.c.state, Short),
    },
    sorts=("jet_number", "family_name"),
    parts=(
        Part(participant, ("jet_number",)),
        Part(person_detail, ("participant_id",), "participant_id"),
        Part(participation, ("participant_id", "programme_year"), "participant_id", once=("state",)),
    ),
    refs=(Ref("nationality", "_nationality_id", directory.country, "alpha2", UNKNOWN_COUNTRY),),
    derive=derive,
    fixed=("jet_number", "programme_year"),
    constraints=temporal.KNOWLEDGE,
    actions=(
        Action(
            "terminate_early",
            "/jet/v1/early-terminations",
            ("coordinator",),
            lambda row: PARTICIPATION.why_closed("terminate_early", row["state"]),
        ),
        Action(
            "place",
            "/jet/v1/placements",
            ("coordinator",),
            lambda row: PARTICIPATION.why_closed("place", row["state"]),
        ),
    ),
    version="2026.1",
)
