"""Corrections (補正) that were asked for: of which submission, what is to be mended, and until when."""

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Select, select

from services.grants import access
from services.grants.applications.tables import application, correction, within_reach
from services.grants.corrections.domain import ONCE
from services.kit.fields import equals
from services.kit.resource import Basis, Resource
from services.kit.wire import Called, Instant, Wire


class Correction(Wire):
    id: UUID
    application_id: Annotated[UUID, Called("grant_application_id")]
    number: Annotated[int, Called("submission_number")]
    fields: list[str]
    documents: Annotated[list[str], Called("correction_documents")]
    reason: Annotated[str, Called("correction_reason")]
    due_at: Instant
    requested_at: Annotated[Instant, Called("correction_requested_at")]


def source(_: Basis) -> Select[Any]:
    c = correction.c
    return select(
        c.id,
        c.application_id,
        c.number,
        c.fields,
        c.documents,
        c.reason,
        c.due_at,
        c.requested_at,
        c.row_version,
    ).join_from(correction, application, application.c.id == c.application_id)


corrections = Resource(
    service="grants",
    schema="grants",
    name="correction",
    plural="corrections",
    read=Correction,
    source=source,
    access={"list": access.APPLICATIONS, "read": access.APPLICATIONS},
    own=within_reach(),
    filters={"application_id": equals(correction.c.application_id, UUID)},
    sorts=("due_at",),
    constraints={"correction_once": ONCE},
)
