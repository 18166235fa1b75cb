"""`python -m tests.gateway.door.process FOLDER PORT`: the door of a test house as a process of its own."""

import sys
from pathlib import Path

from services.gateway.door.app import create_app
from services.kit.auth.keys import load_key
from services.serve import Server, configuration
from tests.gateway.door.house import StillState, door_settings


def main(folder: Path, port: int) -> None:
    source = StillState(load_key(folder / "issuer.jwk", "ES256", private=True))
    config = configuration("door", f"127.0.0.1:{port}")
    config.app, config.factory = create_app(door_settings(folder), source), False
    Server(config).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
