"""Rules of who takes part (参加団体): a body of the directory or another by its name, and the legs that it joined."""

from collections.abc import Collection
from typing import Literal

from services.kit.findings import Finding
from services.kit.text import Text

Capacity = Literal["participant", "exhibitor", "partner", "secretariat", "host"]
Findings = list[tuple[str, Finding]]
ONE_BODY = Finding(
    "participant_not_one_body",
    Text(
        "団体コードか名称のどちらか一方が必要です", "A body is named by its code or by its name, not by both"
    ),
    Text(
        "登録されている団体は団体コードを、ほかの団体は名称を入力してください。",
        "Give the code of a registered organisation, or the name of another body.",
    ),
)
UNKNOWN_LEG = Finding(
    "participant_leg_unknown",
    Text("この開催にない日程の番号があります", "The edition has no leg of one of these numbers"),
    Text(
        "日程を先に登録するか、番号を直してください。全日程に参加したときは空欄にします。",
        "Enter the leg first or mend the number; leave it empty where the body joined all legs.",
    ),
)


def check_body(code: str | None, name: str | None) -> Findings:
    """Mirrored by the constraint edition_participant_body."""
    return [] if (code is None) != (name is None) else [("organisation_code", ONE_BODY)]


def check_legs(given: Collection[int], known: Collection[int]) -> Findings:
    return [] if set(given) <= set(known) else [("leg_numbers", UNKNOWN_LEG)]
