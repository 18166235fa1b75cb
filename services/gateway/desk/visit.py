"""One request to a page: who is there, what the page may ask the services, and what it answers.

A page that is refused by a service shows what the service said: `Refused` is caught by the desk, or by a page that
shows its form again with the problems in their places.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import PurePath
from typing import Any

import httpx
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from services.gateway.desk.calls import Calls, Cookie, Held, Unreachable
from services.gateway.desk.contracts import Operation
from services.gateway.desk.cookies import Cookies, form_token
from services.gateway.desk.forms import Entry, entries
from services.gateway.desk.page import Page
from services.gateway.desk.showing import Templates
from services.kit.text import Language, Text

_CHUNK = 1 << 16
_MEDIA = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".tsv": "text/tab-separated-values",
    ".ndjson": "application/x-ndjson",
}
# of photographs and papers; phones name them in capitals, and browsers do not know each
_PAPERS = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".heic": "image/heic", ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".xlsx": _MEDIA[".xlsx"],
}  # fmt: skip
_PASSED_ON = ("content-type", "content-disposition", "content-length", "last-modified")

Json = Any  # a border: what a service answers, as its contract describes it


class Refused(Exception):
    """A service said no. `problem` is its problem+json, in the visitor's language."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("code"))
        self.status, self.problem = status, problem


class SessionOver(Exception):
    """The session ended, or its rights changed, while the page was made."""


class Visit:
    """`language` is the visitor's; `issuer` is our address as others reach it; `form` is set for a command, after it was
    found to come from a page of ours."""

    def __init__(
        self, request: Request, page: Page, cookie: Cookie, held: Held, *, calls: Calls, cookies: Cookies,
        operations: Mapping[str, Operation], templates: Templates, menu: list[Page], issuer: str,
    ) -> None:  # fmt: skip
        self.request, self.page, self.cookie, self.held = request, page, cookie, held
        self.issuer = issuer
        self.role = held.standing.role
        self.organisation = held.standing.organisation_code or ""
        self.language: Language = cookies.language(request, self.role)
        self.form = FormData()
        self._calls, self._cookies, self._operations = calls, cookies, operations
        self._templates, self._menu = templates, menu

    @property
    def query(self) -> Mapping[str, str]:
        """What the address asks, without what was left empty in a form."""
        return {name: value.strip() for name, value in self.request.query_params.items() if value.strip()}

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def field(self, name: str) -> str:
        """A field of the form as text, "" where there is none."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""

    def entries(self, call: str, names: Iterable[str] | None = None) -> list[Entry]:
        """The inputs of a form for an operation of this page, or for one of the command that it is sent to."""
        return entries(self._operations[call], names)

    def statistics(self, call: str) -> Mapping[str, Json]:
        """Those that are open to the person's role."""
        offered = self._operations[call].statistics
        return {name: one for name, one in offered.items() if self.role in one["roles"]}

    async def read(self, call: str, **given: Any) -> Json:
        """The JSON of a GET: `given` are its path's parameters by name, then those of its query."""
        return await self._json(await self._get(call, given))

    async def every(self, call: str, **given: Any) -> list[Json]:
        """All items of a list, page by page."""
        page = await self.read(call, limit=500, **given)
        items: list[Json] = page["items"]
        while page["next"]:
            page = await self.read(call, limit=500, cursor=page["next"], **given)
            items += page["items"]
        return items

    async def do(
        self, call: str, body: Json = None, *, match: str | None = None, query: Mapping[str, Any] | None = None,
        **path: Any,
    ) -> Json:  # fmt: skip
        """The JSON that a POST or a PATCH answers. `match`: the ETag that it was decided on."""
        headers, operation = {} if match is None else {"If-Match": match}, self._operation(call)
        if body is None and operation.body:
            body = {}
        answer = await self._send(
            operation,
            path=path,
            query=query or {},
            json=body,
            headers=headers,
        )
        return await self._json(answer)

    async def tagged(self, call: str, **given: Any) -> tuple[Json, str]:
        """A record with its ETag, to change it with."""
        answer = await self._get(call, given)
        return await self._json(answer), answer.headers.get("etag", "")

    async def upload(self, call: str, file: UploadFile, **query: Any) -> Json:
        """Send a file as it is; its kind is told by its name, as on the browser's machine."""
        headers = {"Content-Type": _MEDIA.get(_suffix(file), "text/csv")}
        answer = await self._send(
            self._operation(call), path={}, query=query, content=_content(file), headers=headers
        )
        return await self._json(answer)

    async def attach(
        self, call: str, file: UploadFile, query: Mapping[str, Any] | None = None, *, match: str | None = None,
        **path: Any,
    ) -> Json:  # fmt: skip
        """Send a photograph or a paper to a record; its name stays behind, unless `query` tells it. `match`: the ETag
        that it was decided on."""
        headers = {
            "Content-Type": _PAPERS.get(_suffix(file), file.content_type or "application/octet-stream")
        } | ({} if match is None else {"If-Match": match})
        answer = await self._send(
            self._operation(call), path=path, query=query or {}, content=_content(file), headers=headers
        )
        return await self._json(answer)

    async def file(self, call: str, *, accept: str = "*/*", **given: Any) -> Response:
        """A file of a service, passed on as it comes."""
        answer = await self._get(call, given, {"Accept": accept})
        headers = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
        return StreamingResponse(_body(answer), status_code=answer.status_code, headers=headers)

    async def own(self, call: str, **body: Any) -> Json:
        """What the desk itself asks of the registry about this session."""
        body |= {"session_number": self.cookie.number}
        headers = {"Accept-Language": self.language}
        answer = await self._calls.send(
            self._operations[call], await self._calls.own(), headers, path={}, query={}, json=body
        )
        if answer.status_code >= 400:
            raise await refused(answer)
        self._calls.forget(self.cookie)
        return await self._json(answer)

    def begin(self, response: Response, cookie: Cookie) -> None:
        self._cookies.begin(response, cookie)

    def leave(self, response: Response) -> None:
        self._cookies.leave(response)

    def show(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page. `problem` in `values` is a Refused's, shown above what it is about; `field_terms` are the glossary's names of
        its fields, where they are other ones."""
        said = self._cookies.said(self.request)
        text = self._templates.page(
            template,
            self.language,
            page=self.page,
            visit=self,
            menu=self._menu,
            said=said,
            form_token=form_token(self.cookie.number),
            back=str(self.request.url.replace(scheme="", netloc="")),
            **({"problem": None, "field_terms": {}} | values),
        )
        response = HTMLResponse(text, status_code=status)
        if said:
            self._cookies.say(response, "")
        return response

    def go(self, address: str, said: Text | None = None) -> Response:
        """On to another page after a command, which may say how it went."""
        response = RedirectResponse(address, status_code=303)
        if said is not None:
            self._cookies.say(response, said.within(self.language))
        return response

    def _operation(self, call: str) -> Operation:
        if call not in self.page.calls:
            raise LookupError(f"{self.page.path} does not name {call}")
        return self._operations[call]

    async def _get(
        self, call: str, given: dict[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        operation = self._operation(call)
        path = {name: given.pop(name) for name in operation.parameters}
        return await self._send(operation, path=path, query=given, headers=headers)

    async def _send(
        self, operation: Operation, *, path: Mapping[str, object], query: Mapping[str, Any], json: Json = None,
        content: Any = None, headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:  # fmt: skip
        given = {"Accept-Language": self.language, "Accept": "application/json", **(headers or {})}
        answer = await self._calls.send(
            operation, self.held.token, given, path=path, query=query, json=json, content=content
        )
        if answer.status_code == 401:
            await answer.aclose()
            self._calls.forget(self.cookie)
            raise SessionOver
        if answer.status_code >= 400:
            raise await refused(answer)
        return answer

    async def _json(self, answer: httpx.Response) -> Json:
        return json.loads(await answer.aread() or b"null")


def _suffix(file: UploadFile) -> str:
    return PurePath((file.filename or "").replace("\\", "/")).suffix.lower()


async def _content(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK):
        yield chunk


async def refused(answer: httpx.Response) -> Refused:
    try:
        problem = json.loads(await answer.aread())
    except (ValueError, httpx.HTTPError) as error:
        raise Unreachable(str(answer.status_code)) from error
    return Refused(answer.status_code, problem)


async def _body(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_bytes(_CHUNK):
            yield chunk
    finally:
        await answer.aclose()
