"""What a service is told by its environment."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Environment of one service process; every name is prefixed with KAKEHASHI_ but the database's."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", extra="ignore")

    keys: Path = Path("var/keys")
    read_connections: int = 8
    write_connections: int = 8
    export_connections: int = 2
    statement_seconds: int = 30
    export_seconds: int = 600
    import_bytes: int = 2 * 1024**3
    statement_cache_size: int = 100


class DatabaseSettings(BaseSettings):
    """DATABASE_URL: libpq style, over TCP or a Unix socket."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: str
