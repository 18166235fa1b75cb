"""Terms of career fairs: skills, languages, levels of Japanese, and what a participant may let exhibitors see."""

import re
from typing import Annotated, Literal, get_args

from pydantic import Field, StrictStr

from services.kit.columns import Cell, Raw
from services.kit.findings import BadValue, Finding, Parsed
from services.kit.japan.choices import several
from services.kit.japan.reading import folded
from services.kit.text import Text
from services.kit.wire import choice, choices

# 日本語能力試験 N1 to N5
Level = Literal["n1", "n2", "n3", "n4", "n5", "none"]
Skill = Literal[
    "teaching", "translation", "interpretation", "tourism", "international_exchange", "sales", "marketing",
    "public_relations", "design", "it", "engineering", "finance", "human_resources", "research", "sports", "other",
]  # fmt: skip
# The fields of a registration that a consent may name. Nothing else of a person is ever shown to an exhibitor.
Shared = Literal["display_name", "headline", "languages", "skills", "japanese_ability", "wishes", "cv"]
SHARED: tuple[str, ...] = get_args(Shared)

_LANGUAGE = re.compile(r"[a-z]{2}")
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
WantedLevel = Annotated[Level, choice("japanese_level", get_args(Level))]
Ability = Annotated[Level, choice("japanese_ability", get_args(Level))]
Languages = Annotated[
    list[Annotated[StrictStr, Field(pattern=r"^[a-z]{2}$")]], Field(max_length=20), several(LANGUAGE)
]
Skills = Annotated[list[Skill], Field(max_length=len(get_args(Skill))), choices("skill", get_args(Skill))]
SharedFields = Annotated[list[Shared], Field(max_length=len(SHARED)), choices("shared_field", SHARED)]
