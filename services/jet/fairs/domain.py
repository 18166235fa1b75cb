"""Rules of career fairs (キャリアフェア): who runs them, how they are counted, and until when companies see candidates."""

from datetime import date

from services.kit.findings import Finding
from services.kit.text import Text

Findings = list[tuple[str, Finding]]
GRANT_WITHOUT_ORGANISER = Finding(
    "granted_without_organiser",
    Text("助成したフェアには主催団体が必要です", "A fair that has CLAIR's grant is another's"),
    Text(
        "主催団体の団体コードを入力するか、助成を外してください。",
        "Give its organiser's code, or take the grant away.",
    ),
)
CANCELLED_WITHOUT_REASON = Finding(
    "cancelled_without_reason",
    Text("中止日と中止の理由はそろって必要です", "The day of a cancellation and its reason come together"),
    Text("両方を入力するか、両方を空欄にしてください。", "Give both, or neither."),
)


def check_fair(
    organiser: str | None, granted: bool, cancelled_on: date | None, cancelled_reason: str | None
) -> Findings:
    found: Findings = []
    if granted and organiser is None:
        found.append(("organiser_code", GRANT_WITHOUT_ORGANISER))
    if (cancelled_on is None) != (cancelled_reason is None):
        found.append(
            ("cancelled_reason" if cancelled_reason is None else "cancelled_on", CANCELLED_WITHOUT_REASON)
        )
    return found
