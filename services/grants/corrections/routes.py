"""What an officer does with an application that is not in order."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictStr

from services.grants import access
from services.grants.applications.resource import applications
from services.grants.corrections import service
from services.grants.corrections.resource import corrections
from services.grants.rules import Code
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Called, Instant, Line, Passage, Wire

RULES = {f"grants_applications_{verb}": access.HANDLES for verb in ("request_correction", "dismiss")}
Pointer = Annotated[
    StrictStr,
    Field(pattern=r"^/(answers|budget|members|title|department|category_code)(/[a-z0-9_]{1,40}){0,4}$",
          examples=["/answers/title"]),
]  # fmt: skip


class CorrectionRequest(Wire):
    """`fields`: JSON pointers, such as `/answers/title` and `/budget/costs`; what stands below one may change too."""

    fields: Annotated[list[Pointer], Field(max_length=100)] = Field(default_factory=list)
    documents: Annotated[list[Code], Field(max_length=100), Called("correction_documents")] = Field(
        default_factory=list
    )
    reason: Annotated[Passage, Called("correction_reason")]
    due_at: Instant


class Dismissal(Wire):
    ended_reason: Line


async def request(session: WriteSession, one: Record, body: CorrectionRequest) -> UUID:
    return await service.request(session, one["id"], body.fields, body.documents, body.reason, body.due_at)


async def dismiss(session: WriteSession, one: Record, body: Dismissal) -> None:
    await service.dismiss(session, one["id"], body.ended_reason)


router = router_for("grants")
command(
    router, applications, "request_correction", "corrections", request,
    "Ask for a correction of what was submitted: what is to be mended, and until when",
    body=CorrectionRequest, answers=corrections,
)  # fmt: skip
command(
    router, applications, "dismiss", "dismissals", dismiss,
    "Dismiss an application whose correction did not come within its term", body=Dismissal,
)  # fmt: skip
