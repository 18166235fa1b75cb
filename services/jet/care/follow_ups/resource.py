"""Follow-ups (フォローアップ): what a counsellor will come back to in a case, and until when."""

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Select

from services.jet.care import access
from services.jet.care.cases.resource import of_counsellor
from services.jet.care.content import follow_up, opener
from services.jet.care.spoken import filters, said
from services.kit.resource import Basis, Filter, Resource
from services.kit.wire import Called, Day, Instant, Passage, Wire


class FollowUpWrite(Wire):
    due_on: Day
    content: Annotated[Passage, Called("follow_up_content")]


class FollowUp(Wire):
    """`content` is null in the answer to a command, which is kept for a retry."""

    id: UUID
    case_id: UUID
    pseudonym: str
    due_on: Day
    done_at: Instant | None
    content: Annotated[str | None, Called("follow_up_content")]


def source(_: Basis) -> Select[Any]:
    f = follow_up.c
    return said(follow_up, f.due_on, f.done_at, f.content)


follow_ups = Resource(
    service="care",
    schema="care",
    name="follow_up",
    plural="follow-ups",
    read=FollowUp,
    source=source,
    access={"list": access.RECORDS, "read": access.RECORDS},
    itself=of_counsellor,
    filters=filters(follow_up)
    | {"done": Filter(bool, lambda given: follow_up.c.done_at.is_not(None) == given)},
    sorts=("due_on",),
    subject="case_id",
    sealed={"content": opener(follow_up, "content")},
)
