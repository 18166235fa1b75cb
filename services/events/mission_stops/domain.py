"""The rule of an itinerary: a stop lies within the mission's days."""

from datetime import date

from services.kit.findings import Finding
from services.kit.text import Text

OUTSIDE = Finding(
    "mission_stop_outside",
    Text("訪問日が派遣・訪問の期間の外になります", "A stop would lie outside the mission's days"),
    Text(
        "日程の日付を期間の中にするか、先に派遣・訪問の期間を直してください。",
        "Choose a day within them, or mend the mission's days first.",
    ),
)


def check_stop(held_on: date, starts_on: date, ends_on: date) -> list[tuple[str, Finding]]:
    """Mirrored by the constraint mission_stop_within."""
    return [] if starts_on <= held_on <= ends_on else [("held_on", OUTSIDE)]
