"""Versions of the form (様式の版) of an edition, numbered by the database. They are written one by one, and never in bulk:
a document of nested parts is no row of a table."""

from typing import Annotated, Any, Literal
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Select, func, or_, select

from services.grants import access
from services.grants.applications.tables import application, within_reach
from services.grants.form import Form
from services.grants.forms import service
from services.grants.forms.domain import FORM_VERSION, FROZEN
from services.grants.tables import announced, edition, form_version, grant_round, own
from services.grants.terms import EDITION, GrantCode
from services.grants.versions import STATES, state
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Part, Resource
from services.kit.wire import Called, Instant, Only, Wire, choice

State = Literal["draft", "frozen"]


class FormVersionWrite(Wire):
    edition_code: GrantCode
    form_schema: Form


class FormVersion(FormVersionWrite):
    id: UUID
    code: Annotated[str, Called("form_code")]
    number: Annotated[int, Called("version_number")]
    state: Annotated[State, choice("form_version_state", STATES)]
    frozen_at: Instant | None
    frozen_by: Annotated[UUID | None, Only("grant_officer", "service")] = None


def source(_: Basis) -> Select[Any]:
    v, e = form_version.c, edition.c
    return select(
        v.id, e.code.label("edition_code"), v.code, v.number, v.form_schema,
        state(form_version).label("state"), v.frozen_at, v.frozen_by, v.row_version,
    ).join_from(form_version, edition, e.id == v.edition_id)  # fmt: skip


def _been_under() -> ColumnElement[bool]:
    """That an application which the caller reads is under this version, or was."""
    a, v = application.c, form_version.c
    stands = or_(a.form_version_id == v.id, func.jsonb_exists(a.left_over, v.code, type_=Boolean))
    return select(a.id).where(stands, within_reach()).exists()


form_versions = Resource(
    service="grants",
    schema="grants",
    name="form_version",
    plural="form-versions",
    read=FormVersion,
    write=FormVersionWrite,
    source=source,
    access={verb: rule for verb, rule in access.KEPT_BY_SECTIONS.items() if verb != "import"},
    own=own(form_version.c.section, or_(announced(grant_round.c.form_version_id == form_version.c.id), _been_under())),
    filters={
        "edition_code": equals(edition.c.code),
        "fiscal_year": equals(edition.c.fiscal_year, int),
        "state": equals(state(form_version), State),
    },
    sorts=("code",),
    code="code",
    parts=(Part(form_version, ()),),
    refs=(EDITION,),
    check=service.check,
    fixed=("edition_code",),
    actions=(
        Action(
            "freeze", "/grants/v1/form-versions/{id}/freezes", ("grant_officer",),
            lambda row: FORM_VERSION.why_closed("freeze", row["state"]),
        ),
    ),
    version="2026.1",
    constraints={"form_version_frozen": Refusal(FROZEN.code, "conflict", FROZEN.message, FROZEN.remedy)},
)  # fmt: skip
