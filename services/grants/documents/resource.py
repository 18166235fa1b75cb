"""Documents (文書) of applications: what the section issued and what it received, by their numbers."""

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Select, and_, any_, func, or_, select

from services.grants import access
from services.grants.applications.tables import applicant, application, handles, leads
from services.grants.documents.domain import KINDS, SERIES, SIGN_TAKEN, STAYS, VOIDED, Kind, Series
from services.grants.documents.tables import document, shown
from services.grants.tables import grant_round
from services.kit.directory import organisation
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Instant, Only, Wire, Year, choice


class Document(Wire):
    """`shown_from`: from when its applicant finds it; at once where none is named. `sha256`: of its content."""

    id: UUID
    code: Annotated[str, Called("document_number")]
    kind: Annotated[Kind, choice("document_kind", KINDS), Called("document_kind")]
    series: Annotated[Series, choice("document_series", SERIES), Called("document_series")]
    fiscal_year: Year
    number: Annotated[int, Called("document_place")]
    application_id: Annotated[UUID, Called("grant_application_id")]
    round_code: str
    organisation_code: str
    issued_on: Day
    sha256: Annotated[str, Called("document_sha256")]
    shown_from: Annotated[Instant | None, Only("grant_officer")] = None
    void_at: Annotated[Instant | None, Only("grant_officer")] = None
    void_reason: Annotated[str | None, Only("grant_officer")] = None


def source(_: Basis) -> Select[Any]:
    d, a, r, o = document.c, application.c, grant_round.c, organisation.c
    return (
        select(
            d.id, d.code, d.kind, d.series, d.fiscal_year, d.number, d.application_id, r.code.label("round_code"),
            o.code.label("organisation_code"), d.issued_on, func.encode(d.sha256, "hex").label("sha256"), d.shown_from,
            d.void_at, d.void_reason, d.row_version,
        )
        .join_from(document, application, a.id == d.application_id)
        .join(grant_round, r.id == a.round_id)
        .join(organisation, o.id == a.organisation_id)
    )  # fmt: skip


def _void(row: Row) -> Text | None:
    return None if row["void_at"] is None else VOIDED


documents = Resource(
    service="grants",
    schema="grants",
    name="grant_document",
    plural="documents",
    read=Document,
    source=source,
    access={"list": access.APPLICATIONS, "read": access.APPLICATIONS},
    own=or_(handles(), and_(or_(leads(), applicant() == any_(application.c.member_ids)), shown())),
    code="code",
    filters={
        "kind": equals(document.c.kind, Kind),
        "application_id": equals(document.c.application_id, UUID),
        "fiscal_year": equals(document.c.fiscal_year, int),
        "series": equals(document.c.series, Series),
    },
    sorts=("issued_on", "number"),
    actions=(
        Action("void", "/grants/v1/documents/{id}/voids", ("grant_officer",), _void),
        Action("reissue", "/grants/v1/documents/{id}/reissues", ("grant_officer",), _void),
    ),
    constraints={"document_stays": STAYS, "document_code_key": SIGN_TAKEN},
)
