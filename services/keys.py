"""The key files of one installation: made once, private halves readable by their owner only."""

import json
import os
import secrets
import tempfile
from pathlib import Path

from services.kit.auth.keys import Algorithm, load_key, new_key, public_jwk

SIGNERS: dict[str, Algorithm] = {
    "issuer": "ES256",  # access tokens, signed by the registry
    "door": "Ed25519",  # internal tokens, signed by the door
}


def create_keys(folder: Path) -> None:
    """Make what is absent; two at once end with the same files."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, algorithm in SIGNERS.items():
        private = folder / f"{name}.jwk"
        _create_once(private, json.dumps(new_key(algorithm).as_dict(private=True)).encode())
        public = public_jwk(load_key(private, algorithm, private=True))
        _create_once(folder / f"{name}.public.jwk", json.dumps(public).encode())
    _create_once(folder / "cursor.key", secrets.token_bytes(32))


def create_passwords(folder: Path, roles: tuple[str, ...]) -> dict[str, str]:
    """A stable password for each database role, for a Postgres that asks for one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "database.json"
    _create_once(path, json.dumps({role: secrets.token_urlsafe(32) for role in roles}).encode())
    stored: dict[str, str] = json.loads(path.read_bytes())
    return stored


def _create_once(path: Path, content: bytes) -> None:
    """Whole or absent, and never replaced: a link, unlike a rename, fails if the name is taken."""
    if path.exists():
        return
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)
