"""Readings of a participant's own record: when it showed restricted fields, to whom and which.

They are the audit's entries of reads that name the participant among the records shown. Who sat at the tool is the
reader's affair: their role, their organisation and their tool are told.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, any_, func, literal, select

from services.jet import access
from services.kit import directory
from services.kit.db.tables import audit_entry
from services.kit.resource import Basis, Resource
from services.kit.wire import Instant, Wire

entry = audit_entry("jet")


class Reading(Wire):
    id: UUID
    read_at: Instant
    role: str
    organisation_code: str | None
    organisation_name: str | None
    client: str
    resource: str
    fields_shown: str


def source(_: Basis) -> Select[Any]:
    e, o = entry.c, directory.organisation.c
    return (
        select(
            e.id, e.at.label("read_at"), e.role, o.code.label("organisation_code"),
            o.name.label("organisation_name"), e.client, e.resource,
            func.coalesce(e.after.op("->>")("fields"), "").label("fields_shown"), literal(1).label("row_version"),
        )
        .join_from(entry, directory.organisation, o.id == e.organisation_id, isouter=True)
        .where(e.action == "read")
    )  # fmt: skip


readings = Resource(
    service="jet",
    schema="jet",
    name="reading",
    plural="readings",
    read=Reading,
    source=source,
    access={"list": access.OWN_READINGS},
    itself=lambda person: person == any_(entry.c.subjects),
    sorts=("read_at",),
)
