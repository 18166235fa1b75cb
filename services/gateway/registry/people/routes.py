"""The command on posts: an officer hands over (引継ぎ) to a successor."""

from fastapi import APIRouter, Request
from pydantic import ConfigDict, JsonValue
from starlette.responses import Response

from services.gateway.registry import access
from services.gateway.registry.people import service
from services.gateway.registry.people.resource import posts
from services.kit.auth.scope import Rule
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, reader
from services.kit.http.openapi import problems
from services.kit.wire import Code, Day, Email, Kana, Line, Name, Wire

_EXAMPLE: JsonValue = {
    "name": "霧杜 健",
    "name_kana": "キリモリ ケン",
    "email": "kirimori@city.example",
    "handed_over_on": "2027-04-01",
}
RULES: dict[str, Rule] = {"directory_post_hand_overs_create": access.HANDS_OVER}


class HandOver(Wire):
    """Somebody of the directory by number, or a name and an e-mail address; what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    successor_number: Code | None = None
    name: Name | None = None
    name_kana: Kana | None = None
    email: Email | None = None
    handed_over_on: Day | None = None
    title: Line | None = None
    department: Line | None = None


async def hand_over(request: Request, session: Writing, ref: Reference, body: HandOver) -> Response:
    found = await listing.find(posts, await listing.inside(session), ref)
    await listing.lock(posts, session, found["id"])
    post = await listing.find(posts, await listing.inside(session), str(found["id"]))
    identity = await service.hand_over(session, post, body.model_dump())
    response = await listing.read(posts, await listing.inside(session), str(identity), request, session)
    response.status_code = 201
    response.headers["Location"] = f"/directory/v1/posts/{identity}"
    return response


def mount_hand_overs(router: APIRouter) -> dict[str, Rule]:
    (operation,) = RULES
    router.add_api_route(
        "/posts/{ref}/hand-overs", called(hand_over, "hand_over_posts", posts), methods=["POST"], status_code=201,
        operation_id=operation, summary="Hand an officer's post over to a successor", tags=["posts"],
        responses={**problems(404, 409, 413, 415, 422), 201: {"model": reader(posts), "description": "OK"}},
        response_model=None,
    )  # fmt: skip
    return RULES
