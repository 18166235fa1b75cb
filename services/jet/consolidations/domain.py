"""Rules of consolidations (取りまとめ): made by the host authority, approved by CLAIR."""

from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

CONSOLIDATION = Machine(
    "placement_consolidation",
    "consolidated",
    (
        Transition(
            "approve", ("consolidated",), "approved",
            Text("この取りまとめは承認済みです。", "This consolidation is approved already."),
        ),
    ),
)  # fmt: skip
FOR_ITSELF = Finding(
    "not_the_host_authority",
    Text("取りまとめは、その取りまとめ団体が行います", "A consolidation is its host authority's act"),
    Text("自団体の団体コードを入力してください。", "Enter your own organisation's code."),
)
NOTHING_SUBMITTED = Text(
    "取りまとめる提出がありません。構成団体の提出状況を確認してください。",
    "None of its members has a submission that waits. Look at the list of submissions.",
)
