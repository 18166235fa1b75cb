"""What the desk is told by its environment."""

from pathlib import Path

from services.kit.settings import Settings


class DeskSettings(Settings):
    """`door`: where calls go. `issuer`: the door's public address, without a slash at its end. `api_folder` holds the
    committed contracts, whose operations the pages name."""

    door: str
    issuer: str
    api_folder: Path = Path(__file__).parents[3] / "docs" / "api"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the desk over TLS, so that its cookies go no other way."""
        return self.issuer.startswith("https:")
