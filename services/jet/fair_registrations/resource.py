"""Registrations (参加登録) of participants for a day of a fair, with the profile that they show there.

CLAIR and the person alone read them; what an exhibitor sees of one is a candidate. The person consents to a fair by a
command, and by another takes that back.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, Table, Uuid, case, cast, func, select

from services.jet import access, career_references
from services.jet.career_tables import (
    career_fair,
    career_fair_day,
    fair_attendance,
    fair_profile,
    fair_registration,
)
from services.jet.career_terms import Ability, SharedFields, Skills
from services.jet.fair_registrations import service
from services.jet.fair_registrations.domain import CHECKED_IN, CONSENT
from services.jet.references import UNKNOWN_HERE
from services.jet.tables import capacity_claim, participant
from services.jet.terms import JetNumber, Languages
from services.kit.capacity.domain import CLAIM, CONSTRAINTS
from services.kit.capacity.tables import shown_offer_end, shown_state
from services.kit.db.session import WriteSession
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Action, Basis, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Code, Instant, Line, Only, Passage, Wire, choice
from services.kit.writer import changes_nothing

State = Literal["waiting", "offered", "confirmed", "released", "lapsed"]
ConsentState = Literal["none", "given", "withdrawn"]
# what the person writes at length, and the ticket, are no tool's to read
OWN = Only("coordinator", "participant")


class FairRegistrationWrite(Wire):
    day_code: Code
    jet_number: JetNumber
    display_name: Line | None = None
    headline: Line | None = None
    languages: Languages = Field(default_factory=list)
    skills: Skills = Field(default_factory=list)
    japanese_ability: Ability | None = None
    wishes: Annotated[Passage | None, OWN] = None
    cv: Annotated[Passage | None, OWN] = None


class FairRegistration(FairRegistrationWrite):
    id: UUID
    fair_code: str
    state: Annotated[State, choice("enrolment_state", get_args(State))]
    waiting_number: int | None
    offer_ends_at: Instant | None
    registered_at: Instant
    withdrawn_at: Instant | None
    consent_state: Annotated[ConsentState, choice("consent_state", get_args(ConsentState))]
    consented_at: Instant | None
    shared_fields: SharedFields
    attended: bool
    ticket: Annotated[UUID | None, OWN] = None


_CONSENT: Any = case(
    (fair_registration.c.consented_at.is_not(None), "given"),
    (fair_registration.c.consent_withdrawn_at.is_not(None), "withdrawn"),
    else_="none",
)
_STATE = shown_state(capacity_claim)


def source(_: Basis) -> Select[Any]:
    r, f, d, p, c = fair_registration.c, career_fair.c, career_fair_day.c, fair_profile.c, capacity_claim.c
    return (
        select(
            r.id, f.code.label("fair_code"), d.code.label("day_code"), participant.c.jet_number, p.display_name,
            p.headline, p.languages, p.skills, p.japanese_ability, p.wishes, p.cv, _STATE.label("state"),
            c.number.label("waiting_number"), shown_offer_end(capacity_claim).label("offer_ends_at"), r.registered_at,
            r.withdrawn_at, _CONSENT.label("consent_state"), r.consented_at, r.shared_fields,
            fair_attendance.c.id.is_not(None).label("attended"), r.ticket, r.participant_id.label("person"),
            r.row_version,
        )
        .join_from(fair_registration, career_fair, f.id == r.fair_id)
        .join(career_fair_day, d.id == r.day_id)
        .join(participant, participant.c.id == r.participant_id)
        .join(capacity_claim, c.id == r.id)
        .join(fair_profile, p.registration_id == r.id)
        .join(fair_attendance, fair_attendance.c.registration_id == r.id, isouter=True)
    )  # fmt: skip


def _oneself(table: Table) -> Any:
    return table.c.id == cast(func.platform.caller("person"), Uuid)


def _of_claim(name: str) -> Any:
    def closed(row: Row) -> Text | None:
        return CLAIM.why_closed(name, row["state"])

    return closed


def _of_consent(name: str) -> Any:
    def closed(row: Row) -> Text | None:
        return CONSENT.why_closed(name, row["consent_state"]) or CLAIM.why_closed("release", row["state"])

    return closed


def _action(name: str, noun: str, closed: Any, *roles: str) -> Action:
    return Action(name, f"/jet/v1/fair-registrations/{{id}}/{noun}", roles, closed)


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return await service.check(
        session, [row for row in rows if not changes_nothing(row, FairRegistrationWrite)]
    )


fair_registrations = Resource(
    service="jet",
    schema="jet",
    name="fair_registration",
    plural="fair-registrations",
    read=FairRegistration,
    write=FairRegistrationWrite,
    source=source,
    access={
        "list": access.REGISTRATIONS,
        "read": access.REGISTRATIONS,
        "create": access.REGISTERS,
        "change": access.REGISTERS,
        "import": access.FAIRS_WRITE,
    },
    itself=lambda person: fair_registration.c.participant_id == person,
    filters={
        "fair": equals(career_fair.c.code),
        "day": equals(career_fair_day.c.code),
        "jet_number": equals(participant.c.jet_number),
        "state": equals(_STATE, State),
        "consent_state": equals(_CONSENT, ConsentState),
        "attended": equals(fair_attendance.c.id.is_not(None), bool),
    },
    sorts=("registered_at", "jet_number"),
    parts=(
        Part(fair_registration, ("day_id", "participant_id")),
        Part(fair_profile, ("registration_id",), "registration_id"),
    ),
    refs=(
        career_references.DAY,
        Ref("jet_number", "participant_id", participant, "jet_number", UNKNOWN_HERE, _oneself),
    ),
    check=check,
    store=service.store,
    fixed=("day_code", "jet_number"),
    subject="person",
    actions=(
        _action("confirm", "confirmations", _of_claim("confirm"), "participant", "coordinator"),
        _action("consent", "consents", _of_consent("consent"), "participant"),
        _action(
            "withdraw_consent", "consent-withdrawals",
            lambda row: CONSENT.why_closed("withdraw_consent", row["consent_state"]), "participant", "coordinator",
        ),
        _action("withdraw", "withdrawals", _of_claim("release"), "participant", "coordinator"),
    ),
    constraints={**CONSTRAINTS, "fair_attendance_once": CHECKED_IN},
    version="2026.1",
)  # fmt: skip
