"""How rows name fairs, their days, exhibitors and organisers."""

from services.jet.career_tables import career_fair, career_fair_day
from services.kit import directory
from services.kit.findings import Finding
from services.kit.resource import Ref
from services.kit.text import Text

UNKNOWN_FAIR = Finding(
    "fair_unknown",
    Text("このコードのキャリアフェアはありません", "There is no career fair with this code"),
    Text("キャリアフェアのコードを確認してください。", "Check the fair's code."),
)
UNKNOWN_DAY = Finding(
    "fair_day_unknown",
    Text("このコードの開催日はありません", "No fair has a day with this code"),
    Text(
        "開催日のコード（フェアのコード-番号）を確認してください。",
        "Check the day's code: the fair's, a hyphen, its number.",
    ),
)
FAIR = Ref("fair_code", "fair_id", career_fair, "code", UNKNOWN_FAIR)
DAY = Ref("day_code", "day_id", career_fair_day, "code", UNKNOWN_DAY)


def organisation(field: str, column: str) -> Ref:
    """Any of the directory: who exhibits or runs a fair need employ nobody."""
    return Ref(
        field, column, directory.organisation, "code", directory.UNKNOWN_ORGANISATION, meant=directory.did_you_mean
    )  # fmt: skip
