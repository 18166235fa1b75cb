"""A service's calendar over HTTP: one address for all that has a time, made of sources that slices declare.

A source gives the entries that a caller may see. It takes part where its own row of the access matrix lets the caller
in, and where it knows every filter that was asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, create_model
from starlette.responses import Response

from services.kit import calendar, glossary
from services.kit.auth.scope import Reach, Rule, Scope
from services.kit.calendar import Entry
from services.kit.db.session import ReadSession
from services.kit.http import listing, problem
from services.kit.http.guard import Reading
from services.kit.http.mount import called
from services.kit.http.negotiate import only
from services.kit.http.openapi import problems
from services.kit.text import Language, Text

_MEDIA = calendar.MEDIA_TYPE.split(";", maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, how far that reaches in this source, in which language, and the filters that were given."""

    scope: Scope
    reach: Reach
    language: Language
    filters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """`filters`: the parameters that it knows, with their types."""

    rule: Rule
    entries: Callable[[ReadSession, Asked], Awaitable[list[Entry]]]
    filters: Mapping[str, Any]


def mount_calendar(
    router: APIRouter, service: str, sources: Iterable[Source], rule: Rule, title: Text, file: str = "",
    path: str = "calendar",
) -> dict[str, Rule]:  # fmt: skip
    """`rule`: who has a calendar here at all; one without a key has a `path` that begins with `public/`. `file`: the name
    of the file, where the service's own would tell too much."""
    told = tuple(sources)
    Model = _query(told)

    async def handler(request: Request, session: Reading, query: Annotated[Any, Query()]) -> Response:
        only(request.headers.get("accept", ""), _MEDIA)
        given = query.model_dump(exclude_none=True)
        language = given.pop("language", None) or problem.language(request.headers.get("accept-language", ""))
        found = [
            entry for source in told for entry in await _entries(source, session, language, given)
        ]  # fmt: skip
        found.sort(key=lambda entry: (entry.starts.isoformat(), entry.uid))
        body = await asyncio.to_thread(calendar.ics, found, title.within(language))
        headers = {
            "Content-Type": calendar.MEDIA_TYPE,
            "Content-Disposition": f'inline; filename="{file or f"{service}-calendar"}.ics"',
        }
        return listing.tagged(body, len(found), request, headers)

    operation = f"{service}_{path.replace('/', '_')}_read"
    summary = "What is announced" if rule.public else "Your calendar"
    listing.annotate(handler, query=Annotated[Model, Query()])
    answer: dict[str, Any] = {"description": "OK", "content": {_MEDIA: {"schema": {"type": "string"}}}}
    router.add_api_route(
        f"/{path}", called(handler, "read_calendar"), methods=["GET"], operation_id=operation,
        summary=f"{summary}, to be subscribed to (iCalendar)", tags=["calendar"], response_class=Response,
        responses=problems() | {200: answer, 304: {"description": "Not modified"}}, response_model=None,
    )  # fmt: skip
    return {operation: rule}


async def _entries(
    source: Source, session: ReadSession, language: Language, given: Mapping[str, Any]
) -> list[Entry]:
    principal = session.scope.principal
    reach: Reach | None = "all" if source.rule.public else source.rule.roles.get(principal.role)
    within = source.rule.public or source.rule.scope in principal.scopes
    if reach is None or not within or not given.keys() <= source.filters.keys():
        return []
    return await source.entries(session, Asked(session.scope, reach, language, given))


def _query(sources: Iterable[Source]) -> type[BaseModel]:
    parameters: dict[str, Any] = {
        name: (kind | None, Field(None, description=glossary.title(name).en))
        for source in sources
        for name, kind in source.filters.items()
    }
    parameters["language"] = (Literal["ja", "en"] | None, None)
    return create_model("CalendarQuery", __config__=ConfigDict(extra="forbid"), **parameters)
