"""A person's browser at the desk, by HTTP: comes in by the link of a letter, and keeps a page that opens by itself."""

import re
import time
from email import message_from_bytes, policy
from pathlib import Path

import httpx

_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_LINK = re.compile(r"https?://\S+/desk/enter/[A-Za-z0-9_-]{43}")
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"[^>]*>')
_SCRIPT = re.compile(r"<script[^>]*></script>")
LETTER_SECONDS = 20.0


class Browser:
    """`mail`: the folder in which letters arrive."""

    def __init__(self, url: str, mail: Path) -> None:
        self._http = httpx.Client(
            base_url=url, follow_redirects=True, timeout=60, headers={"Accept-Language": "ja"}
        )
        self._mail = mail

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def sign_in(self, email: str) -> None:
        before = len(self._links(email))
        self._send("/desk/enter", {"email": email})
        deadline = time.monotonic() + LETTER_SECONDS
        while len(links := self._links(email)) == before:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no letter came to {email}")
            time.sleep(0.05)
        self._send(httpx.URL(links[-1]).path, {})

    def keep(self, page: str, path: Path) -> Path:
        """With its style inside, and without script."""
        html = self._get(page)
        style = _STYLE.search(html)
        if style is not None:
            html = html.replace(style[0], f"<style>{self._get(style[1])}</style>")
        path.write_text(_SCRIPT.sub("", html), encoding="utf-8")
        return path

    def _get(self, path: str) -> str:
        return self._http.get(path).raise_for_status().text

    def _send(self, path: str, fields: dict[str, str]) -> None:
        """The form of a page, filled in."""
        token = _TOKEN.search(self._get(path))
        data = fields | {"form_token": token[1] if token else ""}
        self._http.post(path, data=data).raise_for_status()

    def _links(self, email: str) -> list[str]:
        letters = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted(self._mail.glob("*.eml"))
        ]
        mine = (one.get_content() for one in letters if one["To"] == email)
        return [found[0] for text in mine if (found := _LINK.search(text))]
