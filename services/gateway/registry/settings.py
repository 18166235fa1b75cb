"""What the registry is told besides what every service is."""

from services.kit.settings import Settings


class RegistrySettings(Settings):
    """`issuer` is the issuer identifier: the door's public address, without a slash at its end."""

    issuer: str
