"""What an operator may set at the door, by environment (prefix KAKEHASHI_)."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

SERVICES = ("registry", "jet", "grants", "events")


class Settings(BaseSettings):
    """An upstream is `unix:/path/to/socket` or `http(s)://host:port`. Sizes are bytes, times seconds."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", frozen=True)

    upstream_registry: str
    upstream_jet: str
    upstream_grants: str
    upstream_events: str
    keys: Path
    database_url: str
    issuer: str = "http://localhost"
    api_folder: Path = Path(__file__).parents[3] / "docs" / "api"

    body_limit: int = 1 << 20
    upload_limit: int = 2 << 30
    deadline: float = 30.0
    upload_deadline: float = 3600.0
    idle_timeout: float = 10.0
    stream_timeout: float = 60.0
    connections_per_service: int = 100
    connections_per_client: int = 20  # of those of one service
    rate: float = 200.0
    burst: int = 400

    def upstreams(self) -> dict[str, str]:
        return {
            "registry": self.upstream_registry,
            "jet": self.upstream_jet,
            "grants": self.upstream_grants,
            "events": self.upstream_events,
        }
