"""The body of a token request, read in exactly one way (RFC 6749 §3.2 and appendix B)."""

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus

from services.gateway.registry.issuer.refusals import OAuthRefused, unknown_client

FORM = "application/x-www-form-urlencoded"

_LONGEST, _MOST_FIELDS = 16 << 10, 20
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_TEXT = re.compile(r"[\x20-\x7e]+")

Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class Secret:
    """What a client says to be known by."""

    client_id: str
    secret: str


def read_form(content_type: str, body: bytes) -> Form:
    """Parameters by name; one without a value counts as absent, one given twice is refused."""
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise OAuthRefused("invalid_request", f"Send the parameters as {FORM}")
    if len(body) > _LONGEST:
        raise OAuthRefused("invalid_request", "The request is too long")
    try:
        text = body.decode("ascii")
        if _ESCAPE.search(text):
            raise ValueError("escape")
        pairs = parse_qsl(text, True, strict_parsing=bool(text), errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise OAuthRefused("invalid_request", "The form cannot be read") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise OAuthRefused("invalid_request", "A parameter is given twice")
    if not all(_TEXT.fullmatch(value) for value in form.values() if value):
        raise OAuthRefused("invalid_request", "A parameter holds a character that does not belong there")
    return {name: value for name, value in form.items() if value}


def read_basic(authorization: str) -> Secret:
    """client_secret_basic: both halves are form-encoded before they are joined (RFC 6749 §2.3.1)."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError(scheme)
        client_id, colon, secret = base64.b64decode(encoded, validate=True).decode("ascii").partition(":")
        if not colon:
            raise ValueError("no colon")
        decoded = [unquote_plus(half, errors="strict") for half in (client_id, secret)]
        if not all(_TEXT.fullmatch(half) for half in decoded):
            raise ValueError("no printable ASCII")
        return Secret(*decoded)
    except (ValueError, binascii.Error):
        raise unknown_client() from None
