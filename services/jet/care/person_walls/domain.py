"""Rules of walls between persons."""

from uuid import UUID

from services.kit.errors import Refusal
from services.kit.text import Text

OWN_WALL = Refusal(
    "wall_is_your_own", "conflict",
    Text("自分に関わる壁は、設けることも解除することもできません", "A wall that names you is not yours to set or to lift"),
    Text("ほかの担当者に依頼してください。", "Ask another officer."),
)  # fmt: skip


def of_others(officer: UUID | None, counsellor: UUID, participant: UUID) -> bool:
    """Whom a wall names has no part in it."""
    return officer not in (counsellor, participant)
