"""What the registry is told besides what every service is."""

from pathlib import Path

from services.kit.settings import Settings


class RegistrySettings(Settings):
    """`issuer` is the issuer identifier: the door's public address, without a slash at its end. `api_folder` holds the
    committed contracts, which queries are saved against."""

    issuer: str
    api_folder: Path = Path(__file__).parents[3] / "docs" / "api"
