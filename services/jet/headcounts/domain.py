"""Rules of headcounts: how many were there of an audience, without names.

The rows of a run that stand by themselves are added; a row within another's audience is of it (うち) and is not. Persons (名)
and person-times (延べ) never mix. Attendance is beside headcounts and never added to them.
"""

from collections.abc import Collection
from typing import NamedTuple

from services.kit.findings import Finding
from services.kit.text import Text

# Of two audiences one of which is part of the other, the wider stands first: no two can be part of each other.
WIDEST_FIRST = (
    "all", "jet_participant", "new_participant", "alt", "cir", "sea", "open", "organisation_staff", "teacher",
    "adviser", "supervisor", "alumnus",
)  # fmt: skip

NOT_WITHIN = Finding(
    "headcount_not_within",
    Text("この対象者は、その内訳になりません", "This audience cannot be part of that one"),
    Text("より広い対象者（全員、JET参加者など）の内訳にしてください。",
         "It can be part of a wider one, such as all or JET participants."),
)  # fmt: skip
WHOLE_MISSING = Finding(
    "headcount_whole_missing",
    Text("内訳のもとになる行がありません", "The row that it is part of is missing"),
    Text("同じ実施回・同じ単位で、もとの対象者の行を先に報告してください。",
         "Report the wider audience of the same run and unit first."),
)  # fmt: skip
MORE_THAN_WHOLE = Finding(
    "headcount_more_than_whole",
    Text("内訳の人数が、もとの人数より多くなっています", "A part is more than its whole"),
    Text("人数を確認してください。", "Check the numbers."),
)
ADDED_TWICE = Finding(
    "headcount_added_twice",
    Text("「全員」の行があるので、この行を別に足すことはできません", "There is a row for all, to which this one cannot be added"),
    Text("この行を「全員」の内訳にするか、「全員」の行を使わないでください。",
         "Make this row part of all, or do without the row for all."),
)  # fmt: skip
NOT_BEGUN = Finding(
    "run_not_begun",
    Text("まだ始まっていないか、中止された実施回です", "This run has not begun, or was cancelled"),
    Text("実施回コードを確認してください。人数は初日以後に報告できます。",
         "Check the run's code. Heads can be reported from its first day on."),
)  # fmt: skip
TO_COME = Finding(
    "reported_in_future",
    Text("報告日が今日より後です", "The day of the report is still to come"),
    Text("今日以前の日付を入力してください。", "Give today or an earlier day."),
)


class Count(NamedTuple):
    """One row of a run and unit."""

    audience: str
    value: int
    within: str | None = None


def misplaced(audience: str, within: str | None) -> bool:
    """Whether an audience is said to be part of one that is not wider."""
    return within is not None and WIDEST_FIRST.index(within) >= WIDEST_FIRST.index(audience)


def contradiction(row: Count, others: Collection[Count]) -> tuple[str, Finding] | None:
    """What of a row does not go with the others of its run and unit, and at which field."""
    if misplaced(row.audience, row.within):
        return "within", NOT_WITHIN
    if row.within is None:
        alone = {one.audience for one in others if one.within is None and one.audience != row.audience}
        added = alone if row.audience == "all" else alone & {"all"}
        return ("within", ADDED_TWICE) if added else None
    whole = next((one for one in others if one.audience == row.within), None)
    if whole is None:
        return "within", WHOLE_MISSING
    return ("value", MORE_THAN_WHOLE) if row.value > whole.value else None
