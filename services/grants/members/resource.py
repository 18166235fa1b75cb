"""Members of joint bids (構成団体), with what each bears and whether it has consented."""

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Select, and_, select

from services.grants import access
from services.grants.applications.domain import NOT_YOURS
from services.grants.applications.tables import applicant, application, leads, member, within_reach
from services.grants.members.domain import CONSENTED, LEAD_ITSELF, NOT_CONSENTED, NOT_OF_MEMBER, TWICE
from services.kit.directory import organisation
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Instant, Wire


class ApplicationMember(Wire):
    id: UUID
    application_id: Annotated[UUID, Called("grant_application_id")]
    organisation_code: str
    organisation_name: str
    share_yen: int
    consented_at: Instant | None


def source(_: Basis) -> Select[Any]:
    m, a, o = member.c, application.c, organisation.c
    return (
        select(
            m.id, m.application_id, o.code.label("organisation_code"), o.name.label("organisation_name"), m.share_yen,
            m.consented_at, m.row_version, leads().label("leads"),
            and_(applicant().is_not(None), m.organisation_id == applicant()).label("itself"),
        )
        .join_from(member, application, a.id == m.application_id)
        .join(organisation, o.id == m.organisation_id)
    )  # fmt: skip


def _consent(row: Row) -> Text | None:
    if not row["itself"]:
        return NOT_OF_MEMBER.detail
    return CONSENTED.title if row["consented_at"] is not None else None


def _take_back(row: Row) -> Text | None:
    if not row["itself"]:
        return NOT_OF_MEMBER.detail
    return NOT_CONSENTED.title if row["consented_at"] is None else None


_HREF = "/grants/v1/application-members/{id}/"
_THEIRS = ("organisation", "host_authority")
application_members = Resource(
    service="grants",
    schema="grants",
    name="application_member",
    plural="application-members",
    read=ApplicationMember,
    source=source,
    access={"list": access.APPLICATIONS, "read": access.APPLICATIONS},
    own=within_reach(),
    filters={"application_id": equals(member.c.application_id, UUID)},
    sorts=("organisation_code",),
    actions=(
        Action("consent", f"{_HREF}consents", _THEIRS, _consent),
        Action("withdraw_consent", f"{_HREF}consent-withdrawals", _THEIRS, _take_back),
        Action(
            "remove",
            f"{_HREF}removals",
            _THEIRS,
            lambda row: None if row["leads"] else NOT_YOURS.detail,
        ),
    ),
    constraints={
        "application_member_once": TWICE,
        "application_member_of_another": LEAD_ITSELF,
    },
)
