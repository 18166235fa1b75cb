"""Rules of the office log (所務記録): of whom a request comes, and what of it counts."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from itertools import count
from typing import Any, Literal, NamedTuple

from services.kit.findings import Finding
from services.kit.text import Text

Kind = Literal["activity_support", "appointment", "interpreter", "enquiry", "consultation", "interview"]
Channel = Literal["visit", "online", "email", "telephone", "letter"]
RequesterKind = Literal[
    "prefecture_or_designated_city", "municipality", "npo", "association", "ministry", "company", "other"
]
NotCountable = Literal["enquiry_by_message", "counted_elsewhere", "withdrawn", "other"]
State = Literal["open", "closed"]
_KINDS: dict[str, RequesterKind] = {
    "prefecture": "prefecture_or_designated_city", "designated_city": "prefecture_or_designated_city",
    "city": "municipality", "special_ward": "municipality", "town": "municipality", "village": "municipality",
    "ward": "municipality", "association": "association", "national": "ministry", "company": "company",
}  # fmt: skip

REQUESTER = Finding(
    "support_requester",
    Text("依頼者は団体コードか名称のどちらか一つで書きます", "A requester is told by a code or by a name, one of both"),
    Text(
        "登録済みの団体は団体コードだけ、ほかは依頼者の名称と区分を入力してください。",
        "Give the code alone where the directory has it, else the requester's name and kind.",
    ),
)  # fmt: skip
REQUESTER_KIND = Finding(
    "support_requester_kind",
    Text("依頼者の区分がありません", "The kind of the requester is missing"),
    Text(
        "団体コードのない依頼者には区分を選んでください。", "Choose the kind of a requester without a code."
    ),
)
CHANNEL = Finding(
    "support_enquiry_channel",
    Text("照会には受付方法が必要です", "An enquiry says how it came"),
    Text(
        "来訪・オンライン・メール・電話・文書から選んでください。",
        "Choose visit, online, e-mail, telephone or letter.",
    ),
)
MESSAGE = Finding(
    "enquiry_by_message",
    Text(
        "メール・電話による照会は件数に数えません", "An enquiry by e-mail or telephone is not counted"
    ),
    Text(
        "件数に数える欄と理由を空欄にするか、受付方法を直してください。この理由はメール・電話の照会だけに使います。",
        "Leave countable and its reason empty, or mend how it came. The reason is for these enquiries alone.",
    ),
)  # fmt: skip
REASON = Finding(
    "not_countable_reason",
    Text(
        "件数に数えない記録には理由が必要で、数える記録には書きません",
        "What is not counted has a reason, and what is counted has none",
    ),
    Text("理由を選ぶか、空欄にしてください。", "Choose the reason, or leave it empty."),
)
OTHER_CONTACT = Finding(
    "contact_of_another_office",
    Text("この連絡先は別の事務所のものです", "The contact is of another office"),
    Text(
        "記録と同じ事務所の連絡先コードを入力するか、空欄にしてください。",
        "Give a contact of the line's own office, or none.",
    ),
)
DAYS = Finding(
    "days_before_request",
    Text("受付・依頼の日より前の日付があります", "A day lies before the one of the request"),
    Text(
        "受付・依頼の日と、期限などの日付を確認してください。",
        "Check the day of the request, and the later ones.",
    ),
)
REPEATED = Finding(
    "support_repeated",
    Text("同じ内容の記録がすでにあります", "There is a line that says the same"),
    Text(
        "別の依頼であれば、「同じ内容の何件目」に2以上の番号を入力してください。",
        "If it is another request, say by 2 or more which of those that are alike it is.",
    ),
)


class Counts(NamedTuple):
    countable: bool
    reason: NotCountable | None


def requester_kind(organisation_kind: str) -> RequesterKind:
    return _KINDS.get(organisation_kind, "other")


def counts(
    kind: str, channel: str | None, countable: bool | None, reason: NotCountable | None
) -> Counts | Finding:
    """Whether a line is counted; where nobody said, by how it came. Mirrored by support_message and support_countable."""
    message = kind == "enquiry" and channel in ("email", "telephone")
    if message and reason is None and not countable:
        reason = "enquiry_by_message"
    if countable is None:
        countable = reason is None
    if (reason == "enquiry_by_message") != message:
        return MESSAGE
    return Counts(countable, reason) if countable == (reason is None) else REASON


def ordered(received_on: date, *later: date | None) -> bool:
    return all(day is None or received_on <= day for day in later)


def told(name: str | None, content: str) -> str:
    """What tells two lines of one requester, kind and day apart."""
    return sha256(f"{name or ''}\n{content}".encode()).hexdigest()


def twin(row: dict[str, Any]) -> tuple[Any, ...]:
    """Lines that are equal in this are alike: one and the same, or told apart by a number. Mirrored by support_once."""
    return row["office"], row["received_on"], row["kind"], row["organisation_id"], row["told"]


def matched(rows: Sequence[dict[str, Any]], stored: Mapping[int, str]) -> list[dict[str, Any]]:
    """Of rows that are alike, each with the number and the code of the stored line that it is, in the order of both; the
    others take numbers of their own. Returned are those that name a number twice."""
    numbers = {code: number for number, code in stored.items()}
    twice, taken = [], set[int]()

    def take(row: dict[str, Any], number: int) -> None:
        row["alike_no"] = number
        if row["code"] is None:
            row["code"] = stored.get(number)
        taken.add(number)

    for row in rows:
        if (number := row["alike_no"] or numbers.get(row["code"])) is None:
            continue
        if number in taken:
            twice.append(row)
        take(row, number)
    for row in rows:
        if row["alike_no"] is None:
            left = (one for one in sorted(stored) if row["code"] is None and one not in taken)
            free = (one for one in count(1) if one not in taken and one not in stored)
            take(row, next(left, None) or next(free))
    return twice
