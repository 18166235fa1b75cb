"""Rules of panels (審査会): one of a round, of persons who serve in its section; who is no member signs its ranking."""

from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

STATES = ("reviewing", "ranked")
_RANKED = Text("この審査会の順位は、すでに確定しています。", "This panel's ranking is final already.")
PANEL = Machine(
    "panel",
    "reviewing",
    (
        Transition("add_member", ("reviewing",), "reviewing", _RANKED),
        Transition("assign", ("reviewing",), "reviewing", _RANKED),
        Transition("rank", ("reviewing",), "ranked", _RANKED),
    ),
)
ONCE = Refusal(
    "panel_once", "conflict",
    Text("この募集回には、すでに審査会があります", "This round has a panel already"),
    Text("その審査会の審査基準を変更してください。", "Change that panel's rubric."),
)  # fmt: skip
STAYS = Refusal(
    "panel_stays", "conflict",
    Text("順位の確定後は変更できません", "A ranking that was signed stays"),
    Text("誤りがあるときは、選定のときに理由を付けて記録してください。", "Write down at the decision what is wrong with it, and why."),
)  # fmt: skip
RUBRIC_STAYS = Refusal(
    "panel_rubric_stays", "conflict",
    Text("評価者を割り当てた後は、審査基準を変更できません", "The rubric stays once a review is assigned"),
    Text("審査基準をそのままにして評価を続けてください。", "Go on with the rubric as it is."),
)  # fmt: skip
MEMBER_TWICE = Refusal(
    "panel_member_once", "conflict",
    Text("この担当者は、すでに委員です", "This person is a member already"),
    Text("そのまま申請を割り当ててください。", "Assign an application."),
)  # fmt: skip
NOT_SERVING = Finding(
    "panel_member_serves",
    Text("この担当者は、今日この係に在籍していません", "This person serves in the section on no post today"),
    Text("人事情報の配置を確認してください。", "Check the person's posts in the directory."),
)
UNKNOWN_APPLICATION = Finding(
    "application_unknown",
    Text("この申請は、この募集回にありません", "This round has no such application"),
    Text("申請のIDを確認してください。", "Check the id of the application."),
)
# One answer whatever stands against it: of whose home or relation it is, nobody is told.
UNASSIGNABLE = Finding(
    "reviewer_unassignable",
    Text("この担当者には割り当てられません", "This application cannot be assigned to this person"),
    Text("審査会の別の委員を指定してください。", "Name another member of the panel."),
)
SIGNED_BY_MEMBER = Refusal(
    "ranking_by_member", "conflict",
    Text("委員は順位を確定できません", "A member of the panel does not sign its ranking"),
    Text("委員でない担当者が確定してください。", "An officer who is no member signs it."),
)  # fmt: skip
SHORT = Refusal(
    "quorum_short", "conflict",
    Text("評価の数が足りない申請があります", "Applications lack scores"),
    Text(
        "定足数に足りない申請が{number}件あります。評価の一覧で確認し、ほかの委員を割り当ててください。",
        "{number} applications have fewer scores that count than the quorum. See the reviews, and assign other members.",
    ),
)  # fmt: skip
NOT_WHOLE = Refusal(
    "ranking_not_whole", "conflict",
    Text("この募集回の順位は、今は確定できません", "The ranking of this round cannot be signed now"),
    Text(
        "締切を過ぎ、すべての申請の受理・補正と割当が済んでいるか確認してください。済んでいるときは、別の担当者が確定してください。",
        "See that the deadline has passed and that every application is accepted and assigned. Where all is done, another "
        "officer signs it.",
    ),
)  # fmt: skip
