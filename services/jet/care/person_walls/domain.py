"""Rules of walls between persons."""

from datetime import date
from uuid import UUID

from services.kit.errors import Refusal
from services.kit.japan.fiscal_year import first_day, fiscal_year_of
from services.kit.text import Text

OWN_WALL = Refusal(
    "wall_is_your_own", "conflict",
    Text("自分に関わる壁は、設けることも解除することもできません", "A wall that names you is not yours to set or to lift"),
    Text("ほかの担当者に依頼してください。", "Ask another officer."),
)  # fmt: skip

# Whole fiscal years for which a wall is kept that nobody needs: a sample, since the rule is CLAIR's. The database holds one.
KEEP_YEARS = 1


def removed_before(today: date) -> date:
    """A wall that was last needed before this day is removed."""
    return first_day(fiscal_year_of(today) - KEEP_YEARS)


def of_others(officer: UUID | None, counsellor: UUID, participant: UUID) -> bool:
    """Whom a wall names has no part in it."""
    return officer not in (counsellor, participant)
