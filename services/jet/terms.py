"""Terms that every slice of the JET service uses: job types, arrival groups, years, JET numbers, languages, levels."""

import re
from typing import Annotated, Literal, NewType, get_args

from pydantic import Field, StrictInt, StrictStr

from services.kit.columns import Cell, Raw
from services.kit.findings import BadValue, Finding, Parsed
from services.kit.japan import cells
from services.kit.japan.choices import several
from services.kit.japan.codes import ORGANISATION_CODE
from services.kit.japan.reading import folded
from services.kit.text import Text
from services.kit.wire import Code, choice

ProgrammeYear = NewType("ProgrammeYear", int)
FIRST_PROGRAMME_YEAR = 1987

JobType = Literal["ALT", "CIR", "SEA"]
# 来日日程: April, the groups A, B and C of July and August, and arrivals out of season (随時)
ArrivalGroup = Literal["april", "a", "b", "c", "ad_hoc"]
# 日本語能力試験 N5 to N1, the lowest first
Level = Literal["none", "n5", "n4", "n3", "n2", "n1"]
LEVELS: tuple[Level, ...] = get_args(Level)

_JET_NUMBER = re.compile(r"20[0-9]{9}")
_LANGUAGE = re.compile(r"[a-z]{2}")


def parse_jet_number(raw: Raw) -> Parsed[str]:
    """JET番号: eleven digits that begin with 20. Its credential value is nil: nobody signs in with it."""
    text = folded(raw).replace("-", "").replace(" ", "")
    if _JET_NUMBER.fullmatch(text):
        return Parsed(text, text)
    told = len(text) if text.isdigit() else None
    raise BadValue(
        Finding(
            "jet_number_malformed",
            Text(
                f"JET番号が{told}桁です" if told else "JET番号として読み取れません",
                f"This JET number has {told} digits" if told else "This cannot be read as a JET number",
            ),
            Text("「20」で始まる11桁の数字を入力してください。", "Enter eleven digits that begin with 20."),
        )
    )


JET_NUMBER = Cell(
    "jet_number",
    parse_jet_number,
    Text("11桁の数字（20…）", "Eleven digits that begin with 20"),
    "text",
    rules=("jet_number_malformed",),
)

BAD_LANGUAGE = Finding(
    "language_malformed",
    Text("言語コードとして読み取れません", "This cannot be read as a language's code"),
    Text(
        "ISO 639-1 の2文字（en、fr など）で入力してください。",
        "Enter two letters of ISO 639-1, such as en or fr.",
    ),
)


def parse_language(raw: Raw) -> Parsed[str]:
    """ISO 639-1: two letters."""
    text = folded(raw).lower()
    if not _LANGUAGE.fullmatch(text):
        raise BadValue(BAD_LANGUAGE)
    return Parsed(text, text)


LANGUAGE = Cell(
    "language", parse_language, Text("ISO 639-1 の2文字（en など）", "Two letters of ISO 639-1, such as en"),
    rules=(BAD_LANGUAGE.code,),
)  # fmt: skip

JetNumber = Annotated[StrictStr, Field(pattern=r"^20[0-9]{9}$"), JET_NUMBER]
Year = Annotated[StrictInt, Field(ge=FIRST_PROGRAMME_YEAR, le=2200), cells.YEAR]
Job = Annotated[JobType, choice("job_type", get_args(JobType))]
Arrival = Annotated[ArrivalGroup, choice("arrival_group", get_args(ArrivalGroup))]
OrganisationCode = Annotated[Code, ORGANISATION_CODE]
Languages = Annotated[
    list[Annotated[StrictStr, Field(pattern=r"^[a-z]{2}$")]], Field(max_length=20), several(LANGUAGE)
]
Levelled = Annotated[Level, choice("japanese_level", LEVELS)]
