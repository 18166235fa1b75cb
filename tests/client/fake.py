"""A stand-in for the API: answers what a test has put in, in order, and keeps what was asked."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx

from client.api import Api
from client.credentials import Credentials, Secret

URL = "http://kakehashi.example"
Answer = httpx.Response | httpx.TransportError | Callable[[httpx.Request], httpx.Response]


def problem(status: int, code: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    body = {"code": code, "title": "題名", "detail": "説明", "errors": [], "support_code": "ABC234"} | more
    return httpx.Response(status, json=body, headers=headers)


class Fake:
    """`answers` are for everything but the token endpoint, which `token` answers."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.forms: list[dict[str, list[str]]] = []
        self.slept: list[float] = []
        self.lifetime = 300

    def api(self, credentials: Credentials | None = None) -> Api:
        transport = httpx.MockTransport(self._answer)
        return Api(URL, credentials or Secret("tool", "s3cret"), transport=transport, sleep=self.slept.append)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/.well-known/oauth-authorization-server":
            return httpx.Response(200, json={"issuer": URL})
        if request.url.path == "/oauth/token":
            self.forms.append(parse_qs(request.content.decode()))
            return httpx.Response(
                200, json={"access_token": f"token-{len(self.forms)}", "expires_in": self.lifetime}
            )
        request.read()
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer(request) if callable(answer) else answer
