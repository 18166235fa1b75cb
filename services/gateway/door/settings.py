"""What an operator may set at the door, by environment (prefix KAKEHASHI_); why so: ADR 0012."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

SERVICES = ("registry", "jet", "care", "grants", "events")


class Settings(BaseSettings):
    """An upstream is `unix:/path/to/socket` or `http(s)://host:port`; the desk's may be left out. Sizes are bytes, times
    seconds."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", frozen=True)

    upstream_registry: str
    upstream_jet: str
    upstream_care: str
    upstream_grants: str
    upstream_events: str
    upstream_desk: str = ""
    keys: Path
    database_url: str
    issuer: str = "http://localhost"
    api_folder: Path = Path(__file__).parents[3] / "docs" / "api"

    body_limit: int = 1 << 20
    form_limit: int = 64 << 10
    upload_limit: int = 2 << 30
    deadline: float = 30.0
    upload_deadline: float = 3600.0
    stream_timeout: float = 60.0

    header_timeout: float = 5.0
    body_timeout: float = 8.0  # of a body that is no upload
    keep_alive: float = 5.0
    slowest: int = 1024  # bytes a second, of an upload and of a reader, over each …
    slow_window: float = 8.0
    connections: int = 5000
    connections_per_address: int = 2000
    drain_pause: float = 0.5

    connections_per_service: int = 100
    connections_per_client: int = 20  # of those of one service
    connections_per_organisation: int = 40
    rate: float = 200.0  # requests a second of a client …
    burst: int = 400
    organisation_rate: float = 400.0  # … of all tools of an organisation together
    organisation_burst: int = 800
    address_rate: float = 50.0  # … of an address that reads public routes
    address_burst: int = 200
    token_rate: float = 20.0  # … of an address that asks for tokens
    token_burst: int = 300
    refused_rate: float = 50.0  # … of an address whose tokens are no good, or whose paths are none
    refused_burst: int = 500

    key_rate: float = 2.0  # … with one key of a saved query
    key_burst: int = 40
    wrong_key_rate: float = 2.0  # … of an address whose keys of saved queries are no good
    wrong_key_burst: int = 100

    def upstreams(self) -> dict[str, str]:
        found = {
            "registry": self.upstream_registry,
            "jet": self.upstream_jet,
            "care": self.upstream_care,
            "grants": self.upstream_grants,
            "events": self.upstream_events,
            "desk": self.upstream_desk,
        }
        return {name: address for name, address in found.items() if address}
