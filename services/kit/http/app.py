"""The application of a service: pools, walls, problem answers, health, and a matrix without gaps."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import asyncpg
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from services.kit import metrics, tracing
from services.kit.auth import keys
from services.kit.auth.scope import Rule
from services.kit.auth.tokens import InternalVerifier
from services.kit.db import watch
from services.kit.db.constraints import refusal_of, refusal_of_read
from services.kit.db.session import Database, Unreachable
from services.kit.errors import (
    ABSENT,
    FAULT,
    INVALID,
    MALFORMED,
    METHOD,
    PARAMETERS,
    UNAVAILABLE,
    Refusal,
    Refused,
)
from services.kit.http.context import RETRY, Context, refuse
from services.kit.http.cursor import Cursors
from services.kit.http.openapi import describe
from services.kit.http.service import Service
from services.kit.http.validation import field_errors
from services.kit.operations import worker_scope
from services.kit.settings import DatabaseSettings, Settings

Started = Callable[[FastAPI], Awaitable[None]]


def create_service(
    name: str,
    *,
    title: str,
    schema: str,
    routers: Sequence[APIRouter],
    matrix: dict[str, Rule],
    constraints: dict[str, Refusal],
    description: str = "",
    started: Started | None = None,
) -> FastAPI:
    """A service that starts only if each of its routes has a row in the access matrix, and each row a route."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        tracing.start(name)
        app.state.service = made = open_service(name, schema, matrix)
        await made.database.open()
        if started is not None:
            await started(app)
        yield
        await made.database.close()
        await asyncio.to_thread(tracing.stop)

    app = FastAPI(
        title=title, description=description, version="1", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False, swagger_ui_oauth2_redirect_url=None,
    )  # fmt: skip
    for router in routers:
        app.router.routes.extend(router.routes)  # flat: an included router is matched twice
    _without_gaps(app, matrix)
    _answers(app, constraints)
    document = lru_cache(lambda: describe(app, matrix))
    app.openapi = document  # type: ignore[method-assign]
    app.add_api_route("/openapi.json", lambda: JSONResponse(document()), include_in_schema=False)
    app.add_api_route("/healthz", lambda: JSONResponse({"status": "ok"}), include_in_schema=False)
    app.add_api_route("/readyz", _ready, include_in_schema=False)
    app.add_api_route("/metrics", _metrics, include_in_schema=False)
    app.add_middleware(Context, service=name)
    return app


def open_service(name: str, schema: str, matrix: dict[str, Rule]) -> Service:
    """The parts that a service and its worker share, from the environment."""
    settings = Settings()
    database = Database(
        DatabaseSettings().database_url,  # type: ignore[call-arg]
        read=settings.read_connections,
        write=settings.write_connections,
        export=settings.export_connections,
        statement_seconds=settings.statement_seconds,
        export_seconds=settings.export_seconds,
        statement_cache_size=settings.statement_cache_size,
    )
    door = keys.load_key(settings.keys / "door.public.jwk", "Ed25519")
    # to turn the key: the old one becomes cursor.previous.key, and its cursors still open
    sealing = [settings.keys / name for name in ("cursor.key", "cursor.previous.key")]
    cursors = Cursors([file.read_bytes() for file in sealing if file == sealing[0] or file.exists()])
    verifier = InternalVerifier(name, {str(door.kid): door})
    return Service(name, schema, matrix, database, verifier, cursors, settings.import_bytes)


def _without_gaps(app: FastAPI, matrix: dict[str, Rule]) -> None:
    routes = {
        route.operation_id for route in app.routes if isinstance(route, APIRoute) and route.include_in_schema
    }
    if unruled := sorted(str(route) for route in routes - matrix.keys()):
        raise RuntimeError(f"routes without a row in the access matrix: {', '.join(unruled)}")
    if idle := sorted(matrix.keys() - routes):
        raise RuntimeError(f"rows of the access matrix without a route: {', '.join(idle)}")


async def _ready(request: Request) -> Response:
    try:
        ready = await request.app.state.service.database.probe()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        ready = False
    if ready:
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "not ready"}, status_code=503, headers=RETRY)


async def _metrics(request: Request) -> Response:
    """No route of the contract: the door lets nobody here."""
    service = request.app.state.service
    await watch.look(service.name, service.schema, service.database, worker_scope(service.schema))
    shown = metrics.page(metrics.REGISTRY)
    return Response(shown.body, media_type=shown.content_type)


def _answers(app: FastAPI, constraints: dict[str, Refusal]) -> None:
    @app.exception_handler(Refused)
    async def refused(request: Request, exc: Refused) -> Response:
        return refuse(request, exc)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, exc: RequestValidationError) -> Response:
        places = {str(error["loc"][0]) for error in exc.errors() if error["loc"]}
        if "path" in places:
            return refuse(request, ABSENT())
        if any(error["type"] == "json_invalid" for error in exc.errors()):
            return refuse(request, MALFORMED())
        return refuse(request, (INVALID if places == {"body"} else PARAMETERS)(*field_errors(exc.errors())))

    @app.exception_handler(DBAPIError)
    async def database(request: Request, exc: DBAPIError) -> Response:
        answer = refusal_of(exc, constraints)
        if answer is None:
            raise exc
        return refuse(request, answer())

    @app.exception_handler(asyncpg.PostgresError)
    async def read(request: Request, exc: asyncpg.PostgresError) -> Response:
        answer = refusal_of_read(exc)
        if answer is None:
            raise exc
        return refuse(request, answer())

    @app.exception_handler(asyncpg.InterfaceError)
    async def lost(request: Request, exc: asyncpg.InterfaceError) -> Response:
        if isinstance(exc, ValueError):  # not the connection: a value that asyncpg cannot send
            raise exc
        return refuse(request, UNAVAILABLE())

    @app.exception_handler(Unreachable)
    @app.exception_handler(PoolTimeout)
    @app.exception_handler(TimeoutError)
    async def busy(request: Request, _exc: Exception) -> Response:
        return refuse(request, UNAVAILABLE())

    @app.exception_handler(HTTPException)
    async def other(request: Request, exc: HTTPException) -> Response:
        kinds: dict[int, Refusal] = {400: MALFORMED, 404: ABSENT, 405: METHOD}
        answer = refuse(request, kinds.get(exc.status_code, FAULT)())
        if exc.status_code == 405:
            answer.headers["Allow"] = ", ".join(sorted(_methods(request)))
        return answer


def _methods(request: Request) -> set[str]:
    """Every method of every route on this path; Starlette names only those of the first."""
    path: str = request.scope["path"]
    found: set[str] = set()
    routes: list[Any] = list(request.app.routes)
    for route in routes:
        if isinstance(route, APIRoute) and route.path_regex.match(path):
            found |= route.methods or set()
    return found
