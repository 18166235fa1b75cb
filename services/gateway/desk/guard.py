"""The wall before every page: a session that runs, in a role of the page's row, and a form that came from us."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.gateway.desk.calls import Calls, Unreachable
from services.gateway.desk.contracts import Operation
from services.gateway.desk.cookies import Cookies, came_from_us
from services.gateway.desk.page import Page
from services.gateway.desk.settings import DeskSettings
from services.gateway.desk.showing import Templates
from services.gateway.desk.visit import Refused, SessionOver, Visit
from services.kit.http.problem import support_code
from services.kit.log import log
from services.kit.text import Text

ENTER = "/desk/enter"
ABSENT = Text("ページが見つかりません", "There is no such page")
FORGED = Text(
    "この画面からの送信と確認できませんでした。前の画面を開き直して、もう一度お試しください。",
    "This did not come from a page of ours. Open the page again and try once more.",
)
AWAY = Text(
    "ただいま処理できません。少し待って、もう一度お試しください。",
    "We cannot do this just now. Try again in a moment.",
)
OVER = Text(
    "サインインの期限が切れました。もう一度サインインしてください。", "The session has ended. Sign in again."
)


class Guard:
    def __init__(
        self, settings: DeskSettings, calls: Calls, cookies: Cookies, templates: Templates,
        operations: Mapping[str, Operation], pages: list[Page],
    ) -> None:  # fmt: skip
        self._settings, self._calls, self._cookies, self._templates = settings, calls, cookies, templates
        self._operations, self._pages = operations, pages

    def mount(self, app: FastAPI) -> None:
        app.add_api_route("/desk", self._home, methods=["GET"], response_model=None)
        for page in self._pages:
            app.add_api_route(page.path, self._guarded(page), methods=[page.method], response_model=None)
        app.add_api_route("/desk/{rest:path}", self._absent, methods=["GET", "POST"], response_model=None)

    def menu(self, role: str) -> list[Page]:
        return [page for page in self._pages if page.menu and role in page.roles]

    async def _home(self, request: Request) -> Response:
        cookie = self._cookies.session(request)
        held = None if cookie is None else await self._calls.held(cookie)
        if held is None:
            return RedirectResponse(ENTER, status_code=303)
        menu = self.menu(held.standing.role)
        return RedirectResponse(menu[0].path if menu else "/desk/account", status_code=303)

    async def _absent(self, request: Request) -> Response:
        return self.refuse(request, 404, ABSENT)

    def _guarded(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            cookie = self._cookies.session(request)
            held = None if cookie is None else await self._calls.held(cookie, anew=not page.calls)
            if cookie is None or held is None:
                return self._to_entrance(request, page)
            if held.standing.role not in page.roles:
                return self.refuse(request, 404, ABSENT)
            visit = Visit(
                request, page, cookie, held, calls=self._calls, cookies=self._cookies, operations=self._operations,
                templates=self._templates, menu=self.menu(held.standing.role), issuer=self._settings.issuer,
            )  # fmt: skip
            if page.method == "POST":
                visit.form = await request.form(max_files=200, max_fields=2000)
                token = visit.form.get("form_token")
                if not came_from_us(request, cookie.number, token, self._settings.issuer):
                    return self.refuse(request, 403, FORGED)
            try:
                return await page.handler(visit)
            except SessionOver:
                return await self._again(request, page, visit)
            except Refused as refused:
                return visit.show("refused.html", status=refused.status, problem=refused.problem)
            except (Unreachable, HTTPException):
                raise
            except Exception:
                log.exception("page_failed", page=page.path, support_code=self._code(request))
                return self.refuse(request, 500, AWAY)

        return guarded

    async def _again(self, request: Request, page: Page, visit: Visit) -> Response:
        """Rights changed under way: a page is asked for anew, a command is left to its sender."""
        if await self._calls.held(visit.cookie) is None:
            return self._to_entrance(request, page)
        if page.method == "GET":
            return RedirectResponse(str(request.url.replace(scheme="", netloc="")), status_code=303)
        return self.refuse(request, 409, AWAY)

    def _to_entrance(self, request: Request, page: Page) -> Response:
        response = RedirectResponse(ENTER, status_code=303)
        if self._cookies.session(request) is not None:
            self._cookies.leave(response)
            self._cookies.say(response, OVER.within(self._cookies.language(request, None)))
        return response

    def refuse(self, request: Request, status: int, said: Text) -> Response:
        """A refusal of the desk's own, which it makes without a session."""
        text = self._templates.page(
            "away.html", self._cookies.language(request, None), notice=said, code=self._code(request)
        )
        return Response(text, status_code=status, media_type="text/html")

    def _code(self, request: Request) -> str:
        return support_code(request.scope["state"]["request_id"])

    async def _unreachable(self, request: Request, _: Exception) -> Response:
        response = self.refuse(request, 503, AWAY)
        response.headers["Retry-After"] = "2"
        return response

    async def _unusable(self, request: Request, error: Exception) -> Response:
        """A path that is none, or a form: too many fields, no boundary between them."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        return self.refuse(request, status, FORGED if status == 400 else ABSENT)

    def catch(self, app: FastAPI) -> None:
        app.add_exception_handler(Unreachable, self._unreachable)
        app.add_exception_handler(HTTPException, self._unusable)
