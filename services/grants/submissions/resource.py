"""Submissions (提出) of applications with their receipts: numbered, and never changed. The whole of one is its snapshot."""

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Select, func, select

from services.grants import access
from services.grants.applications.domain import CHANNELS, Channel
from services.grants.applications.judging import NOT_CONSENTED
from services.grants.applications.tables import application, submission, within_reach
from services.grants.submissions.domain import NOT_MORE, STAYS
from services.grants.tables import grant_round
from services.kit.directory import organisation
from services.kit.errors import ACTION_CLOSED, Refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Basis, Resource
from services.kit.text import Text
from services.kit.wire import Called, Flag, Instant, Wire, choice


class Submission(Wire):
    """`arrived_at`: 到達, by which the deadline was judged; `entered_at`: when it was written down here."""

    id: UUID
    application_id: Annotated[UUID, Called("grant_application_id")]
    round_code: str
    organisation_code: str
    number: Annotated[int, Called("submission_number")]
    receipt_number: str
    channel: Annotated[Channel, choice("application_channel", CHANNELS), Called("application_channel")]
    arrived_at: Instant
    entered_at: Instant
    requested_yen: int
    computed_yen: int
    eligible: Flag
    sha256: str


def source(_: Basis) -> Select[Any]:
    s, a, r, o = submission.c, application.c, grant_round.c, organisation.c
    return (
        select(
            s.id, s.application_id, r.code.label("round_code"), o.code.label("organisation_code"), s.number,
            s.receipt_number, s.channel, s.arrived_at, s.entered_at, s.requested_yen, s.computed_yen, s.eligible,
            func.encode(s.sha256, "hex").label("sha256"), s.row_version,
        )
        .join_from(submission, application, a.id == s.application_id)
        .join(grant_round, r.id == a.round_id)
        .join(organisation, o.id == a.organisation_id)
    )  # fmt: skip


submissions = Resource(
    service="grants",
    schema="grants",
    name="grant_submission",
    plural="submissions",
    read=Submission,
    source=source,
    access={"list": access.APPLICATIONS, "read": access.APPLICATIONS},
    own=within_reach(),
    filters={
        "application_id": equals(submission.c.application_id, UUID),
        "round_code": equals(grant_round.c.code),
        "organisation_code": by_organisation(application.c.organisation_id),
        "receipt_number": equals(submission.c.receipt_number),
    },
    sorts=("arrived_at",),
    constraints={
        "submission_stays": STAYS,
        "submission_in_time": Refusal(
            ACTION_CLOSED.code, "conflict", ACTION_CLOSED.title,
            Text("締切を過ぎています。", "The deadline has passed."),
        ),
        "submission_not_more": Refusal(NOT_MORE.code, "conflict", NOT_MORE.message, NOT_MORE.remedy),
        "submission_of_all": Refusal(
            NOT_CONSENTED.code, "conflict", NOT_CONSENTED.message, NOT_CONSENTED.remedy
        ),
    },
)  # fmt: skip
