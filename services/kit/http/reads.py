"""Who read what: a read that shows restricted fields, or whose row of the access matrix is audited, is noted with
the records that it shows. The note is committed before the first byte goes out; if it cannot be kept, nothing is
shown.

It is a short transaction of its own: a page and a file of minutes are noted alike, and no write stays open while
an answer is sent. It names fields and parameters, and holds no value of theirs: people are searched for by name.
"""

from collections.abc import Sequence
from uuid import UUID

from fastapi import Request

from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.http.guard import admit, service_of
from services.kit.http.negotiate import Format
from services.kit.resource import Resource

# ids in one entry: a whole list is noted in several
PIECE = 5000


def watched(resource: Resource, request: Request) -> bool:
    """Whether this read is noted. One's own record is one's own to see."""
    scope = admit(request)
    rule = service_of(request).matrix[request.scope["route"].operation_id]
    return rule.audited or (scope.reach != "self" and bool(_fields(resource, scope.principal.role)))


def _fields(resource: Resource, role: str) -> list[str]:
    return [name for name, roles in resource.restricted.items() if role in roles]


async def note(
    resource: Resource, request: Request, shown: Sequence[UUID], form: Format = "json",
    session: WriteSession | None = None,
) -> None:  # fmt: skip
    """`session`: the write whose answer shows the record, and which notes that with its effect."""
    if not watched(resource, request):
        return
    if session is not None:
        await _store(session, resource, request, shown, form)
        return
    async with service_of(request).database.writing(admit(request)) as own:
        await _store(own, resource, request, shown, form)


async def _store(
    session: WriteSession, resource: Resource, request: Request, shown: Sequence[UUID], form: Format
) -> None:
    said = {
        "route": request.scope["route"].operation_id,
        "format": form,
        "fields": " ".join(_fields(resource, session.scope.principal.role)),
        "parameters": " ".join(sorted(set(request.query_params))),
    }
    if not resource.subjects:
        said["query"] = request.url.query
        shown = ()
    for start in range(0, max(1, len(shown)), PIECE):
        piece = shown[start : start + PIECE] if resource.subjects else None
        await audit.entry(
            session, service_of(request).schema, "read", resource.plural, after=said, subjects=piece
        )
