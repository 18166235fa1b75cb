"""A person at the desk, by HTTP as a browser does it: cookies kept, forms sent with what they hold."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx

from services.system import System

LETTER_SECONDS = 20.0
_TLS = httpx.create_ssl_context()  # one for all: to make one costs more than many visits
_LINK = re.compile(r"https?://\S+/desk/enter/[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Letter:
    to: str
    text: str

    @property
    def link(self) -> str:
        found = _LINK.search(self.text)
        assert found is not None, self.text
        return found[0]


def letters(system: System, to: str) -> list[Letter]:
    """Those that went to this address, the oldest first."""
    found = []
    for path in sorted(Path(system.mail).glob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if message["To"] == to:
            found.append(Letter(str(message["To"]), message.get_content()))
    return found


def next_letter(system: System, to: str, before: int, number: int = 1) -> Letter:
    """The first after those that were there before; waits for it."""
    deadline = time.monotonic() + LETTER_SECONDS
    while len(found := letters(system, to)) < before + number:
        assert time.monotonic() < deadline, f"no letter came to {to}"
        time.sleep(0.02)
    return found[before]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.fields.setdefault(str(given["name"]), given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())


@dataclass(frozen=True)
class Shown:
    """A page that came back. `text`: its words, one space between; `hidden`: the hidden fields of its forms."""

    status: int
    path: str
    html: str
    headers: Mapping[str, str]
    text: str
    hidden: Mapping[str, str]


class Visitor:
    """One browser: without a session until `sign_in`. `address`: where it comes from."""

    def __init__(self, system: System, language: str = "ja", address: str | None = None) -> None:
        self.system = system
        self.http = httpx.Client(
            base_url=system.url, follow_redirects=True, timeout=60, headers={"Accept-Language": language},
            transport=httpx.HTTPTransport(verify=_TLS, local_address=address),
        )  # fmt: skip
        self._token = ""

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str, **query: Any) -> Shown:
        return self._shown(self.http.get(path, params=query or None))

    def post(self, path: str, fields: Mapping[str, Any] | None = None, files: Any = None) -> Shown:
        """A form of the page that was shown last."""
        data = {"form_token": self._token} | dict(fields or {})
        return self._shown(self.http.post(path, data=data, files=files))

    def ask(self, email: str) -> Shown:
        self.get("/desk/enter")
        return self.post("/desk/enter", {"email": email})

    def sign_in(self, email: str) -> Shown:
        before = len(letters(self.system, email))
        self.ask(email)
        path = next_letter(self.system, email, before).link.removeprefix(self.system.url)
        self.get(path)
        shown = self.post(path)
        assert shown.status == 200, shown.text
        return shown

    def _shown(self, answer: httpx.Response) -> Shown:
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return Shown(answer.status_code, answer.url.path, "", answer.headers, "", {})
        parser = _Text()
        parser.feed(answer.text)
        self._token = parser.fields.get("form_token", self._token)
        text = " ".join(parser.words)
        return Shown(answer.status_code, answer.url.path, answer.text, answer.headers, text, parser.fields)
