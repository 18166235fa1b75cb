"""Terms of training that several slices use: audiences, kinds, deliveries, codes, and how rows name what they are of."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StrictInt, StrictStr

from services.jet.training_tables import training_course, training_edition, training_run
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.japan.codes import CODE
from services.kit.resource import Ref
from services.kit.text import Text
from services.kit.wire import choice, choices

Kind = Literal[
    "orientation", "alt_conference", "cir_conference", "sea_conference", "advanced", "e_learning", "japanese",
    "translation", "organisation_seminar", "adviser_training", "leavers_briefing", "opinion_exchange",
    "career_vision", "job_hunting",
]  # fmt: skip
Audience = Literal[
    "new_participant", "alt", "cir", "sea", "adviser", "organisation_staff", "teacher", "supervisor", "alumnus",
    "open",
]  # fmt: skip
Delivery = Literal["on_site", "online", "hybrid", "e_learning", "correspondence"]
Precision = Literal["day", "month", "year", "as_required"]


def _once_each(given: list[str]) -> list[str]:
    return list(dict.fromkeys(given))


# of our own making, so that a path never reads one as an id: CIR-CONFERENCE-2024
TrainingCode = Annotated[
    StrictStr, Field(pattern=r"^[A-Z][A-Z0-9-]{1,29}$", examples=["CIR-CONFERENCE-2024"]), CODE
]
Kinds = Annotated[Kind, choice("training_kind", get_args(Kind))]
Audiences = Annotated[
    list[Audience],
    Field(min_length=1, max_length=len(get_args(Audience))),
    AfterValidator(_once_each),
    choices("training_audience", get_args(Audience)),
]
Printed = Annotated[Precision, choice("date_precision", get_args(Precision))]
Number = Annotated[Annotated[StrictInt, Field(ge=1, le=999)], cells.INTEGER]


def _unknown(code: str, what: Text) -> Finding:
    return Finding(
        code,
        Text(f"このコードの{what.ja}は登録されていません", f"No {what.en} has this code"),
        Text(f"{what.ja}のコードを確認してください。", f"Check the code of the {what.en}."),
    )


COURSE = Ref(
    "course_code", "course_id", training_course, "code", _unknown("course_unknown", Text("研修", "course"))
)
REQUIRED = Ref("requires_code", "requires_id", training_course, "code", COURSE.unknown)
EDITION = Ref(
    "edition_code", "edition_id", training_edition, "code",
    _unknown("edition_unknown", Text("年度の開講", "edition")),
)  # fmt: skip
RUN = Ref("run_code", "run_id", training_run, "code", _unknown("run_unknown", Text("実施回", "run")))
