"""Submissions (提出): what an organisation answered to a survey as a whole, its receipts (受付) and the remarks
(指摘) with which it was returned."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Date, Select, and_, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from services.jet import access
from services.jet.submissions.domain import closed
from services.jet.tables import (
    placement_receipt,
    placement_remark,
    placement_request,
    placement_submission,
    placement_survey,
)
from services.kit import directory
from services.kit.directory import organisation_is, visible
from services.kit.fields import Short, equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Action, Basis, Filter, Resource, Row
from services.kit.text import Text
from services.kit.wire import Instant, Wire, choice

State = Literal["draft", "submitted", "returned", "consolidated", "approved"]
Stated = Annotated[State, choice("submission_state", get_args(State))]
host = directory.organisation.alias("host")
membership = directory.hierarchy.alias("membership")


class PlacementSubmission(Wire):
    id: UUID
    organisation_code: str
    organisation_name: str
    host_code: str | None
    host_name: str | None
    programme_year: int
    state: Stated
    submitted_at: Instant | None
    late: bool | None
    host_deadline_at: Instant
    seats_requested: int
    seats_last_year: int
    reappointments: int
    leavers: int
    undecided: int
    consolidation_id: UUID | None


class PlacementReceipt(Wire):
    id: UUID
    submission_id: UUID
    organisation_code: str
    programme_year: int
    receipt_number: str
    arrived_at: Instant
    late: bool
    sha256: str
    import_id: UUID | None
    submitted_by_code: str | None
    on_behalf: bool


class PlacementRemark(Wire):
    id: UUID
    submission_id: UUID
    organisation_code: str
    programme_year: int
    line: int | None
    field: str | None
    remark: str
    made_at: Instant


def _sum(counted: Any, *clauses: Any, years: int = 0) -> ColumnElement[Any]:
    """Over the rows of the submission, or of the organisation's submission `years` before."""
    r, s = placement_request.alias(), placement_submission.c
    return (
        select(counted(r.c))
        .where(r.c.organisation_id == s.organisation_id, r.c.programme_year == s.programme_year - years)
        .where(*(clause(r.c) for clause in clauses))
        .scalar_subquery()
    )


def _answered(answer: str | None) -> ColumnElement[Any]:
    return _sum(
        lambda _: func.count(),
        lambda r: r.entry == "reappointment",
        lambda r: r.organisation_answer.is_not_distinct_from(answer),
    )


def _seats(years: int = 0) -> ColumnElement[Any]:
    return _sum(lambda r: func.coalesce(func.sum(r.seats), 0), lambda r: r.entry == "new", years=years)


def member(organisation: Any) -> ColumnElement[bool]:
    """Joins the membership of today."""
    h = membership.c
    return and_(h.member_id == organisation, h.effective.op("@>")(cast(func.platform.today(), Date)))


def host_of(organisation: Any) -> ColumnElement[bool]:
    """Joins the host authority (取りまとめ団体); who is nobody's member hands in for itself."""
    held: ColumnElement[bool] = host.c.id == func.coalesce(membership.c.host_id, organisation)
    return held


def submitted() -> Select[Any]:
    """Submissions with the organisation and its host authority."""
    s, o = placement_submission.c, directory.organisation.c
    return (
        select(
            s.id, s.organisation_id, o.code.label("organisation_code"), o.name.label("organisation_name"),
            host.c.code.label("host_code"), host.c.name.label("host_name"), s.programme_year, s.state,
            s.submitted_at, s.late, s.consolidation_id, s.row_version,
        )
        .join_from(placement_submission, directory.organisation, o.id == s.organisation_id)
        .join(membership, member(s.organisation_id), isouter=True)
        .join(host, host_of(s.organisation_id))
    )  # fmt: skip


def source(_: Basis) -> Select[Any]:
    s, v = placement_submission.c, placement_survey.c
    return (
        submitted()
        .add_columns(
            v.host_deadline_at, func.platform.now().label("_now"), _seats().label("seats_requested"),
            _seats(1).label("seats_last_year"), _answered("yes").label("reappointments"),
            _answered("no").label("leavers"), (_answered("undecided") + _answered(None)).label("undecided"),
        )
        .join(placement_survey, v.programme_year == s.programme_year)
    )  # fmt: skip


def _closed(action: str) -> Callable[[Row], Text | None]:
    def why(row: Row) -> Text | None:
        found = closed(action, row["state"], row["_now"], row["host_deadline_at"])
        return found.remedy if found is not None else None

    return why


def _action(name: str, command: str, *roles: str) -> Action:
    return Action(name, f"/jet/v1/placement-submissions/{{id}}/{command}", roles, _closed(name))


OF_HOST = Filter(Short, lambda given: organisation_is(host.c.id, given))
FILTERS = {
    "organisation": by_organisation(placement_submission.c.organisation_id),
    "programme_year": equals(placement_submission.c.programme_year, int),
    "state": equals(placement_submission.c.state, State),
    "late": equals(placement_submission.c.late, bool),
    "host_authority": OF_HOST,
}
placement_submissions = Resource(
    service="jet",
    schema="jet",
    name="placement_submission",
    plural="placement-submissions",
    read=PlacementSubmission,
    source=source,
    access={"list": access.REQUESTS, "read": access.REQUESTS},
    own=visible(placement_submission.c.organisation_id),
    filters=FILTERS,
    sorts=("organisation_code", "submitted_at"),
    actions=(
        _action("submit", "submissions", "coordinator", "organisation", "host_authority"),
        _action("return", "returns", "coordinator", "host_authority"),
    ),
)


def _receipts(_: Basis) -> Select[Any]:
    p, s, o = placement_receipt.c, placement_submission.c, directory.organisation.c
    by = directory.organisation.alias("submitter")
    return (
        select(
            p.id, p.submission_id, o.code.label("organisation_code"), s.programme_year, p.receipt_number, p.arrived_at,
            p.late, func.encode(p.sha256, "hex").label("sha256"), p.import_id, by.c.code.label("submitted_by_code"),
            p.submitted_by_id.is_distinct_from(p.organisation_id).label("on_behalf"), p.row_version,
        )
        .join_from(placement_receipt, placement_submission, s.id == p.submission_id)
        .join(directory.organisation, o.id == p.organisation_id)
        .join(by, by.c.id == p.submitted_by_id, isouter=True)
    )  # fmt: skip


placement_receipts = Resource(
    service="jet",
    schema="jet",
    name="placement_receipt",
    plural="placement-receipts",
    read=PlacementReceipt,
    source=_receipts,
    access={"list": access.REQUESTS, "read": access.REQUESTS},
    own=visible(placement_receipt.c.organisation_id),
    filters={
        "submission_id": equals(placement_receipt.c.submission_id, UUID),
        "organisation": by_organisation(placement_receipt.c.organisation_id),
        "programme_year": equals(placement_submission.c.programme_year, int),
        "receipt_number": equals(placement_receipt.c.receipt_number),
        "late": equals(placement_receipt.c.late, bool),
    },
    sorts=("arrived_at", "receipt_number"),
)


def _remarks(_: Basis) -> Select[Any]:
    m, s, o = placement_remark.c, placement_submission.c, directory.organisation.c
    return (
        select(
            m.id, m.submission_id, o.code.label("organisation_code"), s.programme_year, m.line, m.field, m.remark,
            m.made_at, m.row_version,
        )
        .join_from(placement_remark, placement_submission, s.id == m.submission_id)
        .join(directory.organisation, o.id == m.organisation_id)
    )  # fmt: skip


placement_remarks = Resource(
    service="jet",
    schema="jet",
    name="placement_remark",
    plural="placement-remarks",
    read=PlacementRemark,
    source=_remarks,
    access={"list": access.REQUESTS},
    own=visible(placement_remark.c.organisation_id),
    filters={
        "submission_id": equals(placement_remark.c.submission_id, UUID),
        "organisation": by_organisation(placement_remark.c.organisation_id),
        "programme_year": equals(placement_submission.c.programme_year, int),
    },
    sorts=("made_at", "line"),
)
