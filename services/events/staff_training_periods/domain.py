"""Rules of the days of a training: in order, in its fiscal year, and whole months where just the months are known."""

from datetime import date, timedelta
from typing import Literal

from services.kit.findings import Finding
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.text import Text

Precision = Literal["day", "month"]
Findings = list[tuple[str, Finding]]
ENDS_FIRST = Finding(
    "dates_out_of_order",
    Text("終了日が開始日より前です", "The last day lies before the first"),
    Text("開始日と終了日を確認してください。", "Check both days."),
)
ANOTHER_YEAR = Finding(
    "training_in_another_fiscal_year",
    Text("開始日が、この研修の年度に入りません", "The first day is not in the training's fiscal year"),
    Text(
        "日付を直すか、その年度の研修を別に登録してください。",
        "Mend the day, or make a training of the other year.",
    ),
)
PART_OF_MONTH = Finding(
    "months_not_whole",
    Text("日付の精度が「月」のときは、月の初日から末日までにします", "By the month, it runs from a first to a last of a month"),
    Text(
        "開始日を1日、終了日を月末にするか、日付の精度を「日」にしてください。",
        "Begin on the 1st and end on the last of a month, or make the precision the day.",
    ),
)  # fmt: skip


def check_period(date_start: date, date_end: date, precision: Precision, fiscal_year: int) -> Findings:
    """Mirrored by the constraints staff_training_period_days, _within_year and _months."""
    if date_end < date_start:
        return [("date_end", ENDS_FIRST)]
    if fiscal_year_of(date_start) != fiscal_year:
        return [("date_start", ANOTHER_YEAR)]
    if precision == "month":
        bounds = (("date_start", date_start), ("date_end", date_end + timedelta(days=1)))
        return [(field, PART_OF_MONTH) for field, day in bounds if day.day != 1]
    return []
