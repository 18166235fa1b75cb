"""Rules of counts: what one is of, of which other it is part (うち), and which are added.

Of a record, a subject and a unit the counts that are part of no other are added, and nothing else is: so these are all whole,
or all broken down in the same way, and all the organiser's figures or all one's own. Persons (名) and person-times (延べ) never mix.
"""

from collections.abc import Collection
from typing import Literal, NamedTuple

from services.kit.findings import Finding
from services.kit.text import Text

Subject = Literal[
    "participants", "visitors", "workshop_participants", "exhibitors", "speakers", "invitees", "certified",
    "recording_views", "municipalities", "host_bodies", "associations", "businesses", "products", "articles",
]  # fmt: skip
Unit = Literal["名", "件", "回", "団体", "自治体", "協会", "社", "点", "本", "か国"]
Qualifier = Literal["exact", "about", "at_least"]
Capacity = Literal["local_government", "speaker", "national", "business", "student", "staff", "other"]
Method = Literal["ticket", "gate", "estimate", "organiser", "registration", "list"]
Level = Literal["edition", "leg"]

OF_ONE = Finding(
    "count_of_one",
    Text("人数は、開催・日程・派遣のどれか一つのものです", "A count is of one edition, leg or mission"),
    Text("コードを一つだけ入力してください。日程のコードがあれば開催のコードは不要です。",
         "Give one code: that of a leg needs no edition's."),
)  # fmt: skip
ELSEWHERE = Finding(
    "count_of_another",
    Text("このコードの数は、別の開催・日程・派遣のものです", "The count with this code is of another record"),
    Text("新しいコードを付けて登録してください。", "Enter it with a new code."),
)
OTHER_LEVEL = Finding(
    "count_at_other_level",
    Text("この開催では、人数を「開催」と「日程」のもう一方で数えます", "This edition is counted at the other level"),
    Text(
        "開催の「人数の単位」を確認してください。両方に人数を入れることはできません。修了者数だけは、いつも開催に入れます。",
        "See what the edition is counted at; it has no counts at both. Only who is certified is always of the edition.",
    ),
)  # fmt: skip
CERTIFIED_ONCE = Finding(
    "certified_of_leg",
    Text("修了者は日程ごとには数えません", "Who is certified is not counted for each leg"),
    Text("開催のコードで入力してください。", "Enter it with the edition's code."),
)
NOT_PERSONS = Finding(
    "person_times_not_persons",
    Text("延べで数えるのは人（名）だけです", "Only persons (名) are counted as person-times"),
    Text(
        "単位を「名」にするか、延べを外してください。", "Make the unit 名, or do not mark it as person-times."
    ),
)
WHOLE_MISSING = Finding(
    "count_whole_missing",
    Text("内訳のもとになる数がありません", "The count that it is part of is missing"),
    Text("同じ開催・日程・派遣の、同じ項目・同じ単位の数を先に登録してください。",
         "Enter the whole first: of the same record, subject and unit."),
)  # fmt: skip
HAS_PARTS = Finding(
    "count_has_parts",
    Text("この数には、別の項目・単位の内訳が残ります", "Its parts would be of another subject or unit"),
    Text("内訳も同じファイルで直してください。", "Change its parts in the same file."),
)
PART_OF_PART = Finding(
    "count_part_of_part",
    Text("内訳の内訳は登録できません", "A part has no parts"),
    Text("いちばん広い数の内訳にしてください。", "Make it part of the widest count."),
)
MORE_THAN_WHOLE = Finding(
    "count_more_than_whole",
    Text("内訳が、もとの数より多くなっています", "A part is more than its whole"),
    Text("数を確認してください。", "Check the numbers."),
)
TOLD_TWICE = Finding(
    "count_told_twice",
    Text("同じ数がすでに登録されています", "There is this count already"),
    Text("登録済みの数を直すか、国・区分・表示名で区別してください。",
         "Change the one that is there, or tell this one apart by country, capacity or label."),
)  # fmt: skip
NOT_ALIKE = Finding(
    "counts_not_alike",
    Text("同じ項目に、足せない数が並んでいます（全体と内訳、主催者発表と自らの集計など）",
         "Counts of this subject cannot be added: a whole and its breakdown, or the organiser's figure and one's own"),
    Text("全体の数の内訳（うち）にするか、別の項目で登録してください。",
         "Make it part of the whole, or enter it under another subject."),
)  # fmt: skip


class Count(NamedTuple):
    """One count of a record."""

    code: str
    subject: str
    unit: str
    person_times: bool
    value: int
    within: str | None = None
    country: str | None = None
    capacity: str | None = None
    method: str | None = None

    @property
    def what(self) -> tuple[str, str, bool]:
        return self.subject, self.unit, self.person_times

    @property
    def kind(self) -> tuple[bool, bool, bool]:
        """How it is broken down, and whose figure it is."""
        return self.country is not None, self.capacity is not None, self.method == "organiser"


def misplaced(subject: str, *, of_leg: bool, counted_at: Level | None) -> tuple[str, Finding] | None:
    """`counted_at`: the level at which the edition is counted; none for a mission."""
    field = "leg_code" if of_leg else "edition_code"
    if subject == "certified":
        return (field, CERTIFIED_ONCE) if of_leg else None
    level = "leg" if of_leg else "edition"
    return None if counted_at in (None, level) else (field, OTHER_LEVEL)


def contradiction(row: Count, others: Collection[Count]) -> tuple[str, Finding] | None:
    """What of a count does not go with the others of its record, and at which field."""
    if row.person_times and row.unit != "名":
        return "person_times", NOT_PERSONS
    parts = [one for one in others if one.within == row.code]
    if row.within is not None:
        whole = next((one for one in others if one.code == row.within and one.code != row.code), None)
        if whole is None or whole.what != row.what:
            return "within_code", WHOLE_MISSING
        if whole.within is not None or parts:
            return "within_code", PART_OF_PART
        return ("value", MORE_THAN_WHOLE) if row.value > whole.value else None
    if any(one.what != row.what for one in parts):
        return "unit", HAS_PARTS
    if any(one.value > row.value for one in parts):
        return "value", MORE_THAN_WHOLE
    beside = (one for one in others if one.code != row.code and one.within is None and one.what == row.what)
    return ("within_code", NOT_ALIKE) if any(one.kind != row.kind for one in beside) else None
