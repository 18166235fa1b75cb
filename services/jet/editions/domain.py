"""Rules of editions (年度の開講): a course held in one fiscal year, with the name and the texts of that year's report."""

from datetime import date

from services.kit.findings import Finding
from services.kit.japan.fiscal_year import first_day
from services.kit.text import Text

RETIRED = Finding(
    "course_retired",
    Text("この研修は、この年度より前に終了しています", "This course ended before this fiscal year"),
    Text(
        "年度を確認するか、研修の終了日を直してください。",
        "Check the fiscal year, or mend the day the course ends.",
    ),
)
REQUIRES_ITSELF = Finding(
    "requires_itself",
    Text("研修がそれ自身を受講条件にしています", "The course requires itself"),
    Text("別の研修のコードを入力するか、空欄にしてください。", "Name another course, or none."),
)
OTHER_RECORD = Finding(
    "code_taken",
    Text("このコードは、別の研修または年度のものです", "This code belongs to another course or year"),
    Text("コードを確認してください。新しい年度には新しいコードを付けてください。",
         "Check the code. A new year takes a code of its own."),
)  # fmt: skip


def retired_by(fiscal_year: int, retired_on: date | None) -> bool:
    """Whether a course has ended before the fiscal year begins; the year in which it ends is its last."""
    return retired_on is not None and retired_on <= first_day(fiscal_year)
