"""Coming in: an address, a letter with a one-time link, a button. The pages here need no session (ADR 0022)."""

import hashlib
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.gateway.desk.calls import Calls, Cookie
from services.gateway.desk.contracts import Operation
from services.gateway.desk.cookies import Cookies, came_from_us, form_token, new_browser
from services.gateway.desk.settings import DeskSettings
from services.gateway.desk.showing import Templates
from services.gateway.desk.visit import refused
from services.kit.text import Text

CALLS = ("identity_sign_in_links_create", "identity_sessions_create")
_TRY_AGAIN = Text(
    "ブラウザのクッキーを有効にして、もう一度お試しください。", "Allow cookies in your browser and try again."
)


class Entrance:
    def __init__(
        self, settings: DeskSettings, calls: Calls, cookies: Cookies, templates: Templates,
        operations: Mapping[str, Operation],
    ) -> None:  # fmt: skip
        self._settings, self._calls, self._cookies, self._templates = settings, calls, cookies, templates
        self._operations = operations

    def mount(self, app: FastAPI) -> None:
        for path, handler, method in (
            ("/desk/enter", self._form, "GET"),
            ("/desk/enter", self._ask, "POST"),
            ("/desk/enter/{number}", self._button, "GET"),
            ("/desk/enter/{number}", self._enter, "POST"),
            ("/desk/language", self._speak, "POST"),
        ):
            app.add_api_route(path, handler, methods=[method], response_model=None)

    async def _form(self, request: Request) -> Response:
        return self._show(request, "enter.html")

    async def _ask(self, request: Request) -> Response:
        """The same answer for every address that is one."""
        browser = self._cookies.browser(request)
        form = await request.form(max_files=0, max_fields=10)
        email = form.get("email")
        if not came_from_us(request, browser, form.get("form_token"), self._settings.issuer):
            return self._show(request, "enter.html", status=403, wrong=_TRY_AGAIN)
        problem = await self._send(request, CALLS[0], {"email": str(email or "").strip()})
        if problem is not None:
            return self._show(request, "enter.html", status=problem["status"], problem=problem)
        return self._show(request, "asked.html")

    async def _button(self, request: Request) -> Response:
        """Opening a link spends nothing: mail filters follow links."""
        return self._show(request, "button.html")

    async def _enter(self, request: Request) -> Response:
        browser = self._cookies.browser(request)
        form = await request.form(max_files=0, max_fields=10)
        if not came_from_us(request, browser, form.get("form_token"), self._settings.issuer):
            return self._show(request, "enter.html", status=403, wrong=_TRY_AGAIN)
        said: dict[str, Any] = {}
        number = {"link_number": request.path_params["number"]}
        problem = await self._send(request, CALLS[1], number, said)
        if problem is not None:
            # whatever is wrong with a link, its page is the same
            return self._show(request, "enter.html", status=409, void=True)
        response = RedirectResponse("/desk", status_code=303)
        self._cookies.begin(response, Cookie(said["session_number"], said["person_id"]))
        return response

    async def _speak(self, request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=10)
        back = str(form.get("back") or "")
        inside = back.startswith("/desk") and back.isprintable() and not back.startswith("/desk/language")
        response = RedirectResponse(back if inside else "/desk", status_code=303)
        self._cookies.speak(response, "en" if form.get("language") == "en" else "ja")
        return response

    async def _send(
        self, request: Request, call: str, body: dict[str, str], said: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """As the desk itself, for the asking browser; the problem, if there was one."""
        digest = hashlib.sha256(self._cookies.browser(request).encode()).hexdigest()
        answer = await self._calls.send(
            self._operations[call], await self._calls.own(),
            {"Accept-Language": self._cookies.language(request, None)}, path={}, query={},
            json=body | {"browser_sha256": digest},
        )  # fmt: skip
        if answer.status_code >= 400:
            return dict((await refused(answer)).problem)
        await answer.aread()
        if said is not None:
            said |= answer.json()
        return None

    def _show(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        known = self._cookies.browser(request)
        browser = known or new_browser()
        said = self._cookies.said(request)
        given = {"problem": None, "field_terms": {}, "wrong": None, "void": False} | values
        text = self._templates.page(
            template, self._cookies.language(request, None), said=said, form_token=form_token(browser),
            back=request.url.path if request.method == "GET" else "/desk/enter", **given,
        )  # fmt: skip
        response = HTMLResponse(text, status_code=status)
        if not known:
            self._cookies.know(response, browser)
        if said:
            self._cookies.say(response, "")
        return response
