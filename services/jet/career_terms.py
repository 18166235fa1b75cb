"""Terms of career fairs: skills, and what a participant may let exhibitors see."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from services.jet.terms import LEVELS, Level
from services.kit.wire import choice, choices

Skill = Literal[
    "teaching", "translation", "interpretation", "tourism", "international_exchange", "sales", "marketing",
    "public_relations", "design", "it", "engineering", "finance", "human_resources", "research", "sports", "other",
]  # fmt: skip
# The fields of a registration that a consent may name. Nothing else of a person is ever shown to an exhibitor.
Shared = Literal["display_name", "headline", "languages", "skills", "japanese_ability", "wishes", "cv"]
SHARED: tuple[str, ...] = get_args(Shared)

Ability = Annotated[Level, choice("japanese_ability", LEVELS)]
Skills = Annotated[list[Skill], Field(max_length=len(get_args(Skill))), choices("skill", get_args(Skill))]
SharedFields = Annotated[list[Shared], Field(max_length=len(SHARED)), choices("shared_field", SHARED)]
