"""Rules of bookings (相談の予約): booked, then held, missed or cancelled.

Until it begins either side may cancel; from then on its counsellor, or an officer, says whether it was held. Who was written down as
not having come may be found to have been there.
"""

from datetime import datetime
from typing import Literal

from services.kit.errors import Refusal
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

State = Literal["booked", "cancelled", "held", "no_show"]
CancelledBy = Literal["participant", "counsellor", "care"]

_OVER = Text("この予約は取り消されたか、すでに終わっています。", "This booking was cancelled, or is over.")
_EARLY = Text("開始時刻の後に記録できます。", "This is recorded after its beginning.")
_LATE = Text(
    "開始時刻を過ぎた予約は取り消せません。相談員に連絡してください。",
    "A booking cannot be cancelled once it has begun. Write to your counsellor.",
)
BOOKING = Machine(
    "care_booking",
    "booked",
    (
        Transition("cancel", ("booked",), "cancelled", _OVER),
        Transition("hold", ("booked", "no_show"), "held", _OVER),
        Transition("miss", ("booked",), "no_show", _OVER),
    ),
)
# one answer for whatever the reason is: taken, withdrawn, past, or never there for this person
NOT_FREE = Refusal(
    "booking_slot_not_free", "conflict",
    Text("この枠は空いていません", "This slot is not free"),
    Text("一覧を開き直して、ほかの枠を選んでください。", "Open the list again and choose another slot."),
)  # fmt: skip
BUSY_THEN = Refusal(
    "booking_overlaps", "conflict",
    Text("同じ時間に別の予約があります", "There is another booking at that time"),
    Text("時間の重ならない枠を選ぶか、先にもう一方を取り消してください。", "Choose a slot at another time, or cancel the other one first."),
)  # fmt: skip


def bookable(taken: bool, starts_at: datetime, now: datetime) -> bool:
    """Half-open: not at its beginning any more."""
    return not taken and now < starts_at


def why_closed(action: str, state: str, starts_at: datetime, now: datetime) -> Text | None:
    if state == "booked" and action == "cancel" and starts_at <= now:
        return _LATE
    if state == "booked" and action != "cancel" and now < starts_at:
        return _EARLY
    return BOOKING.why_closed(action, state)


def after(action: str, state: str) -> str:
    step = BOOKING.step(action, state)
    assert step is not None
    return step.after
