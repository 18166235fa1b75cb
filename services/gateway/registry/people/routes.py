"""The command on posts: an officer hands over (引継ぎ) to a successor."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import ConfigDict, JsonValue

from services.gateway.registry import access
from services.gateway.registry.people import service
from services.gateway.registry.people.resource import posts
from services.kit.auth.scope import Rule
from services.kit.db.session import Record, WriteSession, inside
from services.kit.http import listing
from services.kit.http.commands import command
from services.kit.wire import Code, Day, Email, Kana, Line, Name, Wire

_EXAMPLE: JsonValue = {
    "name": "霧杜 健",
    "name_kana": "キリモリ ケン",
    "email": "kirimori@city.example",
    "handed_over_on": "2027-04-01",
}
RULES: dict[str, Rule] = {"directory_posts_hand_over": access.HANDS_OVER}


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


async def hand_over(session: WriteSession, found: Record, body: HandOver) -> UUID:
    await listing.lock(posts, session, found["id"])
    post = await listing.find(posts, await inside(session), str(found["id"]))
    return await service.hand_over(session, post, body.model_dump())


def mount_hand_overs(router: APIRouter) -> dict[str, Rule]:
    summary = "Hand an officer's post over to a successor"
    command(router, posts, "hand_over", "hand-overs", hand_over, summary, body=HandOver)
    return RULES
