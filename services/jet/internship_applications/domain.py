"""Rules of applications for an internship (応募): when they are open, and what a list of preferences holds.

The time for applications is half-open: what arrives at its end is late. It binds applicants; CLAIR enters what came
on paper. A withdrawal ends an application; within the time the applicant may hand it in again by changing it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from services.kit.errors import ACTION_CLOSED
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

APPLICATION = Machine(
    "internship_application",
    "submitted",
    (
        Transition(
            "write", ("submitted", "withdrawn"), "submitted",
            Text("応募を確認してください。", "Check the application."),
        ),
        Transition(
            "withdraw", ("submitted",), "withdrawn",
            Text("この応募はすでに取り下げられています。", "This application was withdrawn already."),
        ),
    ),
)  # fmt: skip


def _closed(ja: str, en: str) -> Finding:
    return Finding(ACTION_CLOSED.code, ACTION_CLOSED.title, Text(ja, en))


NOT_YET = _closed("応募の受付はまだ始まっていません。", "Applications are not taken yet.")
TOO_LATE = _closed(
    "応募の締切を過ぎています。CLAIR に連絡してください。",
    "The time for applications has ended. Ask CLAIR.",
)
CANCELLED = _closed("このインターンシップは中止されました。", "This programme was cancelled.")
DECIDED = _closed(
    "配属が決まっているため変更できません。必要なときは取り下げてください。",
    "A place has been assigned: the application stays as it is, or is withdrawn.",
)
GONE = _closed(
    "取り下げられた応募は、本人だけが出し直せます。",
    "A withdrawn application is handed in again by the applicant alone.",
)
TWICE = Finding(
    "preference_twice",
    Text("同じ受入先が2回選ばれています", "The same host is chosen twice"),
    Text("希望ごとに違う受入先を選んでください。", "Choose another host for each preference."),
)
GAP = Finding(
    "preference_left_out",
    Text("第2希望がないのに第3希望があります", "There is a third preference and no second"),
    Text("希望を上から順に入力してください。", "Give preferences in their order."),
)
ELSEWHERE = Finding(
    "internship_host_of_another",
    Text("この受入先は別のインターンシップのものです", "This host belongs to another programme"),
    Text("このインターンシップの受入先から選んでください。", "Choose among this programme's hosts."),
)
ENDED = Finding(
    "participation_ended",
    Text("この人のJETプログラムの参加は終わっています", "This person's participation has ended"),
    Text("JET番号を確認してください。", "Check the JET number."),
)


def window(arrived_at: datetime, opens_at: datetime | None, closes_at: datetime | None) -> Finding | None:
    """Why an applicant cannot write just now."""
    if opens_at is None or closes_at is None or arrived_at < opens_at:
        return NOT_YET
    return TOO_LATE if arrived_at >= closes_at else None


WISHES = ("first_host", "second_host", "third_host")


def astray(wishes: Sequence[UUID | None], of_programme: Sequence[bool]) -> Iterator[tuple[str, Finding]]:
    """What is wrong with a list of preferences; `of_programme`: whether each host, where there is one, is of it."""
    for place, (wish, own) in enumerate(zip(wishes, of_programme, strict=True)):
        field = f"{WISHES[place]}_code"
        if wish is None:
            continue
        if not own:
            yield field, ELSEWHERE
        if wish in wishes[:place]:
            yield field, TWICE
        if place and wishes[place - 1] is None:
            yield field, GAP
