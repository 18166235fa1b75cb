"""Extensions (締切の延長) of rounds: each moves the deadline for all, with its reason and who signed it. None is changed."""

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Select, select

from services.grants import access
from services.grants.rounds.domain import NOT_LATER
from services.grants.tables import grant_round, own, round_extension
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.resource import Basis, Resource
from services.kit.wire import Called, Instant, Only, Wire


class RoundExtension(Wire):
    round_code: str
    id: UUID
    closed_at: Instant
    closes_at: Annotated[Instant, Called("round_closes_at")]
    reason: Annotated[str, Called("extension_reason")]
    extended_at: Instant
    extended_by: Annotated[UUID | None, Only("grant_officer", "service")] = None


def source(_: Basis) -> Select[Any]:
    x, r = round_extension.c, grant_round.c
    return select(
        x.id, r.code.label("round_code"), x.closed_at, x.closes_at, x.reason, x.extended_at, x.extended_by,
        x.row_version,
    ).join_from(round_extension, grant_round, r.id == x.round_id)  # fmt: skip


round_extensions = Resource(
    service="grants",
    schema="grants",
    name="round_extension",
    plural="round-extensions",
    read=RoundExtension,
    source=source,
    access={"list": access.PROGRAMMES, "read": access.PROGRAMMES},
    own=own(grant_round.c.section, grant_round.c.announced_at.is_not(None)),
    filters={"round_code": equals(grant_round.c.code)},
    sorts=("extended_at",),
    constraints={
        "round_extension_later": Refusal(NOT_LATER.code, "conflict", NOT_LATER.message, NOT_LATER.remedy)
    },
)
