"""How the roster is asked for: as a client of its own, which is registered as every other is."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class RosterSettings(BaseSettings):
    """`KAKEHASHI_DOOR`; `KAKEHASHI_CARE_CLIENT` and `KAKEHASHI_CARE_SECRET` of the client that the registry's bootstrap
    makes (`care-roster.json`). Without them no roster is copied, and an adviser is not walled off by default."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", extra="ignore")

    door: str = ""
    care_client: str = ""
    care_secret: SecretStr = Field(default=SecretStr(""), repr=False)
