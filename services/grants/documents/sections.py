"""How CLAIR's sections sign their papers: name, sign (記号) of their numbers, and whom a reader may ask.

What no setting says is a sample, and every paper under it says so.
"""

from collections import Counter
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Words = Annotated[StrictStr, Field(min_length=1, max_length=100)]


class Signs(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Words
    sign: Annotated[StrictStr, Field(pattern=r"^\S+$", max_length=10)]
    contact: Words | None = None
    sample: bool = False


class Sections(BaseSettings):
    """`KAKEHASHI_GRANT_SECTIONS`: by the section's code, {"grants-economy": {"name": "経済交流課", "sign": "自経"}}."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", extra="ignore")

    grant_sections: dict[str, Signs] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        signs = Counter(one.sign for one in self.grant_sections.values())
        if twice := [sign for sign, count in signs.items() if count > 1]:
            raise ValueError(f"two sections have one sign: {', '.join(twice)}")
        return self


_SAMPLES = {
    "grants-economy": Signs(name="経済交流担当課", sign="見本経", sample=True),
    "grants-exchange": Signs(name="交流支援担当課", sign="見本交", sample=True),
    "grants-multiculture": Signs(name="多文化共生担当課", sign="見本多", sample=True),
}


def signs_of(section: str) -> Signs:
    """A section that nobody named signs by its code: no two have one sign."""
    code = section.removeprefix("grants-")
    told = Sections().grant_sections.get(section) or _SAMPLES.get(section)
    return told or Signs(name=f"助成担当課（{code}）", sign=f"見本{code}"[:24], sample=True)
