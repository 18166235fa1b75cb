"""What the API says when it refuses (RFC 9457), as an exception that a person can read."""

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class FieldProblem:
    pointer: str
    code: str
    message: str
    remedy: str


class Problem(Exception):
    """`code` is stable and for programs; the text is in the language that the client asked for."""

    def __init__(self, response: httpx.Response) -> None:
        body = _body(response)
        self.response = response
        self.status = response.status_code
        asked = response.headers.get("Retry-After", "")
        self.retry_after = float(asked) if asked.isdecimal() else None
        self.code = str(body.get("code") or body.get("error") or "")
        self.title = str(body.get("title") or body.get("error_description") or response.reason_phrase)
        self.detail = str(body.get("detail") or "")
        self.support_code = str(body.get("support_code") or "")
        self.errors = [
            FieldProblem(*(str(error.get(name, "")) for name in ("pointer", "code", "message", "remedy")))
            for error in body.get("errors") or []
        ]
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [f"{self.status} {self.title}" + (f": {self.detail}" if self.detail else "")]
        lines += [f"  {error.pointer}: {error.message} {error.remedy}" for error in self.errors]
        if self.support_code:
            lines.append(f"  ({self.code}, {self.support_code})")
        return "\n".join(lines)


def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
