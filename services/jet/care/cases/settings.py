"""What an installation says of keeping."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class KeepingSettings(BaseSettings):
    """`KAKEHASHI_CARE_KEEP_YEARS`: whole fiscal years for which a case is kept after it was closed. Five is a sample:
    the rule is CLAIR's."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", extra="ignore")

    care_keep_years: int = Field(default=5, ge=0, le=30)
