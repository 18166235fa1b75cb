"""Rules of interviews (面談) at a fair: booked by a participant, or offered by an exhibitor and accepted; then held.

An offer holds its slot and binds nobody else. What is booked binds the person: no two at a time. Without consent to the
fair there is neither.
"""

from datetime import datetime

from services.kit.errors import ACTION_CLOSED, Refusal
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

ACTIVE = ("requested", "booked", "met")  # that hold their slot
OPEN = ("requested", "booked")  # that are still to come
_OVER = Text("この面談は取り消されたか、すでに終わっています。", "This interview was cancelled, or is over.")
_NO_OFFER = Text("回答を待っている面談の案内ではありません。", "It is no offer that waits for an answer.")
INTERVIEW = Machine(
    "fair_interview",
    "requested",
    (
        Transition("accept", ("requested",), "booked", _NO_OFFER),
        Transition("decline", ("requested",), "declined", _NO_OFFER),
        Transition("cancel", OPEN, "cancelled", _OVER),
        Transition("meet", ("booked", "met", "no_show"), "met", _OVER),
        Transition("miss", ("booked", "met", "no_show"), "no_show", _OVER),
    ),
)
SLOT_TAKEN = Refusal(
    "slot_taken", "conflict",
    Text("この枠はすでに予約されています", "This slot is taken"),
    Text("ほかの空いている枠を選んでください。", "Choose another slot that is free."),
)  # fmt: skip
BUSY_THEN = Refusal(
    "interview_overlaps", "conflict",
    Text("同じ時間に別の面談があります", "There is another interview at that time"),
    Text("時間の重ならない枠を選ぶか、先にもう一方を取り消してください。", "Choose a slot at another time, or cancel the other one first."),
)  # fmt: skip
NO_CONSENT = Finding(
    "consent_missing",
    Text("このフェアでの情報提供の同意がありません", "There is no consent to this fair"),
    Text(
        "面談には、このフェアの出展者への情報提供の同意と、確定した参加登録が必要です。",
        "An interview takes a confirmed registration, and consent to be shown to this fair's exhibitors.",
    ),
)
WITHOUT_CONSENT = Refusal(NO_CONSENT.code, "conflict", NO_CONSENT.message, NO_CONSENT.remedy)
UNKNOWN_SLOT = Finding(
    "interview_slot_unknown",
    Text("この面談の枠は見つかりません", "No such interview slot"),
    Text("面談の枠のIDを確認してください。", "Check the slot's id."),
)
UNKNOWN_CANDIDATE = Finding(
    "fair_candidate_unknown",
    Text("この求職者は見つかりません", "No such candidate"),
    Text("求職者のIDを一覧で確認してください。", "Check the candidate's id in the list."),
)
OTHER_DAY = Finding(
    "interview_on_another_day",
    Text("この枠は、参加登録とは別の開催日のものです", "The slot is on another day than the registration"),
    Text("参加登録した開催日の枠を選んでください。", "Choose a slot on the registration's own day."),
)
SLOT_CLOSED = Finding(
    ACTION_CLOSED.code,
    ACTION_CLOSED.title,
    Text(
        "この枠は受付を終えています。ほかの枠を選んでください。", "This slot is closed. Choose another one."
    ),
)
NO_OUTCOME = Finding(
    "outcome_without_meeting",
    Text("会わなかった面談に結果はありません", "An interview that nobody came to has no outcome"),
    Text(
        "結果を「なし」にするか、面談をしたと記録してください。",
        "Leave the outcome out, or record that they met.",
    ),
)
_TOO_EARLY = Text(
    "面談の結果は、開始時刻の後に記録できます。",
    "What became of an interview is recorded after its beginning.",
)


def bookable(closed: bool, starts_at: datetime, now: datetime) -> Finding | None:
    """Half-open: a slot cannot be taken at its beginning any more."""
    return SLOT_CLOSED if closed or now >= starts_at else None


def why_closed(action: str, state: str, starts_at: datetime, now: datetime) -> Text | None:
    if action in ("meet", "miss") and now < starts_at and state == "booked":
        return _TOO_EARLY
    if action == "accept" and now >= starts_at and state == "requested":
        return _OVER
    return INTERVIEW.why_closed(action, state)


def after(action: str, state: str) -> str:
    step = INTERVIEW.step(action, state)
    assert step is not None
    return step.after
