"""A version of a form (様式の版) is drafted, and frozen by a person before a round is announced with it. It stays so."""

from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

FROZEN = Finding(
    "form_frozen",
    Text("この版は確定しているため、変更できません", "This version is frozen and does not change"),
    Text(
        "直すには、新しい版を作成してください。",
        "Make a new version to mend it.",
    ),
)
FORM_VERSION = Machine(
    "form_version",
    "draft",
    (Transition("freeze", ("draft",), "frozen", Text("すでに確定しています。", "It is frozen already.")),),
)
