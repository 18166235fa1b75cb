"""What the issuer answers when it says no: RFC 6749 §5.2 and RFC 8707 §2, not the house's problem+json.

OAuth libraries read `error`; a description is ASCII by that standard, and never repeats the input.
"""

from typing import Literal

from starlette.responses import JSONResponse, Response

Error = Literal[
    "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
    "invalid_scope", "invalid_target",
]  # fmt: skip

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
CHALLENGE = {"WWW-Authenticate": 'Basic realm="kakehashi", charset="UTF-8"'}


class OAuthRefused(Exception):
    def __init__(self, error: Error, description: str) -> None:
        super().__init__(error)
        self.error, self.description = error, description

    def response(self) -> Response:
        unknown = self.error == "invalid_client"
        return JSONResponse(
            {"error": self.error, "error_description": self.description},
            status_code=401 if unknown else 400,
            headers=NO_STORE | (CHALLENGE if unknown else {}),
        )


def unknown_client() -> OAuthRefused:
    """One answer for every way in which a client is not who it says, so that none is confirmed to exist."""
    return OAuthRefused("invalid_client", "The client is not known by these credentials")
