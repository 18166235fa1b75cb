"""The commands on panels, each by a person: a member joins, the ranking is signed."""

from uuid import UUID

from services.grants import access
from services.grants.panels import service
from services.grants.panels.resource import panel_members, panels
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Wire

RULES = {f"grants_panels_{verb}": access.HANDLES for verb in ("add_member", "rank")}


class Membership(Wire):
    person_id: UUID


async def add_member(session: WriteSession, one: Record, body: Membership) -> UUID:
    return await service.add_member(session, one["id"], body.person_id)


async def rank(session: WriteSession, one: Record) -> None:
    await service.rank(session, one["id"])


router = router_for("grants")
command(
    router, panels, "add_member", "members", add_member, "Add a member: a person who serves in the section today",
    body=Membership, answers=panel_members,
)  # fmt: skip
command(
    router, panels, "rank", "rankings", rank, "Sign the ranking of all applications of the round: it stays as it is",
)  # fmt: skip
