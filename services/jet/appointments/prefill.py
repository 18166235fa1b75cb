"""What the form of appointments is filled with: those that run or are to come, and the people who are placed
and not yet appointed, for whom the form is there.

Nobody is in it whose row the import would refuse. The name beside the number tells a clerk whom a row is about.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, and_, cast, func, null, select, text, union_all

from services.jet import access
from services.jet.participants.domain import GONE
from services.jet.participants.resource import named, opened
from services.jet.tables import appointment, participant, participation, placement
from services.jet.terms import JobType
from services.kit import directory, temporal
from services.kit.directory import visible
from services.kit.fields import equals, holds_on
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Basis, Prefill


def _waiting() -> Select[Any]:
    """Open placements that have not led to an appointment of their year, with the job type of the
    participation that they belong to."""
    p, n = placement.c, participation.c
    stint = participation.alias("stint")
    latest = select(func.max(stint.c.programme_year)).where(
        stint.c.participant_id == p.participant_id, stint.c.programme_year <= p.programme_year
    )
    led_to = select(appointment.c.id).where(
        appointment.c.participant_id == p.participant_id,
        appointment.c.organisation_id == p.organisation_id,
        appointment.c.programme_year == p.programme_year,
    )
    return (
        select(
            p.id, participant.c.jet_number, directory.organisation.c.code.label("organisation_code"),
            p.programme_year, n.job_type, p.participant_id, p.organisation_id, p.row_version,
        )
        .join_from(placement, participant, participant.c.id == p.participant_id)
        .join(directory.organisation, directory.organisation.c.id == p.organisation_id)
        .join(participation, n.participant_id == p.participant_id)
        .where(
            n.programme_year == latest.scalar_subquery(),
            *(n.state != state for state in GONE),
            p.programme_year >= func.extract("year", temporal.TODAY - text("interval '7 months'")),
            ~led_to.exists(),
        )
    )  # fmt: skip


def form(source: Callable[[Basis], Select[Any]]) -> Prefill:
    """`source` selects appointments as a reader sees them."""
    a = appointment.c
    served = (
        source(Basis())
        .add_columns(a.participant_id, a.organisation_id, a.effective)
        .where(a.ends_on >= temporal.TODAY)
    )
    waiting = _waiting().subquery("waiting")
    known = waiting.c
    blank = [
        (known[one.name] if one.name in known else cast(null(), one.type)).label(one.name)
        for one in served.selected_columns
    ]
    rows = union_all(served, select(*blank)).subquery("form")
    shown = named(rows)
    return Prefill(
        source=lambda _: shown,
        filters={
            "organisation": by_organisation(rows.c.organisation_id),
            "programme_year": equals(rows.c.programme_year, int),
            "job_type": equals(rows.c.job_type, JobType),
            "jet_number": equals(rows.c.jet_number),
            "on": holds_on(rows.c.effective),
        },
        own=and_(visible(rows.c.organisation_id), opened(rows.c.participant_id)),
        beside={"participant_name": access.PEOPLE},
    )
