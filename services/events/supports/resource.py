"""The office log (活動支援・所務記録): what an office, or headquarters, was asked for and did, one line each.

A line without a code gets the next number of its office and fiscal year. What it says is the office's own and
headquarters'; the counts of all lines are read by all of CLAIR, and the words of those that are printed.
"""

from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Integer, Select, and_, case, cast, extract, or_, select

from services.events import access
from services.events.log_tables import office_contact, support, support_text
from services.events.references import OFFICE, UNKNOWN_CONTACT, headquarters, organisation
from services.events.supports.domain import (
    CHANNEL,
    DAYS,
    MESSAGE,
    OTHER_CONTACT,
    REASON,
    REPEATED,
    REQUESTER,
    Channel,
    Kind,
    NotCountable,
    RequesterKind,
    State,
)
from services.events.supports.service import check
from services.events.tables import mine
from services.events.terms import EventCode, OfficeCode, OrganisationCode
from services.kit import directory
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Basis, Filter, Part, Ref, Resource
from services.kit.wire import Called, Day, Flag, Line, Passage, Whole, Wire, choice

KIND = choice("office_support_kind", get_args(Kind))
REQUESTER_KIND = choice("requester_kind", get_args(RequesterKind))


class SupportWrite(Wire):
    """`requester_kind`: of a requester with a code the directory says it. `countable`: where it is left out, what the
    rule says. `alike_no`: which it is of several that say the same; where it is left out, a file's rows are told apart by
    their order."""

    office_code: OfficeCode | None = None
    received_on: Day
    kind: Annotated[Kind, KIND, Called("office_support_kind")]
    channel: Annotated[
        Annotated[Channel, choice("support_channel", get_args(Channel))] | None, Called("support_channel")
    ] = None
    organisation_code: OrganisationCode | None = None
    requester_name: Line | None = None
    requester_kind: Annotated[RequesterKind, REQUESTER_KIND] | None = None
    content: Passage
    done_on: Day | None = None
    outcome: Annotated[Passage | None, Called("support_outcome")] = None
    due_on: Day | None = None
    closed_on: Day | None = None
    contact_code: EventCode | None = None
    countable: Flag | None = None
    not_countable_reason: (
        Annotated[NotCountable, choice("not_countable_reason", get_args(NotCountable))] | None
    ) = None
    marked: Flag = False
    alike_no: Annotated[Whole, Field(ge=1, lt=2**31)] | None = None
    code: EventCode | None = None


class Support(SupportWrite):
    id: UUID
    fiscal_year: int
    requester: str
    state: Annotated[State, choice("support_state", get_args(State)), Called("support_state")]


def open_line() -> Any:
    """Not closed, and not yet done or with something due."""
    s = support.c
    return and_(s.closed_on.is_(None), or_(s.done_on.is_(None), s.due_on.is_not(None)))


LOCAL = ("prefecture_or_designated_city", "municipality")


def local_government(kind: Any) -> Any:
    return or_(*(kind == one for one in LOCAL))


STATE = case((open_line(), "open"), else_="closed")


def source(_: Basis) -> Select[Any]:
    s, t, o, c = support.c, support_text.c, directory.organisation.c, office_contact.c
    return (
        select(
            s.id, s.code, s.office.label("office_code"), s.received_on, s.kind, s.channel,
            o.code.label("organisation_code"), s.requester_name, s.requester_kind, t.content, s.done_on, t.outcome,
            s.due_on, s.closed_on, c.code.label("contact_code"), s.countable, s.not_countable_reason, s.marked,
            s.alike_no, s.fiscal_year, case((o.name.is_not(None), o.name), else_=s.requester_name).label("requester"),
            STATE.label("state"), s.row_version,
        )
        .join_from(support, support_text, t.support_id == s.id)
        .join(directory.organisation, o.id == s.organisation_id, isouter=True)
        .join(office_contact, c.id == s.contact_id, isouter=True)
    )  # fmt: skip


supports = Resource(
    service="events",
    schema="events",
    name="office_support",
    plural="supports",
    read=Support,
    write=SupportWrite,
    source=source,
    access=access.OF_OFFICE,
    own=mine(support.c.office),
    filters={
        "office": equals(support.c.office),
        "headquarters": headquarters(support.c.office),
        "fiscal_year": equals(support.c.fiscal_year, int),
        "month": Filter(int, lambda given: cast(extract("month", support.c.received_on), Integer) == given),
        "kind": equals(support.c.kind, Kind),
        "requester_kind": equals(support.c.requester_kind, RequesterKind),
        "local_government": Filter(bool, lambda given: local_government(support.c.requester_kind) == given),
        "countable": equals(support.c.countable, bool),
        "not_countable_reason": equals(support.c.not_countable_reason, NotCountable),
        "marked": equals(support.c.marked, bool),
        "organisation": by_organisation(support.c.organisation_id),
        "contact": equals(office_contact.c.code),
        "state": equals(STATE, State),
        "code": equals(support.c.code),
    },
    sorts=("received_on", "code"),
    code="code",
    parts=(
        Part(support, ("code",), once=("office",)),
        Part(support_text, ("support_id",), "support_id", once=("office",)),
    ),
    refs=(OFFICE, organisation(), Ref("contact_code", "contact_id", office_contact, "code", UNKNOWN_CONTACT)),
    check=check,
    fixed=("code", "office_code"),
    constraints={
        "support_once": refusal(REPEATED),
        "support_requester": refusal(REQUESTER),
        "support_days": refusal(DAYS),
        "support_contact_office": refusal(OTHER_CONTACT),
        "support_enquiry_channel": refusal(CHANNEL),
        "support_countable": refusal(REASON),
        "support_message": refusal(MESSAGE),
    },
    version="2026.1",
)
