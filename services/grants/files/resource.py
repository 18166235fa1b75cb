"""Files of applications (添付書類): which there are, and what was found of them. The bytes are served beside."""

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Select, func, select

from services.grants import access
from services.grants.applications.tables import application, file, within_reach
from services.grants.files.domain import VERDICTS, Verdict
from services.kit.fields import equals
from services.kit.resource import Basis, Resource
from services.kit.wire import Called, Instant, Wire, choice


class ApplicationFile(Wire):
    """`verdict`: pending where nothing has looked at it. `removed_at`: no part of the application any more."""

    id: UUID
    application_id: Annotated[UUID, Called("grant_application_id")]
    document_code: str
    file_name: Annotated[str, Called("file_name")]
    media_type: str
    size: int
    sha256: str
    verdict: Annotated[Verdict, choice("verdict", VERDICTS)]
    arrived_at: Instant
    removed_at: Instant | None


def source(_: Basis) -> Select[Any]:
    f = file.c
    return select(
        f.id, f.application_id, f.document_code, f.file_name, f.media_type, f.size,
        func.encode(f.sha256, "hex").label("sha256"), f.verdict, f.arrived_at, f.removed_at, f.row_version, f.blob_id,
    ).join_from(file, application, application.c.id == f.application_id)  # fmt: skip


application_files = Resource(
    service="grants",
    schema="grants",
    name="application_file",
    plural="application-files",
    read=ApplicationFile,
    source=source,
    access={"list": access.APPLICATIONS, "read": access.APPLICATIONS},
    own=within_reach(),
    filters={"application_id": equals(file.c.application_id, UUID)},
    sorts=("arrived_at",),
)
