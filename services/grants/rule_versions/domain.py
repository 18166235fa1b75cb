"""A version of rules (要綱の版) is drafted, and frozen by a person before a round is announced under it. It stays so."""

from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

FROZEN = Finding(
    "rules_frozen",
    Text("この版は確定しているため、変更できません", "This version is frozen and does not change"),
    Text(
        "直すには、新しい版を作成してください。決定済みの助成は元の版のままです。",
        "Make a new version to mend it. What is decided stays under the old one.",
    ),
)
RULE_VERSION = Machine(
    "rule_version",
    "draft",
    (Transition("freeze", ("draft",), "frozen", Text("すでに確定しています。", "It is frozen already.")),),
)
