"""The rules of a release as CLAIR sets them; the defaults are samples."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.jet.care.releases.domain import Rules


class FigureSettings(BaseSettings):
    """`KAKEHASHI_CARE_FIGURES_THRESHOLD` and so on; a release keeps those that it was made under."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_CARE_FIGURES_", extra="ignore")

    threshold: int = Field(10, ge=2)
    rounding: int = Field(5, ge=1)
    protection: int = Field(10, ge=1)

    def rules(self) -> Rules:
        return Rules(self.threshold, self.rounding, self.protection)
