"""Rules of awards (助成決定): decided out of what was selected, and given back by the applicant."""

from datetime import date
from typing import Literal, get_args

from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

State = Literal["decided", "withdrawn", "declined"]
STATES = get_args(State)
_OVER = Text(
    "この助成決定は、すでに取下げまたは辞退されています。", "This award was withdrawn or declined already."
)
AWARD = Machine(
    "award",
    "decided",
    (
        Transition("withdraw", ("decided",), "withdrawn", _OVER),
        Transition("decline", ("decided",), "declined", _OVER),
    ),
)
TERM_PASSED = Text(
    "取下げの期限を過ぎました。「辞退」を行ってください。",
    "The term in which it is withdrawn has passed. Decline it.",
)
NOT_PUBLISHED = Refusal(
    "award_before_publication", "conflict",
    Text("この募集回の結果は、まだ公表されていません", "The results of this round are not public yet"),
    Text("公表日時を過ぎてから、助成を決定してください。", "Decide on grants once they are."),
)  # fmt: skip
NOTHING_SELECTED = Refusal(
    "nothing_to_award", "conflict",
    Text("決定する採択がありません", "Nothing is selected that has no award yet"),
    Text("選定案の内訳を確認してください。", "See the entries of the selection."),
)  # fmt: skip
NOT_SELECTED = Finding(
    "application_not_selected",
    Text("この申請は、この募集回で採択されていません", "This application is not selected in this round"),
    Text(
        "選定案の内訳で、採択された申請のIDを確認してください。",
        "Name applications that its entries have as selected.",
    ),
)
SAME_PERSON = Refusal(
    "award_two_people", "conflict",
    Text("選定案を作成・変更した人は、助成を決定できません", "Who drew up the selection, or changed an entry, decides no award of it"),
    Text("作成も変更もしていない、別の担当者が決定してください。", "Another officer, who did neither, decides."),
)  # fmt: skip
STAYS = Refusal(
    "award_stays", "conflict",
    Text("助成決定は変更できません", "An award stays as it was decided"),
    Text("取下げまたは辞退として登録してください。", "Enter it as withdrawn or declined."),
)  # fmt: skip


def why_closed(action: str, state: str, today: date, withdrawable_until: date) -> Text | None:
    if action == "withdraw" and state == "decided" and today > withdrawable_until:
        return TERM_PASSED
    return AWARD.why_closed(action, state)
