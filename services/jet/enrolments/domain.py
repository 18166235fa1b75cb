"""Rules of enrolments (受講申込): who may enrol whom and until when, and for whom a run is meant.

A reason names the fact that it stands on, so that a clerk can check that fact. What CLAIR tells of a run that has begun
is a past fact: a rule that stood against it is said as a warning.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Literal

from services.kit import glossary
from services.kit.capacity.domain import CLAIM
from services.kit.errors import ACTION_CLOSED, Refusal
from services.kit.findings import Finding
from services.kit.japan.clock import JST
from services.kit.japan.names import search_key
from services.kit.text import Text

State = Literal["waiting", "offered", "confirmed", "released", "lapsed"]
JOBS = {"alt": "ALT", "cir": "CIR", "sea": "SEA"}
# who is enrolled by the JET number, who by name; an adviser or anybody in an open course may be either
BY_NUMBER = frozenset({"new_participant", "alumnus", *JOBS})
BY_NAME = frozenset({"organisation_staff", "teacher", "supervisor"})
NOMINATING = ("organisation", "host_authority")
Found = tuple[str, Finding]

ONE_PERSON = Finding(
    "attendee_unclear",
    Text(
        "JET番号と参加者氏名のどちらか一方が必要です", "Either a JET number or a name is needed, and not both"
    ),
    Text(
        "JET参加者はJET番号だけを、そのほかの方は氏名（と団体コード）を入力してください。",
        "Give a participant's JET number alone; of anybody else the name, with the organisation's code.",
    ),
)
BY_JET_NUMBER = Finding(
    "jet_number_needed",
    Text(
        "この対象区分の方はJET番号で申し込みます", "Somebody of this audience is enrolled by the JET number"
    ),
    Text("JET番号を入力するか、対象区分を直してください。", "Give the JET number, or mend the audience."),
)
BY_THE_NAME = Finding(
    "name_needed",
    Text("この対象区分の方は氏名で申し込みます", "Somebody of this audience is enrolled by name"),
    Text(
        "氏名と団体コードを入力するか、対象区分を直してください。",
        "Give name and organisation, or mend the audience.",
    ),
)
ALONE = Finding(
    "party_of_participant",
    Text("JET参加者の申込みは1名ずつです", "A participant is enrolled alone"),
    Text("人数を1にしてください。", "Let the party be 1."),
)
CANCELLED = Finding(
    "run_cancelled",
    Text("この実施回は{day}に中止になりました", "This run was cancelled on {day}"),
    Text("別の実施回を選んでください。", "Choose another run."),
)
OTHER_AUDIENCE = Finding(
    "audience_not_invited",
    Text("この研修の対象は{invited_ja}です", "This course is for: {invited_en}"),
    Text("対象区分か実施回を確認してください。", "Check the audience, or the run."),
)
OTHER_JOB = Finding(
    "job_type_differs",
    Text("この方の職種は{job}です", "This person's job type is {job}"),
    Text("対象区分と JET番号を確認してください。", "Check the audience and the JET number."),
)
OTHER_YEAR = Finding(
    "not_new_this_year",
    Text("この方の招致年度は{joined}年度で、{year}年度の新規参加者ではありません",
         "This person joined in programme year {joined}, and is not new in {year}"),
    Text("対象区分と実施回を確認してください。", "Check the audience and the run."),
)  # fmt: skip
OTHER_GROUP = Finding(
    "arrival_group_differs",
    Text("この方の来日日程は{group_ja}で、この実施回は{wanted_ja}の方が対象です",
         "This person arrives with: {group_en}; this run is for: {wanted_en}"),
    Text("来日日程に合う実施回を選んでください。", "Choose the run of that arrival group."),
)  # fmt: skip
TOO_EARLY = Finding(
    "year_of_participation",
    Text("この研修は参加{wanted}年目からで、この方は{year}年目です",
         "This course is open from the year of participation {wanted}; this person is in year {year}"),
    Text("対象になる年度に申し込んでください。", "Enrol in a later year."),
)  # fmt: skip
HAS_LEFT = Finding(
    "participant_has_left",
    Text("この方の参加は{day}に終わっています", "This person's participation ended on {day}"),
    Text("JET番号を確認してください。", "Check the JET number."),
)
SERVING = Finding(
    "still_serving",
    Text("この方は任用中のため、JET経験者として申し込めません", "This person is serving, and no alumnus yet"),
    Text("対象区分を確認してください。", "Check the audience."),
)
NOT_COMPLETED = Finding(
    "course_not_completed",
    Text("先に研修 {course} の修了が必要です。修了の記録が見つかりません",
         "Course {course} has to be completed first, and no award of it is found"),
    Text("修了証を確認し、記録があるはずのときは CLAIR に問い合わせてください。",
         "Check the certificate, and ask CLAIR if there should be a record."),
)  # fmt: skip
NOT_BY_YOU = Finding(
    "enrolled_by_others",
    Text(
        "この実施回は、この方法では申し込めません（申込方法：{way_ja}）",
        "This run is not open to you ({way_en})",
    ),
    Text("研修の案内を確認してください。", "See the course's announcement."),
)
NOT_YET = Finding(
    "enrolment_not_open",
    Text("申込みはまだ始まっていません", "Enrolment has not begun"),
    Text("受付開始（{opens}）の後に申し込んでください。", "Enrol from {opens} on."),
)
TOO_LATE = Finding(
    "enrolment_closed",
    Text("申込みは締め切られました", "Enrolment is closed"),
    Text("締切（{closes}）を過ぎています。CLAIR に相談してください。", "It closed at {closes}. Ask CLAIR."),
)
OVER = Finding(
    "run_over",
    Text("この実施回は終わっています", "This run is over"),
    Text("別の実施回を選んでください。", "Choose another run."),
)
OTHERWISE = Finding(
    "enrolled_otherwise",
    Text(
        "人数か優先順位の違う申込みがすでにあります", "There is an enrolment with another party or priority"
    ),
    Text(
        "変えるときは、取り下げてから改めて申し込んでください。", "Withdraw it and enrol anew to change that."
    ),
)
CLAIR_ALONE = Finding(
    "for_clair_alone",
    Text("この項目は CLAIR だけが入力します", "CLAIR alone gives this"),
    Text("この項目を外してください。", "Leave it out."),
)
ENROLLED = Refusal(
    "already_enrolled", "conflict",
    Text("この実施回にはすでに申し込まれています", "Enrolled in this run already"),
    Text("申込みの一覧で状態を確認してください。", "See its state in the list of enrolments."),
)  # fmt: skip
NOT_ELIGIBLE = Refusal(
    "not_eligible", "conflict",
    Text("受講の条件に合わなくなりました", "The conditions of the course no longer hold"),
    Text("errors の理由を確認してください。", "See the reasons in errors."),
)  # fmt: skip
NOT_YOURS = Text(
    "この申込みは本人・推薦した団体・CLAIR だけが変更できます。",
    "The person, the organisation that nominated and CLAIR alone may do this.",
)
ATTENDED = Text(
    "出欠が記録されているため取り下げられません。", "Attendance is recorded: it cannot be withdrawn any more."
)


@dataclass(frozen=True, slots=True)
class Run:
    """Of a run what the rules ask for; `requires` is the code of the course that comes first."""

    fiscal_year: int
    audiences: tuple[str, ...]
    arrival_group: str | None
    from_year: int | None
    requires: str | None
    enrol_by: str
    enrol_from: datetime | None
    enrol_until: datetime | None
    cancelled_on: date | None
    starts_on: date | None
    ends_on: date | None
    employer_informed: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest participation of somebody, and whether an appointment of theirs holds today or later."""

    job_type: str
    programme_year: int
    arrival_group: str
    left_on: date | None
    serving: bool


def said(finding: Finding, **facts: object) -> Finding:
    return replace(finding, message=finding.message.fill(**facts), remedy=finding.remedy.fill(**facts))


def digest(name: str, email: str | None) -> bytes:
    """By which somebody without a JET number is known again within an organisation: SHA-256 of name and address,
    whatever their width, case and spaces."""
    return hashlib.sha256(f"{search_key(name)}\0{(email or '').strip().lower()}".encode()).digest()


def year_of_participation(joined: int, day: date) -> int:
    """1 in the programme year of arrival (来日年度). Who comes in April of a year
    is in the first one until July of the next."""
    return max(1, (day.year if day.month >= 8 else day.year - 1) - joined + 1)


def misnamed(jet_number: object, name: object, email: object, audience: str, party: int) -> Iterator[Found]:
    """Whether it is clear who is meant."""
    if (jet_number is None) == (name is None) or (name is None and email is not None):
        yield ("jet_number" if name is None else "attendee_name"), ONE_PERSON
    elif jet_number is None and audience in BY_NUMBER:
        yield "jet_number", BY_JET_NUMBER
    elif jet_number is not None and audience in BY_NAME:
        yield "attendee_name", BY_THE_NAME
    if jet_number is not None and party != 1:
        yield "party", ALONE


def unfit(run: Run, audience: str, who: Standing | None, completed: bool, today: date) -> Iterator[Found]:
    """Why a run is not meant for somebody. `who` None: no participant; `completed`: the course that comes first."""
    day = run.starts_on or today
    if run.cancelled_on is not None:
        yield "run_code", said(CANCELLED, day=run.cancelled_on)
    if audience not in run.audiences:
        yield "audience", said(OTHER_AUDIENCE, **_words("invited", "training_audience", run.audiences))
    if who is not None:
        yield from _standing(run, audience, who, day)
    if run.requires is not None and not completed:
        yield "run_code", said(NOT_COMPLETED, course=run.requires)


def _standing(run: Run, audience: str, who: Standing, day: date) -> Iterator[Found]:
    job = JOBS.get(audience)
    if job is not None and who.job_type != job:
        yield "audience", said(OTHER_JOB, job=who.job_type)
    if audience == "alumnus":
        if who.serving and (who.left_on is None or who.left_on >= day):
            yield "audience", SERVING
        return
    if who.left_on is not None and who.left_on < day and audience != "open":
        yield "jet_number", said(HAS_LEFT, day=who.left_on)
    if audience == "new_participant":
        if who.programme_year != run.fiscal_year:
            yield "audience", said(OTHER_YEAR, joined=who.programme_year, year=run.fiscal_year)
        elif run.arrival_group not in (None, who.arrival_group):
            groups = _words("group", "arrival_group", (who.arrival_group,))
            wanted = _words("wanted", "arrival_group", (str(run.arrival_group),))
            yield "run_code", said(OTHER_GROUP, **groups, **wanted)
    year = year_of_participation(who.programme_year, day)
    if run.from_year is not None and year < run.from_year:
        yield "jet_number", said(TOO_EARLY, wanted=run.from_year, year=year)


def shut(run: Run, role: str, at: datetime, today: date) -> Finding | None:
    """Why a role may not enrol anybody in a run as of `at`, when the request or file arrived. The window is
    half-open; where no end is told it closes as the first day begins in Japan.

    Where people enrol themselves in what employers are not told of, no employer nominates: the answer would tell it
    who has enrolled already.
    """
    if role not in (*NOMINATING, "participant"):
        return None
    open_to = (
        run.enrol_by in ("oneself", "either")
        if role == "participant"
        else run.enrol_by == "nomination" or (run.enrol_by == "either" and run.employer_informed)
    )
    if not open_to:
        return said(NOT_BY_YOU, **_words("way", "enrol_by", (run.enrol_by,)))
    if run.enrol_from is not None and at < run.enrol_from:
        return said(NOT_YET, opens=run.enrol_from.isoformat(timespec="minutes"))
    closes = run.enrol_until
    if closes is None and run.starts_on is not None:
        closes = datetime.combine(run.starts_on, time(), JST)
    if closes is not None and at >= closes:
        return said(TOO_LATE, closes=closes.isoformat(timespec="minutes"))
    return OVER if run.ends_on is not None and run.ends_on < today else None


def certain(run: Run, role: str, from_list: bool, stated: bool, today: date) -> bool:
    """Whether an enrolment is a past fact: what CLAIR's files tell of a run that has begun, or what it states to be one."""
    begun = run.starts_on is not None and run.starts_on <= today
    return role not in (*NOMINATING, "participant") and (stated or (from_list and begun))


def known_facts(found: Found) -> Found:
    """As of a past fact: a warning, unless there was no such run."""
    name, finding = found
    return found if finding.code == CANCELLED.code else (name, replace(finding, severity="warning"))


def closed(action: str, state: str, may: bool, attended: bool) -> Finding | None:
    """Why an offer cannot be taken, or an enrolment not be withdrawn."""
    step = {"confirm": "confirm", "withdraw": "release"}[action]
    reason = CLAIM.why_closed(step, state)
    if reason is None and not may:
        reason = NOT_YOURS
    if reason is None and action == "withdraw" and attended:
        reason = ATTENDED
    return None if reason is None else Finding(ACTION_CLOSED.code, ACTION_CLOSED.title, reason)


def _words(name: str, term: str, values: tuple[str, ...]) -> dict[str, str]:
    titles = [glossary.title(f"{term}.{value}") for value in values]
    return {
        f"{name}_ja": "、".join(one.ja for one in titles),
        f"{name}_en": ", ".join(one.en for one in titles),
    }
