"""Rules of exhibitors (出展者): until when a company may change what it says of itself."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.kit.errors import ACTION_CLOSED
from services.kit.findings import Finding
from services.kit.text import Text

FAIR_HAS_OPENED = Finding(
    ACTION_CLOSED.code,
    ACTION_CLOSED.title,
    Text(
        "フェアが始まった後は変更できません。変更が必要なときは CLAIR に連絡してください。",
        "The fair has opened: nothing can be changed any more. Ask CLAIR where it has to be.",
    ),
)
UNKNOWN_NUMBER = Finding(
    "fair_day_number_unknown",
    Text("このフェアにない開催日の番号があります", "The fair has no day with this number"),
    Text(
        "開催日の番号を確認してください。全日なら空欄にしてください。",
        "Check the numbers; leave them out for all days.",
    ),
)


def describable(opens_at: datetime | None, now: datetime) -> Finding | None:
    """Half-open: from the fair's first opening on, its catalogue stands."""
    return FAIR_HAS_OPENED if opens_at is not None and now >= opens_at else None


def unknown_numbers(given: Sequence[int], numbers: Collection[int]) -> Finding | None:
    return None if set(given) <= set(numbers) else UNKNOWN_NUMBER
