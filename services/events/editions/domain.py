"""Rules of editions (開催): how one stands, and why."""

from datetime import date
from typing import Literal

from services.kit.findings import Finding
from services.kit.text import Text

Part = Literal["hosted", "cohosted", "joined"]  # 主催, 共催, 参加
Standing = Literal["as_planned", "postponed", "not_held"]
State = Literal["planned", "held", "postponed", "not_held"]
REASON = Finding(
    "standing_without_reason",
    Text(
        "延期・中止には理由が必要です。予定どおりのときは理由を書きません",
        "A postponement or a cancellation has a reason, and what goes as planned has none",
    ),
    Text(
        "理由を入力するか、状況を「予定どおり」にしてください。",
        "Give the reason, or say that it goes as planned.",
    ),
)


def check_standing(standing: Standing, reason: str | None) -> list[tuple[str, Finding]]:
    """Mirrored by the constraint edition_reason."""
    return [] if (standing == "as_planned") == (reason is None) else [("standing_reason", REASON)]


def state(standing: Standing, last_day: date | None, today: date) -> State:
    """Held, once a leg that was not cancelled is over; `last_day` is the first of these."""
    if standing != "as_planned":
        return standing
    return "held" if last_day is not None and last_day < today else "planned"
