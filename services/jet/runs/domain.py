"""Rules of runs (実施回): whether one is planned, open, closed, held or cancelled, by its dates on the business clock.

Enrolment is open from `enrol_from` until `enrol_until`, half-open. Without the first it is open from the beginning; without
the second it closes as the first day begins in Japan. A run is held once its last day is over; one that is held as required
(都度), without dates, is held once its fiscal year is over.
"""

from datetime import date, datetime, time
from typing import NamedTuple

from services.kit.findings import Finding
from services.kit.japan.clock import JST, day_in_japan
from services.kit.japan.fiscal_year import first_day
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

STATES = ("planned", "open", "closed", "held", "cancelled")
_CLOCK = Text("日時によって変わります。", "The clock does this.")
RUN = Machine(
    "training_run",
    "planned",
    (
        Transition("enrolment_begins", ("planned",), "open", _CLOCK),
        Transition("enrolment_ends", ("open",), "closed", _CLOCK),
        Transition("last_day_is_over", ("planned", "open", "closed"), "held", _CLOCK),
        Transition(
            "cancel", ("planned", "open", "closed"), "cancelled",
            Text("実施済みか、すでに中止された実施回です。", "It was held, or is cancelled already."),
        ),
    ),
)  # fmt: skip

OUTSIDE_YEAR = Finding(
    "run_outside_year",
    Text("実施日が、開講の年度の外です", "The dates lie outside the edition's fiscal year"),
    Text(
        "年度（4月1日から翌年3月31日まで）の中の日付にするか、その年度の開講に登録してください。",
        "Choose days from 1 April to 31 March of that year, or the edition of another one.",
    ),
)
NOT_DATED = Finding(
    "run_dates_incomplete",
    Text("開始日と終了日の両方が必要です", "A first and a last day are needed"),
    Text(
        "両方を入力してください。日付が決まっていない都度開催は、日付の精度を「都度」にしてください。",
        "Give both. For a run that is held as required, without dates, make the precision as required.",
    ),
)
NOT_IN_ORDER = Finding(
    "run_dates_out_of_order",
    Text("終了日が開始日より前です", "The last day lies before the first"),
    Text("日付を確認してください。", "Check the dates."),
)
ENROLMENT_NOT_IN_ORDER = Finding(
    "enrolment_out_of_order",
    Text("申込みの締切が、受付開始より後になっていません", "Enrolment ends before it begins"),
    Text("締切を受付開始より後の日時にしてください。", "Choose an end after the beginning."),
)
OTHER_EDITION = Finding(
    "run_of_another_edition",
    Text(
        "この実施回コードは、別の開講または主催団体のものです",
        "This code belongs to a run of another edition or organiser",
    ),
    Text("実施回コードを確認してください。", "Check the run's code."),
)


class Schedule(NamedTuple):
    """What a run's state is worked out from."""

    fiscal_year: int
    starts_on: date | None = None
    ends_on: date | None = None
    enrol_from: datetime | None = None
    enrol_until: datetime | None = None
    cancelled_on: date | None = None


def state(run: Schedule, now: datetime) -> str:
    """One of STATES; `now` is business time. `repository.STATE` is the same in SQL."""
    if run.cancelled_on is not None:
        return "cancelled"
    today = day_in_japan(now)
    if (run.ends_on < today) if run.ends_on is not None else (today >= first_day(run.fiscal_year + 1)):
        return "held"
    if run.enrol_from is not None and now < run.enrol_from:
        return "planned"
    closes = run.enrol_until
    if closes is None and run.starts_on is not None:
        closes = datetime.combine(run.starts_on, time(), JST)
    return "open" if closes is None or now < closes else "closed"


def begun(run: Schedule, now: datetime) -> bool:
    """Whether there can be attendance or heads to report."""
    today = day_in_japan(now)
    return run.cancelled_on is None and (run.starts_on or first_day(run.fiscal_year)) <= today


def misdated(
    starts_on: date | None, ends_on: date | None, date_precision: str, fiscal_year: int
) -> tuple[str, Finding] | None:
    """What is wrong with the dates of a run, and at which of its fields."""
    if starts_on is None and ends_on is None and date_precision == "as_required":
        return None
    if starts_on is None or ends_on is None:
        return ("starts_on" if starts_on is None else "ends_on"), NOT_DATED
    if ends_on < starts_on:
        return "ends_on", NOT_IN_ORDER
    inside = first_day(fiscal_year) <= starts_on and ends_on < first_day(fiscal_year + 1)
    return None if inside or date_precision == "as_required" else ("starts_on", OUTSIDE_YEAR)
