"""Signing in with a one-time link, for the desk alone (ADR 0022): links, sessions, their turns and their ends."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from pydantic import StringConstraints
from starlette.responses import Response

from services.gateway.registry.issuer.repository import Identity, Session
from services.gateway.registry.issuer.standing import Standing, narrowed, preferred, standings
from services.gateway.registry.sessions import letters, repository
from services.kit import audit, jobs
from services.kit.auth.scope import Rule
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal
from services.kit.http import json
from services.kit.http.guard import Writing
from services.kit.http.mount import router_for
from services.kit.http.once import private, shown_once
from services.kit.http.openapi import problems
from services.kit.text import Text
from services.kit.wire import Code, Email, Flag, Instant, Line, Wire

WRITE = Rule("sessions:write", {"service": "all"})
RULES = dict.fromkeys(
    (
        "identity_sign_in_links_create",
        "identity_sessions_create",
        "identity_session_turns_create",
        "identity_session_ends_create",
    ),
    WRITE,
)

# One answer for every way in which a link or a session does not hold.
NO_LINK = Refusal(
    "sign_in_link_void",
    "conflict",
    Text("このリンクは使えません", "This link does not hold"),
    Text(
        "リンクは15分以内に、求めたブラウザで1回だけ使えます。もう一度リンクを求めてください。",
        "A link works once, within 15 minutes, in the browser that asked for it. Ask for another.",
    ),
)
NO_SESSION = Refusal(
    "session_ended",
    "conflict",
    Text("サインインの期限が切れました", "The session has ended"),
    Text("もう一度サインインしてください。", "Sign in again."),
)
NO_STANDING = Refusal(
    "standing_unknown",
    "conflict",
    Text("その立場では今日は入れません", "You cannot come in as that today"),
    Text("表示された立場から選んでください。", "Choose one of those that are shown."),
)

Number = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class SignInLinkWrite(Wire):
    """`browser_sha256`: of the number that the asking browser keeps."""

    email: Email
    browser_sha256: Digest


class SignInLink(Wire):
    id: UUID


class SessionWrite(Wire):
    link_number: Number
    browser_sha256: Digest


class SessionTurnWrite(Wire):
    session_number: Number
    role: Line
    organisation_code: Code | None = None


class SessionEndWrite(Wire):
    session_number: Number
    everywhere: Flag = False


class SessionStanding(Wire):
    role: str
    organisation_code: str | None


class BegunSession(Wire):
    """`session_number` is in the first answer alone, never in a replay."""

    id: UUID
    person_id: UUID
    until_instant: Instant
    standing: SessionStanding
    session_number: str | None = None


router = router_for("identity")


def _said(codes: tuple[int, ...], model: type[Wire]) -> dict[int | str, dict[str, Any]]:
    return {**problems(*codes), 201: {"model": model, "description": "OK"}}


@router.post(
    "/sign-in-links",
    operation_id="identity_sign_in_links_create",
    summary="Ask for a one-time link by mail; the answer is the same for every address",
    tags=["sessions"],
    status_code=202,
    responses={**problems(409, 413, 415, 422), 202: {"model": SignInLink, "description": "Accepted"}},
    response_model=None,
)
async def ask(session: Writing, body: SignInLinkWrite) -> Response:
    asked = await repository.ask(session, body.email, bytes.fromhex(body.browser_sha256))
    await jobs.enqueue(session, "identity", letters.ENTRYPOINT, asked)
    return Response(json.write({"id": asked}), status_code=202, media_type="application/json")


@router.post(
    "/sessions",
    operation_id="identity_sessions_create",
    summary="Begin a session with a one-time link, which it uses up",
    tags=["sessions"],
    status_code=201,
    responses=_said((409, 413, 415, 422), BegunSession),
    response_model=None,
)
async def begin(request: Request, session: Writing, body: SessionWrite) -> Response:
    person = await repository.use_link(session, body.link_number, bytes.fromhex(body.browser_sha256))
    if person is None:
        raise NO_LINK()
    standing = preferred(await _standings(session, person))
    if standing is None:
        raise NO_LINK()
    begun, number, until = await repository.begin(session, person, standing.role, standing.organisation)
    await _noted(session, "create", "sessions", begun, person, standing)
    kept = _session(begun, person, standing, until)
    return await shown_once(request, kept, kept | {"session_number": number})


@router.post(
    "/session-turns",
    operation_id="identity_session_turns_create",
    summary="Go on in another standing; the session gets another number",
    tags=["sessions"],
    status_code=201,
    responses=_said((409, 413, 415, 422), BegunSession),
    response_model=None,
)
async def turn(request: Request, session: Writing, body: SessionTurnWrite) -> Response:
    one = await _running(session, body.session_number)
    found = narrowed(await _standings(session, one.person), body.role, body.organisation_code)
    standing = preferred(found)
    if standing is None:
        raise NO_STANDING()
    number = await repository.turn(session, one, standing.role, standing.organisation)
    await _noted(session, "create", "session-turns", one.id, one.person, standing)
    kept = _session(one.id, one.person, standing, one.expires_at)
    return await shown_once(request, kept, kept | {"session_number": number})


@router.post(
    "/session-ends",
    operation_id="identity_session_ends_create",
    summary="End a session, or all sessions of its person",
    tags=["sessions"],
    status_code=201,
    responses=_said((409, 413, 415, 422), SignInLink),
    response_model=None,
)
async def end(session: Writing, body: SessionEndWrite) -> Response:
    one = await _running(session, body.session_number)
    await repository.leave(session, one, everywhere=body.everywhere)
    after = {"person": one.person, "everywhere": body.everywhere}
    await audit.entry(session, "identity", "create", "session-ends", one.id, after=after)
    return private({"id": one.id})


async def _running(session: WriteSession, number: str) -> Session:
    found = await Identity(session).session(number, lock=True)
    if found is None:
        raise NO_SESSION()
    return found


async def _standings(session: WriteSession, person: UUID) -> set[Standing]:
    known = await Identity(session).person(str(person))
    return set() if known is None else standings(known)


async def _noted(
    session: WriteSession, action: str, what: str, identity: UUID, person: UUID, standing: Standing
) -> None:
    after: dict[str, Any] = {"person": person, "role": standing.role}
    if standing.organisation is not None:
        after["organisation"] = standing.organisation
    await audit.entry(session, "identity", action, what, identity, after=after)


def _session(identity: UUID, person: UUID, standing: Standing, until: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "person_id": person,
        "until_instant": until,
        "standing": {"role": standing.role, "organisation_code": standing.code},
    }
