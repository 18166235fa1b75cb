"""A key for each case, under a master key from the environment: what is written of a case is read with its key alone, and
with the key it is gone.

AES-256-GCM both times, with a random nonce before the ciphertext; the place where a text stands is bound to it, so that
none can be moved to another.
"""

import base64
import hashlib
import secrets
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_NONCE, _KEY = 12, 32


class CareSettings(BaseSettings):
    """`KAKEHASHI_CARE_KEY`: 32 bytes in base64url, known to the processes of counselling alone."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", extra="ignore")

    care_key: SecretStr


class Unreadable(Exception):
    """Not of this key, not of this place, or changed; the message holds nothing of it."""


class Wrapped(NamedTuple):
    """A case's key as it is stored, and by what it is known when it is gone (SHA-256)."""

    wrapped: bytes
    fingerprint: bytes


class CaseKey:
    """Of one case, while a request runs."""

    def __init__(self, case: UUID, key: bytes) -> None:
        self._case, self._cipher = case, AESGCM(key)

    def seal(self, text: str | bytes, place: str) -> bytes:
        """`place`: the table's column and the row's id."""
        content = text.encode() if isinstance(text, str) else text
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, self._bound(place))

    def open(self, sealed: bytes, place: str) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound(place))
        except InvalidTag:
            raise Unreadable from None

    def read(self, sealed: bytes, place: str) -> str:
        return self.open(sealed, place).decode()

    def _bound(self, place: str) -> bytes:
        return f"{self._case} {place}".encode()


def new_key(case: UUID) -> tuple[CaseKey, Wrapped]:
    key, nonce = secrets.token_bytes(_KEY), secrets.token_bytes(_NONCE)
    wrapped = nonce + master().encrypt(nonce, key, case.bytes)
    return CaseKey(case, key), Wrapped(wrapped, hashlib.sha256(key).digest())


def unwrapped(case: UUID, wrapped: bytes) -> CaseKey:
    return CaseKey(case, _key(case, wrapped))


def fingerprint_of(case: UUID, wrapped: bytes) -> bytes:
    return hashlib.sha256(_key(case, wrapped)).digest()


def _key(case: UUID, wrapped: bytes) -> bytes:
    try:
        return master().decrypt(wrapped[:_NONCE], wrapped[_NONCE:], case.bytes)
    except InvalidTag:
        raise Unreadable from None


@lru_cache(maxsize=1)
def master() -> AESGCM:
    """Read when the process starts, so that it does not without."""
    given = CareSettings().care_key.get_secret_value()  # type: ignore[call-arg]
    key = base64.urlsafe_b64decode(given)
    if len(key) != _KEY:
        raise ValueError("KAKEHASHI_CARE_KEY is not 32 bytes in base64url")
    return AESGCM(key)
