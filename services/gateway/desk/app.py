"""The desk: pages for people with a browser. It holds no database role and calls the services through the door.

One list of modules makes the desk; a page without its row in the access matrix does not start.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.desk import contracts, page
from services.gateway.desk.calls import Calls
from services.gateway.desk.cookies import Cookies
from services.gateway.desk.entrance import Entrance
from services.gateway.desk.guard import Guard
from services.gateway.desk.page import Page, Pages
from services.gateway.desk.pages import (
    account,
    alumni,
    attendance,
    behalf,
    board,
    booth,
    care_cases,
    care_glass,
    care_meetings,
    care_messages,
    care_office,
    care_protection,
    care_refunds,
    care_released,
    care_slots,
    care_terms,
    care_walls,
    check_in,
    consolidation,
    due,
    event_check_in,
    event_edition,
    events,
    fair_desk,
    fairs,
    figures,
    files,
    find,
    grant_budget,
    grant_calls,
    grant_documents,
    grant_panel,
    grant_selection,
    grant_writing,
    grants,
    heads,
    interns,
    internship_desk,
    internships,
    missions,
    my_courses,
    myself,
    nominations,
    office,
    office_hand_over,
    office_log,
    officers,
    queries,
    readings,
    roster,
    running,
    runs,
    support,
    survey,
    uploads,
)
from services.gateway.desk.settings import DeskSettings
from services.gateway.desk.showing import Templates
from services.kit.http.context import Context

STATIC = Path(__file__).parent / "static"


class Task(Protocol):
    """A module with the pages of one task."""

    @property
    def pages(self) -> Pages: ...


# in the order of the menu; of two pages that an address could be of, the first has it
TASKS: tuple[Task, ...] = (
    office, events, missions, board, behalf, consolidation, due, survey, runs, running, check_in, attendance, nominations, heads, find, roster,
    figures, files, queries, officers, support, uploads, fair_desk, internship_desk, grant_calls, grants, grant_writing, grant_selection, grant_panel, grant_budget, grant_documents, office_log, office_hand_over, event_check_in,
    readings, event_edition, myself,
    my_courses, fairs, internships, alumni, care_meetings, care_messages, care_refunds, booth, interns, care_slots,
    care_cases, care_office, care_protection, care_glass, care_walls, care_terms, care_released,
    account,
)  # fmt: skip
PAGES: list[Page] = [row for task in TASKS for row in task.pages.rows]

# No page shows anything of elsewhere, or within elsewhere, or is kept.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guarded:
    """Pure ASGI, so that files stay streams. What is no file of ours for all is kept by nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                static = scope["path"].startswith("/desk/static/")
                headers["Cache-Control"] = "public, max-age=600" if static else "no-store"
            await send(message)

        await self._app(scope, receive, told)


def create_app() -> FastAPI:
    settings = DeskSettings()  # type: ignore[call-arg]
    operations = contracts.load(settings.api_folder)
    page.check(PAGES, operations)
    calls, cookies, templates = Calls(settings), Cookies(secure=settings.secure), Templates()

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        yield
        await calls.stop()

    app = FastAPI(title="Kakehashi desk", openapi_url=None, docs_url=None, redoc_url=None, lifespan=living)
    guard = Guard(settings, calls, cookies, templates, operations, PAGES)
    entrance = Entrance(settings, calls, cookies, templates, operations)
    app.add_middleware(Guarded)
    app.add_middleware(Context, service="desk")
    app.mount("/desk/static", StaticFiles(directory=STATIC))
    entrance.mount(app)
    guard.mount(app)
    guard.catch(app)

    @app.get("/readyz")
    async def ready() -> Response:
        return JSONResponse({"status": "ready"})

    return app
