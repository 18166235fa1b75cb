"""What an installation says of breaking the glass."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class GlassSettings(BaseSettings):
    """`KAKEHASHI_CARE_GLASS_HOURS`: how long an opening lasts, four as a sample; `KAKEHASHI_CARE_PROTECTOR_EMAIL`: where
    the data protection officer (個人情報保護担当) is told of each."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", extra="ignore")

    care_glass_hours: int = Field(default=4, ge=1, le=24)
    care_protector_email: str = "protector@localhost"
