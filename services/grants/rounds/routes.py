"""The commands on rounds, each signed by a person: the public notice, an extension for all, and the cancellation."""

from typing import Annotated
from uuid import UUID

from services.grants import access
from services.grants.rounds import service
from services.grants.rounds.extensions import round_extensions
from services.grants.rounds.resource import rounds
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Called, Instant, Line, Wire

RULES = {f"grants_rounds_{verb}": access.SIGNS for verb in ("announce", "extend", "cancel")}


class Extension(Wire):
    closes_at: Annotated[Instant, Called("round_closes_at")]
    reason: Annotated[Line, Called("extension_reason")]


class RoundCancellation(Wire):
    cancelled_reason: Line


async def announce(session: WriteSession, one: Record) -> None:
    await service.announce(session, one["id"])


async def extend(session: WriteSession, one: Record, body: Extension) -> UUID:
    return await service.extend(session, one["id"], body.closes_at, body.reason)


async def cancel(session: WriteSession, one: Record, body: RoundCancellation) -> None:
    await service.cancel(session, one["id"], body.cancelled_reason)


router = router_for("grants")
command(
    router, rounds, "announce", "announcements", announce, "Announce a round: from now on it is public, and stays as it is",
)  # fmt: skip
command(
    router, rounds, "extend", "extensions", extend, "Move the deadline of an announced round to a later instant, for all",
    body=Extension, answers=round_extensions,
)  # fmt: skip
command(
    router, rounds, "cancel", "cancellations", cancel, "Cancel a round and say why; it stays readable",
    body=RoundCancellation,
)  # fmt: skip
