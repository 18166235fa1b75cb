"""What a browser keeps: the number of its session, its own number, a word from the page before, a language.

Forms carry a digest of one of the numbers, which no other site knows.
"""

import hashlib
import hmac
import secrets
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.desk.calls import Cookie
from services.kit.http.problem import language
from services.kit.text import Language

SESSION, BROWSER, SAID, LANGUAGE = "session", "browser", "said", "language"
SESSION_SECONDS = 8 * 3600
_YEAR = 365 * 86400
_LONGEST = 500


class Cookies:
    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        self._prefix = "__Host-kakehashi-" if secure else "kakehashi-"

    def session(self, request: Request) -> Cookie | None:
        number, _, person = self._get(request, SESSION).partition("~")
        return Cookie(number, person) if number and person else None

    def browser(self, request: Request) -> str:
        """Empty for a browser that has none yet."""
        return self._get(request, BROWSER)

    def language(self, request: Request, role: str | None) -> Language:
        """As chosen; else participants read what their browser asks for, and everybody else Japanese."""
        kept = self._get(request, LANGUAGE)
        if kept in ("ja", "en"):
            return "ja" if kept == "ja" else "en"
        return language(request.headers.get("accept-language", "")) if role in (None, "participant") else "ja"

    def said(self, request: Request) -> str:
        return unquote(self._get(request, SAID))[:_LONGEST]

    def begin(self, response: Response, cookie: Cookie) -> None:
        self._set(response, SESSION, "~".join(cookie), SESSION_SECONDS)

    def leave(self, response: Response) -> None:
        self._set(response, SESSION, "", 0)

    def know(self, response: Response, number: str) -> None:
        self._set(response, BROWSER, number, _YEAR)

    def say(self, response: Response, text: str) -> None:
        """To the next page; empty for nothing more."""
        self._set(response, SAID, quote(text), 60 if text else 0)

    def speak(self, response: Response, spoken: Language) -> None:
        self._set(response, LANGUAGE, spoken, _YEAR)

    def _get(self, request: Request, name: str) -> str:
        return request.cookies.get(self._prefix + name, "")[: 4 * _LONGEST]

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            self._prefix + name, value, max_age=seconds, path="/", httponly=True, samesite="lax",
            secure=self._secure,
        )  # fmt: skip


def new_browser() -> str:
    """The number by which a browser is known."""
    return secrets.token_urlsafe(32)


def form_token(number: str) -> str:
    return hashlib.sha256(b"form\0" + number.encode()).hexdigest()


def came_from_us(request: Request, number: str, token: object, issuer: str) -> bool:
    """Whether a form was sent from a page of ours: browsers say the site, and nobody else knows the token."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site != "same-origin" and (site is not None or origin not in (None, issuer)):
        return False
    return bool(number) and isinstance(token, str) and hmac.compare_digest(token, form_token(number))
