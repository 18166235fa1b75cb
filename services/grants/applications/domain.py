"""Rules of applications (申請): written by an organisation's officers, approved among them by a second person, submitted
before the deadline, corrected where CLAIR asks, and accepted.

What is not submitted when its deadline comes has expired by the clock. Deadlines are half-open: what arrives at that
instant arrives too late.
"""

from datetime import datetime
from typing import Literal, NamedTuple, get_args

from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

State = Literal[
    "draft", "internal_approval", "ready", "submitted", "correction_requested", "accepted", "dismissed", "withdrawn",
    "in_review", "ranked", "selected", "waitlisted", "not_selected", "declined", "awarded", "expired",
]  # fmt: skip
STATES = get_args(State)
UNSUBMITTED = ("draft", "internal_approval", "ready")
Channel = Literal["online", "mail", "counter"]
CHANNELS = get_args(Channel)

_CLOCK = Text("締切になると自動で変わります。", "The clock does this.")
_PUBLISHED = Text(
    "募集回の様式が新しい版になると自動で変わります。", "It comes with a new version of the round's form."
)
_NOT_DRAFT = Text("下書きではありません。", "It is no draft.")
_NOT_SENT = Text("内部決裁に回されていません。", "It was not sent for internal approval.")
_NOT_READY = Text(
    "内部決裁を終えた申請か、補正を求められた申請だけを提出できます。",
    "Only what is approved internally, or is to be corrected, can be submitted.",
)
_NOT_SUBMITTED = Text("受理待ちの申請ではありません。", "It does not wait for its acceptance.")
_DECIDED = Text("選定の決定で変わります。", "The decision on the round does this.")
_NOT_SELECTED = Text(
    "採択が公表された申請だけを辞退できます。公表前は「取下げ」を行ってください。",
    "Only what was published as selected is declined. Before that it is withdrawn.",
)
_NOT_EXTENDABLE = Text("提出済みか、終わった申請です。", "It was submitted, or has ended.")
APPLICATION = Machine(
    "grant_application",
    "draft",
    (
        Transition("send", ("draft",), "internal_approval", _NOT_DRAFT),
        Transition("acknowledge", ("draft",), "draft", _NOT_DRAFT),
        Transition("approve", ("internal_approval",), "ready", _NOT_SENT),
        Transition("send_back", ("internal_approval", "ready"), "draft", _NOT_SENT),
        Transition("submit", ("ready", "correction_requested"), "submitted", _NOT_READY),
        Transition("enter", ("draft", "correction_requested"), "submitted", _NOT_DRAFT),
        Transition("request_correction", ("submitted",), "correction_requested", _NOT_SUBMITTED),
        Transition("accept", ("submitted",), "accepted", _NOT_SUBMITTED),
        Transition(
            "review", ("accepted",), "in_review",
            Text("受理した申請だけを審査できます。", "Only what was accepted is reviewed."),
        ),
        Transition("rank", ("in_review",), "ranked", Text("審査中ではありません。", "It is not in review.")),
        Transition(
            "dismiss", ("correction_requested",), "dismissed",
            Text("補正を求めた申請だけを却下できます。", "Only what is to be corrected can be dismissed."),
        ),
        Transition(
            "withdraw",
            (*UNSUBMITTED, "submitted", "correction_requested", "accepted", "in_review", "ranked", "waitlisted"),
            "withdrawn", Text(
                "すでに終わっているか、採択された申請です。採択後は「辞退」を行ってください。",
                "This application has ended, or is selected. What is selected is declined.",
            ),
        ),
        Transition("decline", ("selected",), "declined", _NOT_SELECTED),
        *(Transition(f"tell_{one}", ("ranked",), one, _DECIDED) for one in ("selected", "waitlisted", "not_selected")),
        Transition("promote", ("waitlisted",), "selected", _DECIDED),
        Transition("award", ("selected",), "awarded", _DECIDED),
        Transition("withdraw_award", ("awarded",), "withdrawn", _DECIDED),
        Transition("decline_award", ("awarded",), "declined", _DECIDED),
        Transition("carry", UNSUBMITTED, "draft", _PUBLISHED),
        Transition("deadline_comes", UNSUBMITTED, "expired", _CLOCK),
        *(Transition("extend", (one,), one, _NOT_EXTENDABLE) for one in UNSUBMITTED),
        Transition("extend", ("expired",), "draft", _NOT_EXTENDABLE),
    ),
)  # fmt: skip

EXPIRED = Text(
    "締切（{closes}）を過ぎました。事情があるときは、CLAIR の担当係に延長を相談してください。",
    "The deadline ({closes}) has passed. Ask the section at CLAIR where there is a reason to extend it.",
)
FORM_CHANGED = Text(
    "様式が新しくなりました。変わった欄と、移せなかった内容を確認し、「様式の変更を確認した」を押してください。",
    "The form has a new version. Look at what has changed and at what found no place, and acknowledge the change.",
)
NO_FORM_CHANGE = Text(
    "確認を待っている様式の変更はありません。", "No change of the form waits to be looked at."
)
FORM_MOVED = Refusal(
    "application_form_moved", "conflict",
    Text("様式がちょうど新しい版になりました", "The form has just got a new version"),
    Text("画面を開き直して、新しい様式で入力してください。", "Open it again, and fill in the new form."),
)  # fmt: skip
STAYS = Text(
    "内部決裁中または提出済みの内容は変更できません。内部決裁中のときは「差戻し」で下書きに戻してください。",
    "What waits for approval or was submitted stays. Send it back to make it a draft again.",
)
NOT_YOURS = Refusal(
    "application_of_another", "conflict",
    Text("この操作は、申請する団体が行います", "This is for the organisation that applies"),
    Text("申請団体（共同申請では代表団体）の担当者に依頼してください。", "Ask the applicant; of a joint bid, its lead."),
)  # fmt: skip
SAME_PERSON = Refusal(
    "approval_by_its_sender", "conflict",
    Text("決裁に回した本人は承認できません", "Who sent it for approval cannot approve it"),
    Text("同じ団体の別の担当者が承認してください。", "Another officer of the organisation approves it."),
)  # fmt: skip
TERM_RUNS = Refusal(
    "correction_term_runs", "conflict",
    Text("補正の期限がまだ過ぎていません", "The term of the correction still runs"),
    Text("期限を過ぎてから却下してください。", "Dismiss it when the term has passed."),
)  # fmt: skip
TERM_PASSED = Text(
    "補正の期限を過ぎました。CLAIR の担当係に連絡してください。",
    "The term of the correction has passed. Write to the section at CLAIR.",
)
EXISTS = Refusal(
    "application_live", "conflict",
    Text("同じ部署・事業番号の申請があります", "This department has an application of this project number"),
    Text("その申請を続けるか、別の事業番号を付けてください。", "Go on with it, or choose another project number."),
)  # fmt: skip
NOT_LATER = Finding(
    "application_extension_not_later",
    Text("新しい締切が、今の締切または現在より後になっていません", "The new deadline is not later"),
    Text("今の締切と現在のどちらよりも後の日時を入力してください。", "Give an instant after both the present deadline and now."),
)  # fmt: skip
NOT_OPEN = Finding(
    "round_not_open",
    Text("この募集回は、今は申請を受け付けていません", "This round takes no applications now"),
    Text("募集期間を確認してください。", "Check when the round opens and closes."),
)
WHICH_ORGANISATION = Finding(
    "applicant_missing",
    Text("申請団体が指定されていません", "It is not said who applies"),
    Text(
        "郵送または窓口で届いた申請の団体コードを入力してください。",
        "Give the code of the organisation that sent it.",
    ),
)
OTHER_ORGANISATION = Finding(
    "applicant_not_yours",
    Text("ほかの団体としては申請できません", "You cannot apply for another organisation"),
    Text("団体コードを空欄にするか、自分の団体コードにしてください。", "Leave it out, or give your own."),
)
WHICH_CHANNEL = Finding(
    "channel_not_yours",
    Text("この受付方法は使えません", "This channel is not yours"),
    Text(
        "団体の申請は online、CLAIR の担当者が入力する申請は mail または counter です。",
        "An organisation applies online; what CLAIR's officers enter came by mail or at the counter.",
    ),
)
UNKNOWN_CATEGORY = Finding(
    "category_unknown",
    Text("この区分は、この年度の実施にありません", "The edition has no such category"),
    Text("区分のコードを確認してください。", "Check the category's code."),
)
UNKNOWN_COUNTRY = Finding(
    "country_unknown",
    Text("登録されていない国コードがあります", "A country's code is not registered"),
    Text(
        "ISO 3166-1 の2文字コード（VN など）を入力してください。",
        "Enter ISO 3166-1 codes of two letters, such as VN.",
    ),
    "L3-02",
)
NO_FORM = Finding(
    "answers_without_form",
    Text("この募集回には様式がありません", "This round has no form"),
    Text("answers を空にしてください。", "Leave the answers empty."),
)
ANOTHER_OFFICER = Finding(
    "another_officer",
    Text("この団体の申請は、担当できません", "You do not handle what this organisation applies for"),
    Text("同じ係の別の担当者に依頼してください。", "Ask another officer of your section."),
)
NO_ENTRY = Text(
    "オンラインの申請です。団体が提出します。", "It is an online application: the organisation submits it."
)


class Standing(NamedTuple):
    """`closes_at`: of the round, or its own where that is later. `due_at`: of the last correction that was asked for.
    `form_changed`: nobody has looked at the change of its form yet."""

    state: str
    closes_at: datetime
    now: datetime
    due_at: datetime | None = None
    form_changed: bool = False


def state_of(stored: str, closes_at: datetime, now: datetime) -> str:
    """`repository.STATE` is the same in SQL."""
    return "expired" if stored in UNSUBMITTED and late(now, closes_at) else stored


def late(arrived_at: datetime, closes_at: datetime) -> bool:
    return arrived_at >= closes_at


def why_closed(action: str, stands: Standing) -> Text | None:
    """`state` is the one by the clock."""
    reason = APPLICATION.why_closed(action, stands.state)
    if reason is None and action == "acknowledge" and not stands.form_changed:
        return NO_FORM_CHANGE
    if reason is None and action in ("send", "enter") and stands.form_changed:
        return FORM_CHANGED
    if stands.state == "correction_requested" and stands.due_at is not None:
        over = late(stands.now, stands.due_at)
        if action == "dismiss" and not over:
            return TERM_RUNS.detail
        if action in ("submit", "enter") and over:
            return TERM_PASSED
    return EXPIRED if reason is not None and stands.state == "expired" and action != "extend" else reason


def writable(state: str) -> bool:
    return state in ("draft", "correction_requested")


def unextendable(given: datetime, closes_at: datetime, now: datetime) -> Finding | None:
    return NOT_LATER if given <= max(closes_at, now) else None
