"""Rules of registrations for a fair's day, and of the consent to be shown to its exhibitors.

A consent is to one fair and names the fields that it opens. It can be replaced, and taken back at any time: whoever
takes it back, or leaves the fair, is seen by nobody from that moment on.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from services.kit.errors import ACTION_CLOSED, Refusal
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

# of a claim: who is in these takes part, or may still
HOLDS = ("waiting", "offered", "confirmed")
CONSENT = Machine(
    "fair_consent",
    "none",
    (
        Transition(
            "consent", ("none", "given", "withdrawn"), "given",
            Text("参加登録がありません。", "There is no registration."),
        ),
        Transition(
            "withdraw_consent", ("given",), "withdrawn",
            Text("撤回できる同意がありません。", "There is no consent to take back."),
        ),
    ),
)  # fmt: skip
NOT_REGISTERED_ANY_MORE = Text(
    "この参加登録は取り消されたか、席の案内の期限が過ぎています。",
    "This registration was withdrawn, or its offer has ended.",
)
ATTENDED = Text(
    "すでに来場しているため、取り消せません。", "Whoever has come cannot withdraw from the day any more."
)
CLOSED_DAY = Finding(
    ACTION_CLOSED.code,
    ACTION_CLOSED.title,
    Text(
        "このフェアの参加登録は終わったか、フェアが中止されました。",
        "Registration for this day is over, or the fair is cancelled.",
    ),
)
CHECKED_IN = Refusal(
    "checked_in_already", "conflict",
    Text("すでに来場が記録されています", "This person has been checked in already"),
    Text("一人につき一回だけ記録されます。続けて次の方を受け付けてください。", "Each is recorded once. Go on with the next."),
)  # fmt: skip
UNKNOWN_TICKET = Finding(
    "ticket_unknown",
    Text("この受付票は、この開催日のものではありません", "This ticket is not for this day"),
    Text("受付票の開催日を確認してください。", "Check which day the ticket is for."),
)
NOT_REGISTERED = Finding(
    "not_registered",
    Text(
        "この開催日に、この参加者の確定した登録はありません",
        "This person has no confirmed registration for the day",
    ),
    Text(
        "JET番号と開催日を確認し、先に参加登録を確定してください。",
        "Check the number and the day, and confirm the registration first.",
    ),
)
_NO_SEAT = Text(
    "席が確定していない登録です。先に確定してください。",
    "The registration has no seat yet. Confirm it first.",
)
_NOT_TODAY = Text("受付ができるのは開催日だけです。", "People check in on the day itself.")
NOT_BEGUN = Finding(
    "day_not_begun",
    Text("この開催日はまだ始まっていません", "The day has not begun"),
    Text("来場は、開催が始まってから記録してください。", "Attendance is recorded once the day has begun."),
)


def registrable(cancelled: bool, closes_at: datetime, now: datetime, past_facts: bool) -> Finding | None:
    """Half-open. `past_facts`: CLAIR's lists may tell of days that are over."""
    return CLOSED_DAY if cancelled or (now >= closes_at and not past_facts) else None


def consent_state(consented_at: datetime | None, withdrawn_at: datetime | None) -> str:
    return "given" if consented_at is not None else "withdrawn" if withdrawn_at is not None else "none"


def shown(profile: Mapping[str, object], shared: Sequence[str]) -> dict[str, object]:
    """What an exhibitor sees of a profile: the fields that the consent names, and nothing in the others."""
    return {name: value if name in shared else None for name, value in profile.items()}


def why_no_check_in(state: str, held_on: date, today: date) -> Text | None:
    return _NO_SEAT if state != "confirmed" else _NOT_TODAY if held_on != today else None
