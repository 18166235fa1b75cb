"""Rules of attendance (出欠): by scan, by list, by what a meeting tool tells; progress of e-learning only goes forward."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Literal

from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.text import Text

Attendance = Literal["present", "absent", "excused"]
Method = Literal["check_in", "list", "meeting"]
Span = tuple[datetime, datetime]

ALREADY = Refusal(
    "already_checked_in", "conflict",
    Text("すでに受付済みです", "Checked in already"),
    Text("{at}に受付済みです。別の方の受付票でないか確認してください。",
         "This ticket was checked in at {at}. Check that it is not somebody else's."),
)  # fmt: skip
NOT_CONFIRMED = Refusal(
    "enrolment_not_confirmed", "conflict",
    Text("受講が確定していません", "This enrolment is not confirmed"),
    Text("申込みの状態を確認してください。", "Check the state of the enrolment."),
)  # fmt: skip
UNKNOWN_TICKET = Finding(
    "ticket_unknown",
    Text("この回の受付票ではありません", "This ticket is not of this run"),
    Text(
        "本人の受付票と、選んだ日程を確認してください。",
        "Check the ticket, and that this is the right session.",
    ),
)
TOO_MANY = Finding(
    "more_than_enrolled",
    Text("申込みの人数（{party}名）を超えています", "More persons than the {party} that are enrolled"),
    Text("人数を直してください。", "Mend the number of persons."),
)
UNKNOWN_SESSION = Finding(
    "session_unknown",
    Text("この実施回にこの番号の日程はありません", "This run has no session of this number"),
    Text("実施回コードと日程の番号を確認してください。", "Check the run's code and the session's number."),
)
NOT_ENROLLED = Finding(
    "not_enrolled",
    Text("この実施回への申込みが見つかりません", "There is no enrolment in this run"),
    Text("JET番号（または氏名・メールアドレス・団体コード）と実施回を確認してください。",
         "Check the JET number (or name, address and organisation) and the run."),
)  # fmt: skip
UNCONFIRMED = Finding(NOT_CONFIRMED.code, NOT_CONFIRMED.title, NOT_CONFIRMED.detail)
UNKNOWN_EMAIL = Finding(
    "email_not_enrolled",
    Text("このメールアドレスの受講者はいません", "Nobody who is enrolled has this address"),
    Text("登録のメールアドレスを確認するか、出欠を名簿で登録してください。",
         "Check the address that is on record, or tell the attendance by list."),
)  # fmt: skip
NO_SESSION = Finding(
    "no_session_then",
    Text("この時間帯に、確定した受講の日程がありません", "No session of a confirmed enrolment is held then"),
    Text("時刻（日本時間）と日程を確認してください。", "Check the times (of Japan) and the sessions."),
)
AMBIGUOUS = Finding(
    "meeting_ambiguous",
    Text("同じ時間帯の受講が2つ以上あります", "Several enrolments fit this address and time"),
    Text(
        "列「実施回コード」を加えて、どの実施回かを示してください。",
        "Add the column of the run's code to say which one.",
    ),
)
OUT_OF_ORDER = Finding(
    "left_before_joining",
    Text("退出が参加より前です", "The end lies before the start"),
    Text("時刻を確認してください。", "Check the times."),
)
WENT_BACK = Finding(
    "progress_went_back",
    Text(
        "前の読み取り（{day}、{percent}%）より進捗が減っています",
        "Less than the reading of {day}, which was {percent} %",
    ),
    Text("学習システムの記録を確認してください。", "Check the learning system's record."),
)
FINISHED_EARLY = Finding(
    "finished_before_all",
    Text("修了日があるのに進捗が100%ではありません", "It is finished, and the progress is not 100 %"),
    Text("進捗を100にするか、修了日を空欄にしてください。", "Let it be 100, or leave out the day."),
)
FINISHED_LATER = Finding(
    "finished_after_reading",
    Text("修了日が読み取り日より後です", "It was finished after it was read"),
    Text("日付を確認してください。", "Check the days."),
)


def present_for(session: Span, joins: Iterable[Span]) -> timedelta:
    """How long somebody was there during the session: what overlaps counts once."""
    total, reached = timedelta(), session[0]
    for joined, left in sorted(joins):
        start, end = max(joined, reached), min(left, session[1])
        if end > start:
            total += end - start
            reached = end
    return total


def covers(session: Span, joins: Iterable[Span], percent: int) -> bool:
    """Whether that is enough of the session to count as present."""
    return present_for(session, joins) * 100 >= (session[1] - session[0]) * percent


def wrong_reading(percent: int, read_on: date, finished_on: date | None) -> Iterator[tuple[str, Finding]]:
    if finished_on is not None and percent < 100:
        yield "percent", FINISHED_EARLY
    if finished_on is not None and finished_on > read_on:
        yield "finished_on", FINISHED_LATER


def stale(read_on: date, known: date) -> bool:
    """An older reading changes nothing."""
    return read_on < known
