"""Bugs to plant into the services, one at a time, to see whether the fuzz has teeth."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from starlette.responses import Response

from services.kit import writer
from services.kit.http import guard, json, listing, mount
from services.kit.http.cursor import Cursors

Wrap = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True)
class Plant:
    """`owner.name` is replaced by what `wrap` makes of it; `operations` are those that it concerns."""

    name: str
    owner: Any
    attribute: str
    wrap: Wrap
    operations: tuple[str, ...]
    service: str = "jet"
    role: str = "coordinator"

    @contextmanager
    def planted(self) -> Iterator[None]:
        with patch.object(self.owner, self.attribute, self.wrap(getattr(self.owner, self.attribute))):
            yield

    def left_alone(self) -> AbstractContextManager[None]:
        return nullcontext()


def _names_without_letters(whole: Callable[..., Any]) -> Callable[..., Any]:
    async def prepare(session: Any, resource: Any, rows: Any) -> Any:
        if any(
            isinstance(value, str) and value.strip() and not value[0].isalnum() for value in rows[0].values()
        ):
            raise ValueError("a name begins with a letter")
        return await whole(session, resource, rows)

    return prepare


def _represented(change: Callable[[dict[str, Any]], object]) -> Wrap:
    def wrap(whole: Callable[..., Any]) -> Callable[..., Any]:
        def represent(*args: Any) -> Any:
            body = whole(*args)
            change(body)
            return body

        return represent

    return wrap


def _tagged(change: Callable[[Response], object]) -> Wrap:
    def wrap(whole: Callable[..., Any]) -> Callable[..., Any]:
        def tagged(*args: Any, **options: Any) -> Any:
            response = whole(*args, **options)
            change(response)
            return response

        return tagged

    return wrap


def _text(response: Response) -> None:
    response.headers["content-type"] = "text/html"


def _partial(response: Response) -> None:
    if response.status_code == 200:
        response.status_code = 206


def _nan(whole: Callable[..., Any]) -> Callable[..., Any]:
    return lambda value: whole(value).replace(b'"position":1,', b'"position":NaN,')


def _shift_jis(whole: Callable[..., Any]) -> Callable[..., Any]:
    async def prepare(session: Any, resource: Any, rows: Any) -> Any:
        _ = [value.encode("cp932") for value in rows[0].values() if isinstance(value, str)]
        return await whole(session, resource, rows)

    return prepare


def _first_only(whole: Callable[..., Any]) -> Callable[..., Any]:
    def opened(self: Cursors, text: str, binding: str) -> Any:
        return whole(self, text, binding)[5:][0]

    return opened


def _numbered(whole: Callable[..., Any]) -> Callable[..., Any]:
    def matched(request: Any, version: object) -> None:
        given = request.headers.get("if-match", "*")
        if given != "*" and not given.startswith('"'):
            int(given)
        whole(request, version)

    return matched


def _placeless(whole: Callable[..., Any]) -> Callable[..., Any]:
    async def answer(*args: Any) -> Any:
        response = await whole(*args)
        if "location" in response.headers:
            del response.headers["location"]
        return response

    return answer


def _end_of_time(whole: Callable[..., Any]) -> Callable[..., Any]:
    async def prepare(session: Any, resource: Any, rows: Any) -> Any:
        _ = [value + timedelta(days=366) for value in rows[0].values() if isinstance(value, date)]
        return await whole(session, resource, rows)

    return prepare


def _altered(whole: Callable[..., Any]) -> Callable[..., Any]:
    async def stored(self: Any) -> Any:
        response = await whole(self)
        if response is not None:
            response.body = bytes(response.body) + b" "
            response.headers["content-length"] = str(len(response.body))
        return response

    return stored


_ORGANISATIONS = (
    "directory_organisations_create",
    "directory_organisations_read",
    "directory_organisations_change",
    "directory_organisations_list",
)
# few organisations that are made up have a code that could be one; people have any
_OFFICES = (*_ORGANISATIONS, "directory_people_create", "directory_people_list")
_PEOPLE = ("jet_participants_read", "jet_participants_change", "jet_participants_list")

PLANTS = (
    Plant("a rare value that nobody handles", writer, "prepare", _names_without_letters, _ORGANISATIONS, "registry", "registrar"),
    Plant("a field missing", listing, "represent", _represented(lambda body: body.pop("state")), _PEOPLE),
    Plant("a field too many", listing, "represent", _represented(lambda body: body.update(search_key="x")), _PEOPLE),
    Plant("a wrong content type", listing, "tagged", _tagged(_text), _PEOPLE),
    Plant("a status that is not told", listing, "tagged", _tagged(_partial), _PEOPLE),
    Plant("NaN in JSON", json, "write", _nan, ("jet_workplaces_list", "jet_workplaces_read")),
    Plant("a character that Shift_JIS lacks", writer, "prepare", _shift_jis, _ORGANISATIONS, "registry", "registrar"),
    Plant("a cursor that cannot be opened", Cursors, "open", _first_only, ("jet_participants_list",)),
    Plant("If-Match taken for a number", mount, "_matched", _numbered, _PEOPLE),
    Plant("a record without its place", mount, "answer", _placeless, _ORGANISATIONS, "registry", "registrar"),
    Plant("a day after the end of time", writer, "prepare", _end_of_time, ("jet_placements_create", "jet_placements_list")),
    Plant("a retry answered otherwise", guard.Keyed, "_stored", _altered, _OFFICES, "registry", "registrar"),
)  # fmt: skip
