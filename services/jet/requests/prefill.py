"""What the form of the newest survey is filled with: what the organisation has answered so far; where it has not, a
row for each of its present people and, after them, last year's wishes.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, Text, Uuid, cast, false, func, literal, null, select, union_all

from services.jet import access
from services.jet.participants.domain import GONE
from services.jet.participants.resource import named
from services.jet.tables import (
    appointment,
    participant,
    participation,
    placement_request,
    placement_survey,
)
from services.kit import directory, temporal
from services.kit.directory import visible
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Basis, Prefill


def _surveyed() -> Any:
    return select(func.max(placement_survey.c.programme_year)).scalar_subquery()


def _unanswered(organisation: Any) -> Any:
    answer = placement_request.alias("answer")
    return (
        ~select(answer.c.id)
        .where(answer.c.organisation_id == organisation, answer.c.programme_year == _surveyed())
        .exists()
    )


def _people() -> Any:
    """Who serves now and has not left, once for each organisation."""
    a, n = appointment.c, participation.c
    stint = participation.alias("stint")
    latest = select(func.max(stint.c.programme_year)).where(
        stint.c.participant_id == a.participant_id, stint.c.programme_year < _surveyed()
    )
    today = temporal.TODAY
    return (
        select(
            func.max(cast(a.id, Text)).label("id"), a.organisation_id, a.participant_id, participant.c.jet_number,
            n.job_type,
        )
        .join_from(appointment, participant, participant.c.id == a.participant_id)
        .join(participation, (n.participant_id == a.participant_id) & (n.programme_year == latest.scalar_subquery()))
        .where(
            a.programme_year == _surveyed() - 1, a.ends_on >= today, *(n.state != state for state in GONE),
            _unanswered(a.organisation_id),
        )
        .group_by(a.organisation_id, a.participant_id, participant.c.jet_number, n.job_type)
        .subquery("people")
    )  # fmt: skip


def _kept(columns: Any) -> Select[Any]:
    """A row for each of the present people, its answer blank."""
    p = _people().c
    known = {
        "id": cast(p.id, Uuid),
        "organisation_code": directory.organisation.c.code,
        "jet_number": p.jet_number,
        "programme_year": _surveyed(),
        "line": func.row_number().over(partition_by=p.organisation_id, order_by=p.jet_number),
        "entry": literal("reappointment"),
        "job_type": p.job_type,
        "seats": literal(1),
        "row_version": literal(1),
        "organisation_id": p.organisation_id,
        "participant_id": p.participant_id,
    }
    flags = dict.fromkeys(
        ("exceptional", "elementary", "junior_high", "senior_high", "special_needs"), false()
    )
    made = known | flags
    return select(*(cast(made.get(one.name, null()), one.type).label(one.name) for one in columns)).join_from(
        p.id.table, directory.organisation, directory.organisation.c.id == p.organisation_id
    )


def _wished(columns: Any) -> Select[Any]:
    """Last year's new seats again, numbered after the people."""
    r, people = placement_request.alias("last").c, _people()
    before = (
        select(func.count())
        .select_from(people)
        .where(people.c.organisation_id == r.organisation_id)
        .scalar_subquery()
    )
    place = func.row_number().over(partition_by=r.organisation_id, order_by=r.line)
    changed = {
        "organisation_code": directory.organisation.c.code,
        "jet_number": null(),
        "programme_year": _surveyed(),
        "line": before + place,
    }
    return (
        select(
            *(cast(changed[n] if (n := one.name) in changed else r[n], one.type).label(n) for one in columns)
        )
        .join_from(r.id.table, directory.organisation, directory.organisation.c.id == r.organisation_id)
        .where(
            r.programme_year == _surveyed() - 1, r.entry == "new", r.seats > 0, _unanswered(r.organisation_id)
        )
    )


def form(source: Callable[[Basis], Select[Any]]) -> Prefill:
    """`source` selects requests as a reader sees them."""
    r = placement_request.c
    answered = (
        source(Basis())
        .add_columns(r.organisation_id, r.participant_id)
        .where(r.programme_year == _surveyed())
    )
    columns = answered.selected_columns
    rows = union_all(answered, _kept(columns), _wished(columns)).subquery("form")
    shown = named(rows)
    return Prefill(
        source=lambda _: shown,
        filters={"organisation": by_organisation(rows.c.organisation_id)},
        own=visible(rows.c.organisation_id),
        beside={"participant_name": access.PEOPLE},
    )
