"""Registrations (参加申込) for legs. A registration shares its id with its claim on the leg's seats.

Names and addresses are shown to the office, to headquarters, and to the organisation whose people they are.
"""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, Uuid, and_, cast, func, or_, select

from services.events import access
from services.events.references import LEG, organisation
from services.events.registrations import service
from services.events.registrations.domain import REGISTERED, STATES, State, begun, why_closed
from services.events.registrations.repository import NOW, OFF
from services.events.registrations.tables import registration, registration_person
from services.events.tables import capacity_claim, edition, event, leg, mine
from services.events.terms import EventCode, OrganisationCode
from services.kit import directory
from services.kit.capacity.domain import CONSTRAINTS, REFUSALS
from services.kit.capacity.tables import shown_offer_end, shown_state
from services.kit.fields import equals, search
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Action, Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Email, Flag, Instant, Line, Name, Wire, choice


class RegistrationWrite(Wire):
    """`first_time`: of a local government that takes part for the first time, whose turn comes first."""

    leg_code: EventCode
    name: Annotated[Name, Called("registrant_name")]
    email: Annotated[Email, Called("registrant_email")]
    affiliation: Line | None = None
    organisation_code: OrganisationCode | None = None
    party: Annotated[StrictInt, Field(ge=1, le=20), Called("registration_party")] = 1
    first_time: Flag = False


class Registration(RegistrationWrite):
    id: UUID
    title_ja: str
    organisation_name: str | None
    state: Annotated[State, choice("enrolment_state", STATES)]
    waiting_number: int | None
    offer_ends_at: Instant | None
    registered_at: Instant
    checked_in_at: Instant | None
    persons: Annotated[int | None, Called("registration_persons")]
    leg_off: Flag


STATE = shown_state(capacity_claim)


def source(_: Basis) -> Select[Any]:
    r, p, k, o = registration.c, registration_person.c, capacity_claim.c, directory.organisation.c
    return (
        select(
            r.id, leg.c.code.label("leg_code"), edition.c.title_ja, p.name, p.email, p.affiliation,
            o.code.label("organisation_code"), o.name.label("organisation_name"), k.party,
            (k.priority == 0).label("first_time"), STATE.label("state"), k.number.label("waiting_number"),
            shown_offer_end(capacity_claim).label("offer_ends_at"), r.registered_at, r.checked_in_at, r.persons,
            r.organisation_id, OFF.label("leg_off"), leg.c.starts_on.label("_starts_on"),
            leg.c.time_zone.label("_time_zone"), NOW.label("_now"),
            (r.row_version + k.row_version - 1).label("row_version"),
        )
        .join_from(registration, registration_person, p.registration_id == r.id)
        .join(capacity_claim, k.id == r.id)
        .join(leg, leg.c.id == r.leg_id)
        .join(edition, edition.c.id == leg.c.edition_id)
        .join(event, event.c.id == edition.c.event_id)
        .join(directory.organisation, o.id == r.organisation_id, isouter=True)
    )  # fmt: skip


def _action(name: str, noun: str, roles: tuple[str, ...]) -> Action:
    def closed(row: Row) -> Text | None:
        came = row["checked_in_at"] is not None
        has_begun = begun(row["_starts_on"], row["_time_zone"], row["_now"])
        return why_closed(name, row["state"], came, row["leg_off"], has_begun)

    return Action(name, f"/events/v1/registrations/{{id}}/{noun}", roles, closed)


OWN = and_(
    func.platform.caller_is("organisation", "host_authority"),
    registration.c.organisation_id == cast(func.platform.caller("organisation"), Uuid),
)
ALL: tuple[str, ...] = tuple(access.REGISTERS.roles)

registrations = Resource(
    service="events",
    schema="events",
    name="registration",
    plural=service.NAME,
    read=Registration,
    write=RegistrationWrite,
    source=source,
    access={
        "list": access.REGISTRATIONS,
        "read": access.REGISTRATIONS,
        "create": access.REGISTERS,
        "import": access.REGISTERS,
    },
    own=or_(mine(registration.c.office), OWN),
    filters={
        "q": search(registration_person.c.search_key),
        "leg": equals(leg.c.code),
        "edition": equals(edition.c.code),
        "office": equals(registration.c.office),
        "fiscal_year": equals(leg.c.fiscal_year, int),
        "organisation": by_organisation(registration.c.organisation_id),
        "state": equals(STATE, State),
        "attended": equals(registration.c.checked_in_at.is_not(None), bool),
    },
    sorts=("registered_at", "waiting_number", "name"),
    parts=(Part(registration, ("id",)),),
    refs=(LEG, organisation()),
    check=service.check,
    store=service.store,
    organisation="organisation_id",
    actions=(
        _action("confirm", "confirmations", ALL),
        _action("withdraw", "withdrawals", ALL),
        _action("check_in", "check-ins", ("event_officer",)),
        _action("undo_check_in", "check-in-cancellations", ("event_officer",)),
    ),
    version="2026.1",
    constraints=CONSTRAINTS
    | {"registration_once": REGISTERED}
    | {one.code: one for one in (*REFUSALS, REGISTERED)},
)
