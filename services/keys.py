"""The key files of one installation: made once, private halves readable by their owner only.

`python -m services.keys rotate FOLDER` turns the issuer's key: the next one signs, and a new next one is made.
"""

import base64
import fcntl
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.kit.auth.keys import Algorithm, load_key, new_key, public_jwk

CURRENT, NEXT = "issuer", "issuer.next"
CARE_KEY = "care.key"  # the master key of counselling, handed to its processes alone (KAKEHASHI_CARE_KEY)
SIGNERS: dict[str, Algorithm] = {
    CURRENT: "ES256",  # access tokens, signed by the registry
    NEXT: "ES256",  # published already, so that everybody knows it before it signs
    "door": "Ed25519",  # internal tokens, signed by the door
    "audit": "Ed25519",  # checkpoints of the audit, signed by the workers
    "desk": "ES256",  # assertions of the desk, in the sessions of people
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
    _create_once(folder / CARE_KEY, base64.urlsafe_b64encode(secrets.token_bytes(32)))


def rotate(folder: Path) -> tuple[str, str]:
    """The kids that are now current and next.

    Broken off between the two files, they hold the same key; the next call then makes only the new next one.
    """
    with _alone(folder):
        current = load_key(folder / f"{CURRENT}.jwk", "ES256", private=True)
        following = load_key(folder / f"{NEXT}.jwk", "ES256", private=True)
        if current.kid != following.kid:
            _replace(folder, CURRENT, (folder / f"{NEXT}.jwk").read_bytes())
        made = new_key("ES256")
        _replace(folder, NEXT, json.dumps(made.as_dict(private=True)).encode())
    return str(following.kid), str(made.kid)


def create_passwords(folder: Path, roles: tuple[str, ...]) -> dict[str, str]:
    """A stable password for each database role, for a Postgres that asks for one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "database.json"
    _create_once(path, json.dumps({role: secrets.token_urlsafe(32) for role in roles}).encode())
    stored: dict[str, str] = json.loads(path.read_bytes())
    return stored


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(folder: Path, name: str, private: bytes) -> None:
    os.replace(_written(folder, private), folder / f"{name}.jwk")
    public = public_jwk(load_key(folder / f"{name}.jwk", "ES256", private=True))
    os.replace(_written(folder, json.dumps(public).encode()), folder / f"{name}.public.jwk")


def _create_once(path: Path, content: bytes) -> None:
    """Whole or absent, and never replaced: a link, unlike a rename, fails if the name is taken."""
    if path.exists():
        return
    name = _written(path.parent, content)
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)


def _written(folder: Path, content: bytes) -> str:
    """A new file, 0600, whole on disk before it gets its name."""
    descriptor, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return name


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["rotate", given] if (Path(given) / f"{NEXT}.jwk").exists():
            print("current {}\nnext    {}".format(*rotate(Path(given))))
        case _:
            sys.exit(
                "usage: python -m services.keys rotate FOLDER   (with issuer.jwk and issuer.next.jwk in it)"
            )
