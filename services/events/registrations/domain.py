"""Rules of registrations (参加申込): for which legs and until when, whose they are, and who is checked in.

Who was there is counted from check-ins. Views of a recording are a count of their own and never registrations.
"""

import hashlib
from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from services.kit.capacity.domain import CLAIM
from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.japan.names import search_key
from services.kit.text import Text
from services.kit.wall_time import zone

State = Literal["waiting", "offered", "confirmed", "released", "lapsed"]
STATES = get_args(State)
CLOSED = ("released", "lapsed")
LOCAL = ("organisation", "host_authority")

NO_REGISTRATIONS = Finding(
    "leg_takes_no_registrations",
    Text("この日程では参加申込みを受け付けていません", "This leg takes no registrations"),
    Text(
        "日程コードを確認してください。受け付ける日程には、担当者が受付期間を登録します。",
        "Check the code. The officer enters the time of registration at the leg.",
    ),
)
OFF = Finding(
    "leg_is_off",
    Text("この日程は中止または延期になりました", "This leg is cancelled, or postponed"),
    Text("別の日程を選んでください。", "Choose another leg."),
)
SHUT = Finding(
    "registration_closed",
    Text("今は参加申込みの受付期間ではありません", "Registration is not open now"),
    Text(
        "日程の受付期間を確認し、期間の外のときは事務所に連絡してください。",
        "See when it is at the leg; outside it, ask the office.",
    ),
)
NOT_YOURS = Finding(
    "organisation_not_yours",
    Text("自分の団体の参加者だけを申し込めます", "You register people of your own organisation"),
    Text("団体コードを空欄にするか、自分の団体のコードを入力してください。", "Leave the code out, or give your own."),
)  # fmt: skip
OFFICERS_ALONE = Finding(
    "for_officers_alone",
    Text("この項目は CLAIR の担当者だけが入力します", "CLAIR's officers alone give this"),
    Text("この項目を外してください。", "Leave it out."),
)
REGISTERED = Refusal(
    "already_registered", "conflict",
    Text("この方はこの日程にすでに申し込まれています", "This person is registered for the leg already"),
    Text("参加申込みの一覧で状態を確認してください。", "See the state in the list of registrations."),
)  # fmt: skip
OTHERWISE = Finding(
    "registered_otherwise",
    Text("人数の違う申込みがすでにあります", "There is a registration of another number of persons"),
    Text(
        "変えるときは、取り下げてから改めて申し込んでください。",
        "Withdraw it and register anew to change that.",
    ),
)
TOO_MANY = Finding(
    "more_than_registered",
    Text("来場人数が申込みの人数より多くなっています", "More have come than are registered"),
    Text(
        "申込みの人数までで入力し、ほかの方は新しく申し込んでください。",
        "Give as many as are registered, and register the others.",
    ),
)
_NO_SEAT = Text(
    "席が確定していない申込みです。先に確定してください。",
    "This registration has no seat yet. Confirm it first.",
)
_TOO_EARLY = Text(
    "開催地の日付で、まだ開催の初日になっていません。", "It is not yet the first day of the leg at its venue."
)
IS_OFF = Text("中止または延期になった日程です。", "The leg is cancelled, or postponed.")
_CAME = Text("すでに受付済みです。", "Checked in already.")
_CAME_NOT = Text("受付の記録がありません。", "There is no check-in to undo.")
_ATTENDED = Text(
    "受付済みのため取り下げられません。誤りのときは、先に受付を取り消してください。",
    "Who has been checked in cannot withdraw. If that is wrong, undo the check-in first.",
)


def digest(leg: UUID, name: str, email: str) -> bytes:
    """By what the same person is known again at a leg, and at no other."""
    return hashlib.sha256(f"{leg} {search_key(name)} {email.casefold()}".encode()).digest()


def shut(
    role: str, takes: bool, off: bool, opens: datetime | None, closes: datetime | None, now: datetime
) -> Finding | None:
    """Half-open. Officers enter what has reached them otherwise, before and after."""
    if not takes or opens is None or closes is None:
        return NO_REGISTRATIONS
    if off:
        return OFF
    return SHUT if role in LOCAL and not opens <= now < closes else None


def begun(starts_on: date, time_zone: str, now: datetime) -> bool:
    """Whether it is the first day at the venue, or later."""
    where = zone(time_zone)
    return where is not None and starts_on <= now.astimezone(where).date()


def why_closed(action: str, state: str, came: bool, off: bool, has_begun: bool) -> Text | None:
    if action == "undo_check_in":
        return None if came else _CAME_NOT
    if action == "check_in":
        if came:
            return _CAME
        if state != "confirmed":
            return _NO_SEAT
        return IS_OFF if off else None if has_begun else _TOO_EARLY
    if action == "withdraw" and came:
        return _ATTENDED
    if action == "confirm" and off:
        return IS_OFF
    return CLAIM.why_closed("release" if action == "withdraw" else action, state)
