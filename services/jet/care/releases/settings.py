"""The rules of a release as CLAIR sets them; the defaults are samples."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.jet.care.releases.domain import Rules


class FigureSettings(BaseSettings):
    """`KAKEHASHI_CARE_FIGURES_THRESHOLD` and so on; a release keeps those that it was made under."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_CARE_FIGURES_", extra="ignore")

    threshold: Annotated[int, Field(ge=2)] = 10
    rounding: Annotated[int, Field(ge=1)] = 5
    protection: Annotated[int, Field(ge=1)] = 10

    @model_validator(mode="after")
    def _wide(self) -> Self:
        """Less would tell: where two cells of one contact each are the last to be withheld, who knows how cells are chosen
        finds that no other pair would have been left so."""
        if self.protection < self.threshold:
            raise ValueError("the protection is not less than the threshold")
        return self

    def rules(self) -> Rules:
        return Rules(self.threshold, self.rounding, self.protection)
