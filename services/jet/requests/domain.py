"""Rules of placement requests (配置要望) and reappointment intents (再任用意向): a row is a post of one programme year.

A reappointment row is about somebody who serves at the organisation in the year before; a new row asks for seats.
Five programme years are the most of a lifetime, and the fourth and fifth need an exceptional reason (GIH; sample
values until CLAIR confirms them).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from services.jet.appointments.domain import JOB_TYPE_DIFFERS, LEVEL_MISSING
from services.kit.findings import Finding
from services.kit.text import Text

MOST_YEARS = 5
ORDINARY_YEARS = 3
SCHOOLS = ("elementary", "junior_high", "senior_high", "special_needs")

NOBODY_NAMED = Finding(
    "reappointment_of_nobody",
    Text("再任用の行にJET番号がありません", "A reappointment row names nobody"),
    Text(
        "JET番号を入力するか、区分を「新規」にしてください。",
        "Enter the JET number, or make the row a new one.",
    ),
)
SOMEBODY_NAMED = Finding(
    "new_post_of_somebody",
    Text("新規の行にJET番号があります", "A new row names somebody"),
    Text(
        "JET番号を消すか、区分を「再任用」にしてください。",
        "Clear the JET number, or make the row a reappointment.",
    ),
)
ANSWER_OF_NEW = Finding(
    "answer_of_new_post",
    Text("新規の行に再任用の回答があります", "A new row has an answer about reappointment"),
    Text("回答と特例の欄を空欄にしてください。", "Leave the answer and the exceptional mark blank."),
)
ONE_SEAT = Finding(
    "reappointment_is_one_seat",
    Text("再任用の行の人数は1です", "A reappointment is one seat"),
    Text("人数を1にしてください。増員は新規の行に入力してください。", "Enter 1; ask for more in a new row."),
)
GROUP_MISSING = Finding(
    "arrival_group_missing",
    Text("新規の行には来日日程が必要です", "A new row needs its arrival group"),
    Text("来日日程を選んでください。", "Choose the arrival group."),
)
GROUP_OF_REAPPOINTMENT = Finding(
    "arrival_group_of_reappointment",
    Text("再任用の行に来日日程があります", "A reappointment has no arrival group"),
    Text("来日日程を空欄にしてください。", "Leave the arrival group blank."),
)
NOT_SERVING = Finding(
    "not_serving_here",
    Text("この参加者は、前の招致年度にこの団体で任用されていません", "Nobody of this number serves here in the year before"),
    Text("JET番号と招致年度を確認してください。異動した方は異動先の団体が回答します。",
         "Check the JET number and the year. Who has moved is answered for by the new organisation."),
)  # fmt: skip
OVER_THE_CAP = Finding(
    "longest_service_reached",
    Text(
        f"通算{MOST_YEARS}年に達しているため、再任用できません",
        f"{MOST_YEARS} years are served: no reappointment",
    ),
    Text(
        "回答を「再任用しない」にして、必要なら新規の行を足してください。",
        "Answer no, and ask for a new person if needed.",
    ),
)
EXCEPTION_MISSING = Finding(
    "exception_missing",
    Text(f"{ORDINARY_YEARS + 1}年目・{MOST_YEARS}年目の再任用には特例の確認が必要です",
         f"Year {ORDINARY_YEARS + 1} and {MOST_YEARS} need the exceptional mark"),
    Text("特に優れた勤務と認める場合は、特例の欄を○にしてください。", "Mark it ○ where the service was exceptionally good."),
)  # fmt: skip


class Service(NamedTuple):
    """What is known of a participant when a row is checked: `years` are programme years served before the row's."""

    serves: bool
    years: int
    job_type: str


def check_row(row: Mapping[str, Any], service: Service | None) -> list[tuple[str, Finding]]:
    return _check_new(row) if row["entry"] == "new" else _check_reappointment(row, service)


def _check_new(row: Mapping[str, Any]) -> list[tuple[str, Finding]]:
    found: list[tuple[str, Finding]] = []
    if row["jet_number"] is not None:
        found.append(("jet_number", SOMEBODY_NAMED))
    if row["organisation_answer"] is not None or row["exceptional"]:
        found.append(("organisation_answer", ANSWER_OF_NEW))
    if row["arrival_group"] is None:
        found.append(("arrival_group", GROUP_MISSING))
    if row["job_type"] == "ALT" and row["seats"] and not any(row[school] for school in SCHOOLS):
        found.append((SCHOOLS[0], LEVEL_MISSING))
    return found


def _check_reappointment(row: Mapping[str, Any], service: Service | None) -> list[tuple[str, Finding]]:
    found: list[tuple[str, Finding]] = []
    if row["seats"] != 1:
        found.append(("seats", ONE_SEAT))
    if row["arrival_group"] is not None:
        found.append(("arrival_group", GROUP_OF_REAPPOINTMENT))
    if row["jet_number"] is None:
        return [*found, ("jet_number", NOBODY_NAMED)]
    if service is None or not service.serves:
        return [*found, ("jet_number", NOT_SERVING)]
    if row["job_type"] != service.job_type:
        found.append(("job_type", JOB_TYPE_DIFFERS))
    if row["organisation_answer"] == "yes" and service.years >= MOST_YEARS:
        found.append(("organisation_answer", OVER_THE_CAP))
    elif row["organisation_answer"] == "yes" and service.years >= ORDINARY_YEARS and not row["exceptional"]:
        found.append(("exceptional", EXCEPTION_MISSING))
    return found
