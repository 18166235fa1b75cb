"""Rules of rounds (募集回): what its instants on the business clock make of one, and what goes together.

Stored is only what somebody decided: announced, extended, cancelled, decided. Applications are taken from `opens_at`
until `closes_at`, half-open: what arrives at that instant arrives too late. A decided round is published at `publish_at`.
"""

from datetime import date, datetime
from typing import NamedTuple

from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.japan.fiscal_year import first_day
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

STATES = ("draft", "announced", "open", "closed", "decided", "published", "cancelled")
_CLOCK = Text("日時によって変わります。", "The clock does this.")
_NOT_RUNNING = Text(
    "公示前か、決定済みか、中止された募集回です。", "It is not announced, is decided, or is cancelled."
)
_NOT_COMING = Text(
    "様式を新しい版にできるのは、公示してから締切までです。",
    "A new form is published from the announcement to the deadline.",
)
ROUND = Machine(
    "grant_round",
    "draft",
    (
        Transition(
            "announce", ("draft",), "announced",
            Text("公示済みか、中止された募集回です。", "It was announced, or is cancelled."),
        ),
        Transition("publish_form", ("announced",), "announced", _NOT_COMING),
        Transition("publish_form", ("open",), "open", _NOT_COMING),
        Transition("opening_comes", ("announced",), "open", _CLOCK),
        Transition("deadline_comes", ("open",), "closed", _CLOCK),
        Transition("extend", ("announced",), "announced", _NOT_RUNNING),
        Transition("extend", ("open", "closed"), "open", _NOT_RUNNING),
        Transition(
            "cancel", ("draft", "announced", "open", "closed"), "cancelled",
            Text("決定済みか、すでに中止されています。", "It is decided, or is cancelled already."),
        ),
        Transition(
            "decide", ("closed",), "decided",
            Text("締め切られていないか、決定済みの募集回です。", "It is not closed, or is decided already."),
        ),
        Transition("publication_comes", ("decided",), "published", _CLOCK),
    ),
)  # fmt: skip

NOT_IN_ORDER = Finding(
    "round_out_of_order",
    Text("締切が受付開始より後になっていません", "It closes before it opens"),
    Text("締切を受付開始より後の日時にしてください。", "Choose a deadline after the opening."),
)
PUBLISHED_TOO_EARLY = Finding(
    "round_published_before_deadline",
    Text("公表日時が締切より前です", "Results would be published before the deadline"),
    Text(
        "公表日時を締切以後にするか、空欄にしてください。",
        "Choose an instant of publication after the deadline, or leave it out.",
    ),
)
PROJECTS_NOT_IN_ORDER = Finding(
    "projects_out_of_order",
    Text("事業期間の終わりが始まりより前です", "Projects would end before they begin"),
    Text("事業期間の日付を確認してください。", "Check the days of the projects."),
)
PROJECTS_OUTSIDE_YEAR = Finding(
    "projects_outside_year",
    Text("事業期間が、実施の年度の外です", "Projects lie outside the edition's fiscal year"),
    Text(
        "4月1日から翌年3月31日までの中の日付にするか、その年度の実施に登録してください。",
        "Choose days from 1 April to 31 March of that year, or the edition of another one.",
    ),
)
OTHER_EDITION = Finding(
    "round_of_another_edition",
    Text("この募集回コードは、別の実施のものです", "This code belongs to a round of another edition"),
    Text("募集回コードを確認してください。", "Check the round's code."),
)
RULES_OF_ANOTHER = Finding(
    "rules_of_another_edition",
    Text("この要綱の版は、別の実施のものです", "These rules belong to another edition"),
    Text("同じ実施の要綱の版を指定してください。", "Name a version of this edition's rules."),
)
FORM_OF_ANOTHER = Finding(
    "form_of_another_edition",
    Text("この様式の版は、別の実施のものです", "This form belongs to another edition"),
    Text("同じ実施の様式の版を指定してください。", "Name a version of this edition's form."),
)
PARENT_OF_ANOTHER = Finding(
    "parent_of_another_edition",
    Text("元の募集回にできません", "This cannot be the round before"),
    Text(
        "同じ実施で、回数がより小さい募集回を指定してください。",
        "Name a round of the same edition with a lower number.",
    ),
)
STAYS = Finding(
    "round_announced_stays",
    Text("公示後（または中止後）は変更できません", "An announced or cancelled round does not change"),
    Text(
        "締切は「延長」で、様式は「新しい版の公示」で変更できます。それ以外の誤りは、中止して新しい募集回を公示してください。公表日時だけは直接変更できます。",
        "Extend it to move the deadline, and publish a new version of its form. For anything else cancel it and announce another; the instant of publication "
        "alone can be changed.",
    ),
)
NO_LATER_FORM = Finding(
    "form_not_later",
    Text("新しい様式にできない版です", "This is no later version of the round's form"),
    Text(
        "この募集回の様式と同じ実施の、番号がより大きい版を指定してください。様式のない募集回では公示できません。",
        "Name a version of the same edition with a higher number. A round without a form is given none.",
    ),
)
LEFT_BEHIND = Refusal(
    "round_carries_all", "conflict",
    Text("あなたが担当できない下書きがあるため、様式を公示できません", "Some drafts are not yours to carry over"),
    Text("同じ係の別の担当者に、様式の公示を依頼してください。", "Ask another officer of your section to publish the form."),
)  # fmt: skip
NOT_FROZEN = Finding(
    "rules_not_frozen",
    Text("要綱の版が確定していません", "The rules are not frozen"),
    Text(
        "募集回に要綱の版を登録し、その版を確定してから公示してください。",
        "Name a version of the rules in the round and freeze it; then announce.",
    ),
)
FORM_NOT_FROZEN = Finding(
    "form_not_frozen",
    Text("様式の版が確定していません", "The form is not frozen"),
    Text(
        "募集回の様式の版を確定してから公示してください。様式を使わない募集回では、様式の版を空欄にしてください。",
        "Freeze the version of the form that the round names, then announce. A round that needs no form names none.",
    ),
)
NO_BUDGET = Finding(
    "round_without_budget",
    Text("予算科目がありません", "No budget line is named"),
    Text(
        "予算科目コードを入力するか、「予算成立が条件」にしてください。公示後に条件を付けることはできません。",
        "Name the budget line, or make the round subject to the budget; once announced it takes no condition.",
    ),
)
LINE_OF_ANOTHER = Finding(
    "budget_line_of_another_year",
    Text(
        "この予算科目は、別の係または別の年度のものです",
        "This budget line is of another section or fiscal year",
    ),
    Text(
        "募集回と同じ係・年度の予算科目を指定してください。",
        "Name a line of the round's own section and fiscal year.",
    ),
)
LINE_STAYS = Finding(
    "round_line_stays",
    Text("選定の決定後は予算科目を変更できません", "A decided round stays on its budget line"),
    Text(
        "金額を動かすときは、予算科目の「流用」を使ってください。",
        "To move money, transfer between the budget lines.",
    ),
)
PUBLICATION_STAYS = Finding(
    "round_publication_stays",
    Text(
        "公表日時をこのように変更できません", "The publication of a decided round cannot be moved like this"
    ),
    Text(
        "決定後の公表日時は、公表前に限り、今より後の日時にだけ変更できます。空欄にはできません。",
        "Until results are public, choose an instant ahead of now; it cannot be left out. After that it stays.",
    ),
)
ALREADY_OVER = Finding(
    "round_deadline_passed",
    Text("締切をすでに過ぎています", "The deadline has passed"),
    Text(
        "締切を今より後の日時に直してから公示してください。", "Choose a deadline ahead of now, then announce."
    ),
)
NOT_LATER = Finding(
    "extension_not_later",
    Text("新しい締切が、今の締切または現在より後になっていません", "The new deadline is not later"),
    Text(
        "今の締切と現在のどちらよりも後の日時を入力してください。",
        "Give an instant after both the present deadline and now.",
    ),
)
LATER_THAN_PUBLISHED = Finding(
    "extension_after_publication",
    Text("新しい締切が公表日時より後です", "The new deadline comes after the publication"),
    Text("先に公表日時を後ろに変更してください。", "Move the instant of publication first."),
)


class Schedule(NamedTuple):
    """What a round's state is worked out from."""

    opens_at: datetime
    closes_at: datetime
    announced_at: datetime | None = None
    cancelled_at: datetime | None = None
    decided_at: datetime | None = None
    publish_at: datetime | None = None


def state(one: Schedule, now: datetime) -> str:
    """One of STATES; `now` is business time. `repository.STATE` is the same in SQL."""
    if one.cancelled_at is not None:
        return "cancelled"
    if one.announced_at is None:
        return "draft"
    if one.decided_at is not None and one.publish_at is not None:
        return "decided" if now < one.publish_at else "published"
    if now < one.opens_at:
        return "announced"
    return "open" if now < one.closes_at else "closed"


def misdated(
    opens_at: datetime, closes_at: datetime, publish_at: datetime | None, projects: tuple[date, date],
    fiscal_year: int,
) -> list[tuple[str, Finding]]:  # fmt: skip
    wrong: list[tuple[str, Finding]] = []
    if closes_at <= opens_at:
        wrong.append(("closes_at", NOT_IN_ORDER))
    if publish_at is not None and publish_at < closes_at:
        wrong.append(("publish_at", PUBLISHED_TOO_EARLY))
    first, last = projects
    if last < first:
        wrong.append(("projects_to", PROJECTS_NOT_IN_ORDER))
    elif first < first_day(fiscal_year) or last >= first_day(fiscal_year + 1):
        wrong.append(("projects_from", PROJECTS_OUTSIDE_YEAR))
    return wrong


def unmovable(publish_at: datetime | None, given: datetime | None, now: datetime) -> Finding | None:
    """Why the publication of a decided round cannot move to `given`."""
    if given == publish_at or (publish_at is not None and given is not None and now < min(publish_at, given)):
        return None
    return PUBLICATION_STAYS


def unannounceable(
    rules_frozen: bool, form_drafted: bool, budgeted: bool, closes_at: datetime, now: datetime
) -> tuple[str, Finding] | None:
    """Why a round cannot be announced as it stands, and at which field. `form_drafted`: it names a form not yet frozen;
    `budgeted`: it is on a budget line, or on the condition that there is a budget."""
    if not rules_frozen:
        return "rules_code", NOT_FROZEN
    if form_drafted:
        return "form_code", FORM_NOT_FROZEN
    if not budgeted:
        return "budget_line_code", NO_BUDGET
    return ("closes_at", ALREADY_OVER) if closes_at <= now else None


def unpublishable(present: int | None, given: int, frozen: bool) -> Finding | None:
    """Why an announced round cannot be given this version of its form. `present`: the number of the one that it has."""
    if present is None or given <= present:
        return NO_LATER_FORM
    return None if frozen else FORM_NOT_FROZEN


def unextendable(
    given: datetime, closes_at: datetime, publish_at: datetime | None, now: datetime
) -> Finding | None:
    """Why the deadline cannot move to `given`."""
    if given <= max(closes_at, now):
        return NOT_LATER
    return LATER_THAN_PUBLISHED if publish_at is not None and given > publish_at else None
