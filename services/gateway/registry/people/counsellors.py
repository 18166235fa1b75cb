"""Counsellors (相談員) of today, for whoever assigns cases. Who counsels is no secret; who is counselled stands nowhere
here."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.gateway.registry import access
from services.gateway.registry.people.domain import COUNSELLOR_SECTION
from services.gateway.registry.tables import organisation, person_detail, post
from services.kit import temporal
from services.kit.resource import Basis, Resource
from services.kit.wire import Wire


class Counsellor(Wire):
    """`id`: of the post; whoever counsels for two organisations has two."""

    id: UUID
    counsellor_id: UUID
    counsellor_name: str | None
    organisation_code: str
    organisation_name: str


def _counsellors(_: Basis) -> Select[Any]:
    p, o = post.c, organisation.c
    return (
        select(
            p.id, p.person_id.label("counsellor_id"), person_detail.c.name.label("counsellor_name"),
            o.code.label("organisation_code"), o.name.label("organisation_name"), p.row_version,
        )
        .join_from(post, organisation, o.id == p.organisation_id)
        .join(person_detail, person_detail.c.person_id == p.person_id, isouter=True)
        .where(p.section == COUNSELLOR_SECTION, p.effective.contains(temporal.TODAY))
    )  # fmt: skip


counsellors = Resource(
    service="directory", schema="identity", name="counsellor", plural="counsellors",
    read=Counsellor, source=_counsellors, access={"list": access.COUNSELLORS},
    sorts=("organisation_code",),
)  # fmt: skip
