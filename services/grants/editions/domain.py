"""Rules of editions (年度の実施): a programme in the fiscal year in which its projects run and are paid."""

from datetime import date

from services.kit.findings import Finding
from services.kit.japan.fiscal_year import first_day
from services.kit.text import Text

RETIRED = Finding(
    "programme_retired",
    Text("この制度は、この年度より前に終了しています", "This programme ended before this fiscal year"),
    Text(
        "年度を確認するか、制度の終了日を直してください。",
        "Check the fiscal year, or mend the day the programme ends.",
    ),
)
OTHER_RECORD = Finding(
    "code_taken",
    Text("このコードは、別の制度または年度のものです", "This code belongs to another programme or year"),
    Text("コードを確認してください。新しい年度には新しいコードを付けてください。",
         "Check the code. A new year takes a code of its own."),
)  # fmt: skip


def retired_by(fiscal_year: int, retired_on: date | None) -> bool:
    """Whether a programme has ended before the fiscal year begins; the year in which it ends is its last."""
    return retired_on is not None and retired_on <= first_day(fiscal_year)
