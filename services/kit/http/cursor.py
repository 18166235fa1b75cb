"""Signed keyset cursors: bound to the caller, the route and the filters; they never expire, keys rotate."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence

from services.kit.errors import PARAMETERS, FieldError
from services.kit.text import Text

_SIGNATURE = 16


class Cursors:
    """`keys`: the newest first; older ones are still accepted."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = keys

    def _sign(self, key: bytes, payload: bytes, binding: str) -> bytes:
        return hmac.digest(key, payload + b"\0" + binding.encode(), hashlib.sha256)[:_SIGNATURE]

    def seal(self, values: Sequence[object], binding: str) -> str:
        payload = json.dumps([None if value is None else str(value) for value in values]).encode()
        return (
            base64.urlsafe_b64encode(self._sign(self._keys[0], payload, binding) + payload)
            .decode()
            .rstrip("=")
        )

    def digest(self, content: bytes) -> bytes:
        """By which the same content is known again, and from which nobody without the key guesses it."""
        return hmac.digest(self._keys[0], b"digest\0" + content, hashlib.sha256)

    def open(self, cursor: str, binding: str) -> list[str | None]:
        """The sort values of the last row; anything not sealed for this caller and query is refused."""
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except ValueError:
            raise _bad() from None
        signature, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
        if not any(hmac.compare_digest(self._sign(key, payload, binding), signature) for key in self._keys):
            raise _bad()
        values: list[str | None] = json.loads(payload)
        return values


def _bad() -> Exception:
    return PARAMETERS(
        FieldError(
            "cursor",
            "cursor_invalid",
            Text("このカーソルは使えません", "This cursor is not valid here"),
            Text(
                "条件を変えたときは最初のページから読み直してください。",
                "After a change of filters start from the first page.",
            ),
        )
    )
