"""RFC 9457 answers. The one place where refusals become HTTP, and where nothing of the input is echoed."""

import hashlib
import json
from collections.abc import Sequence

from services.kit.errors import FieldError, Refusal, Refused, Sort
from services.kit.text import Language

MEDIA_TYPE = "application/problem+json"

STATUS: dict[Sort, int] = {
    "malformed": 400,
    "unsigned": 401,
    "forbidden": 403,
    "absent": 404,
    "method": 405,
    "unacceptable": 406,
    "conflict": 409,
    "stale": 412,
    "large": 413,
    "media": 415,
    "payload": 422,
    "unguarded": 428,
    "throttled": 429,
    "fault": 500,
    "unavailable": 503,
}
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def support_code(request_id: str) -> str:
    """Six characters that a clerk can read out on the telephone; staff find the request by it."""
    digest = int.from_bytes(hashlib.sha256(request_id.encode()).digest()[:8], "big")
    return "".join(_ALPHABET[(digest >> (5 * place)) & 31] for place in range(6))


def language(accept_language: str) -> Language:
    """ja unless en is preferred; anything unreadable is ja."""
    best: tuple[float, Language] = (0.0, "ja")
    for part in accept_language.lower().split(","):
        tag, _, parameter = part.strip().partition(";")
        weight = 1.0
        if parameter.strip().startswith("q="):
            try:
                weight = float(parameter.strip()[2:])
            except ValueError:
                continue
        for known in ("ja", "en"):
            if (tag == known or tag.startswith(known + "-")) and weight > best[0]:
                best = (weight, "ja" if known == "ja" else "en")
    return best[1]


def _field(error: FieldError, spoken: Language) -> dict[str, str | int]:
    said: dict[str, str | int] = {
        "pointer": error.pointer,
        "code": error.code,
        "message": error.message.within(spoken),
        "remedy": error.remedy.within(spoken),
    }
    return said if error.cell is None else said | error.cell._asdict()


def body(refused: Refused, *, request_id: str, trace_id: str, spoken: Language) -> bytes:
    refusal: Refusal = refused.refusal
    fields: Sequence[FieldError] = refused.fields
    return json.dumps(
        {
            "type": f"/problems/{refusal.code}",
            "code": refusal.code,
            "title": refusal.title.within(spoken),
            "status": STATUS[refusal.sort],
            "detail": refused.detail.within(spoken),
            "errors": [_field(error, spoken) for error in fields],
            "trace_id": trace_id,
            "support_code": support_code(request_id),
        },
        ensure_ascii=False,
    ).encode("utf-8", "backslashreplace")
