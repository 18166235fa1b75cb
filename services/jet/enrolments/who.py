"""How a row names somebody who takes part: a participant by the JET number, anybody else by name and organisation."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, Uuid, and_, cast, func, or_, select

from services.jet.participants.resource import opened
from services.jet.references import ORGANISATION, UNKNOWN_HERE
from services.jet.tables import participant, person_detail
from services.jet.terms import JetNumber, OrganisationCode
from services.jet.training_tables import attendee_detail, training_enrolment
from services.kit import directory
from services.kit.resource import Filter, Ref
from services.kit.wire import Code, Email, Name, Wire


class Who(Wire):
    run_code: Code
    jet_number: JetNumber | None = None
    organisation_code: OrganisationCode | None = None
    attendee_name: Name | None = None
    attendee_email: Email | None = None


class Shown(Who):
    participant_name: str | None = None


# By what is held out at the door; to whom a ticket is not shown, none is found by it.
PRESENTED = Filter(
    UUID,
    lambda given: and_(
        select(func.platform.caller_is("coordinator", "participant")).scalar_subquery(),
        training_enrolment.c.ticket == given,
    ),
)
KANA = person_detail.c.name_kana


def _own_people(table: Table) -> ColumnElement[bool]:
    """Participants of the caller's organisations, or the participant who asks."""
    oneself = and_(
        func.platform.caller_is("participant"), table.c.id == cast(func.platform.caller("person"), Uuid)
    )
    return or_(opened(table.c.id), oneself)


REFS = (
    Ref("jet_number", "participant_id", participant, "jet_number", UNKNOWN_HERE, _own_people),
    ORGANISATION,
)


def names() -> tuple[ColumnElement[Any], ...]:
    """Of an enrolment whom it is about. Who is not open to the caller today has no name here."""
    d = person_detail.c
    return (
        participant.c.jet_number,
        directory.organisation.c.code.label("organisation_code"),
        attendee_detail.c.name.label("attendee_name"),
        attendee_detail.c.email.label("attendee_email"),
        func.nullif(func.concat_ws(" ", d.family_name, d.given_name, d.middle_name), "").label(
            "participant_name"
        ),
    )


def with_names(statement: Select[Any]) -> Select[Any]:
    """Joins what `names` selects to a statement over enrolments."""
    e = training_enrolment.c
    return (
        statement.join(participant, participant.c.id == e.participant_id, isouter=True)
        .join(person_detail, person_detail.c.participant_id == e.participant_id, isouter=True)
        .join(directory.organisation, directory.organisation.c.id == e.organisation_id, isouter=True)
        .join(attendee_detail, attendee_detail.c.attendee_id == e.attendee_id, isouter=True)
    )
