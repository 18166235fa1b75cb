"""Rules of appointments (任用・再任用): at most one year each, one at a time, of the participation's job type.

Public organisations appoint (任用), private schools employ (雇用); renewals are appointments of their own.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from services.jet.participants.domain import BEFORE_ENTRY, PARTICIPATION, Stint
from services.kit.findings import Finding
from services.kit.text import Text

LONGEST = timedelta(days=366)

ENDS_BEFORE_START = Finding(
    "ends_before_start",
    Text("終了日が開始日より前です", "It ends before it starts"),
    Text("開始日と終了日を確認してください。", "Check both dates."),
)
LONGER_THAN_A_YEAR = Finding(
    "longer_than_a_year",
    Text("任用期間が1年を超えています", "The appointment is longer than a year"),
    Text("再任用は別の行に分けて入力してください。", "Write the reappointment as a row of its own."),
)
OUTSIDE_YEAR = Finding(
    "outside_programme_year",
    Text("開始日がこの招致年度の任用ではありません", "No appointment of this programme year starts that day"),
    Text(
        "招致年度の4月1日から翌年8月31日までの日付にするか、招致年度を確認してください。",
        "Choose a day from 1 April of the programme year to 31 August of the next, or check the programme year.",
    ),
)
KNOWN_LATER = Finding(
    "participant_known_later",
    Text("この日時には、参加者がまだ登録されていません", "The participant was not yet known at this instant"),
    Text("把握日時を確認してください。", "Check the instant of knowledge."),
)
LEVEL_MISSING = Finding(
    "school_level_missing",
    Text("学校には校種が必要です", "A school needs its level"),
    Text("校種を選んでください。", "Choose the school level."),
)
LEVEL_OF_AN_OFFICE = Finding(
    "school_level_of_an_office",
    Text("学校以外の配置先に校種があります", "An office has no school level"),
    Text(
        "校種を空欄にするか、配置先の種類を「学校」にしてください。", "Clear the level, or choose “school”."
    ),
)
JOB_TYPE_DIFFERS = Finding(
    "job_type_differs",
    Text("職種が参加者の職種と違います", "The job type is not the participant's"),
    Text(
        "参加者の職種を確認してください。変更は CLAIR が行います。",
        "Check the participant's job type; CLAIR changes it.",
    ),
)
OVERLAP = Finding(
    "appointment_overlap",
    Text(
        "任用期間が、この参加者の別の任用と重なっています",
        "The term overlaps another appointment of this participant",
    ),
    Text(
        "開始日と終了日を確認してください。開始日を変えるときは、先に前の任用の終了日を直してください。",
        "Check both dates. To move a start, first mend the end of the appointment before it.",
    ),
)


def check_row(row: Mapping[str, Any]) -> list[tuple[str, Finding]]:
    """What is wrong with one row by itself: (field, finding)."""
    found: list[tuple[str, Finding]] = []
    starts_on, ends_on = row["starts_on"], row["ends_on"]
    if ends_on < starts_on:
        found.append(("ends_on", ENDS_BEFORE_START))
    elif ends_on - starts_on > LONGEST:
        found.append(("ends_on", LONGER_THAN_A_YEAR))
    return found + check_place(row)


def check_stint(
    row: Mapping[str, Any], stint: Stint | None, *, new: bool, kept: bool = False
) -> list[tuple[str, Finding]]:
    """What the row's participation does not allow. `kept`: the row leaves the job type as it stands, which is
    CLAIR's to mend, and no reason to refuse an organisation the rest.

    Arrivals of April of year Y, and their short renewal to August of Y+1, belong to programme year Y: so an
    appointment of Y starts from 1 April of Y to 31 August of Y+1.
    """
    if stint is None:
        return [("programme_year", BEFORE_ENTRY)]
    found: list[tuple[str, Finding]] = []
    year, starts_on = row["programme_year"], row["starts_on"]
    if row["job_type"] != stint.job_type and not kept:
        found.append(("job_type", JOB_TYPE_DIFFERS))
    if not date(year, 4, 1) <= starts_on <= date(year + 1, 8, 31):
        found.append(("starts_on", OUTSIDE_YEAR))
    if (
        stint.known_from is not None
        and row.get("known_from") is not None
        and row["known_from"] < stint.known_from
    ):
        found.append(("known_from", KNOWN_LATER))
    if stint.left_on is not None and row["ends_on"] > stint.left_on:
        found.append(("starts_on" if starts_on > stint.left_on else "ends_on", left_on(stint.left_on)))
    elif new and (closed := PARTICIPATION.closed("appoint", stint.state)) is not None:
        found.append(("jet_number", closed))
    return found


def left_on(day: date) -> Finding:
    return Finding(
        "left_on",
        Text(f"この参加者の最終日は{day:%Y-%m-%d}です", f"This participant's last day was {day:%Y-%m-%d}"),
        Text(
            "任用期間をこの日までにするか、この行を消してください。",
            "End the term by that day, or take the row out.",
        ),
    )


def check_place(row: Mapping[str, Any]) -> list[tuple[str, Finding]]:
    """A school has a level, an office has none."""
    if row["workplace_kind"] == "school" and row["school_level"] is None:
        return [("school_level", LEVEL_MISSING)]
    if row["workplace_kind"] == "office" and row["school_level"] is not None:
        return [("school_level", LEVEL_OF_AN_OFFICE)]
    return []


Term = tuple[Any, date, date]


def overlapping(terms: Iterable[tuple[int, Term]]) -> set[int]:
    """Of (row, (person, first day, last day)): the rows whose term meets an earlier-starting one of the person."""
    bad: set[int] = set()
    last: dict[Any, date] = {}
    for row, (person, starts_on, ends_on) in sorted(terms, key=lambda one: (one[1][0], one[1][1], one[0])):
        if person in last and starts_on <= last[person]:
            bad.add(row)
        last[person] = max(ends_on, last.get(person, ends_on))
    return bad
