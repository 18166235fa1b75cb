"""Pages and their rows: who sees a page follows from the operations that it calls, and it can call no other."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette.responses import Response

from services.gateway.desk.contracts import Operation
from services.kit.text import Text

if TYPE_CHECKING:
    from services.gateway.desk.visit import Visit

Handler = Callable[["Visit"], Awaitable[Response]]
Method = Literal["GET", "POST"]


class NoRow(Exception):
    """A page names an operation that no contract has, or that is not open to one of its roles: it does not start."""


@dataclass(frozen=True, slots=True)
class Page:
    """One row of the access matrix. `menu`: it stands in the menu of its roles, under its title."""

    path: str
    method: Method
    handler: Handler
    title: Text
    roles: tuple[str, ...]
    calls: tuple[str, ...]
    menu: bool = False


class Pages:
    """The pages of one task, which are one module."""

    def __init__(self) -> None:
        self.rows: list[Page] = []

    def page(
        self,
        path: str,
        title: Text,
        *,
        roles: tuple[str, ...],
        calls: tuple[str, ...] = (),
        menu: bool = False,
    ) -> Callable[[Handler], Handler]:
        return self._added(path, "GET", title, roles, calls, menu)

    def command(
        self, path: str, title: Text, *, roles: tuple[str, ...], calls: tuple[str, ...]
    ) -> Callable[[Handler], Handler]:
        """What a form sends. It is looked at for having come from a page of ours before the handler is asked."""
        return self._added(path, "POST", title, roles, calls, False)

    def _added(
        self,
        path: str,
        method: Method,
        title: Text,
        roles: tuple[str, ...],
        calls: tuple[str, ...],
        menu: bool,
    ) -> Callable[[Handler], Handler]:
        def added(handler: Handler) -> Handler:
            self.rows.append(Page(path, method, handler, title, roles, calls, menu))
            return handler

        return added


def check(pages: list[Page], operations: Mapping[str, Operation]) -> None:
    for page in pages:
        for call in page.calls:
            operation = operations.get(call)
            if operation is None:
                raise NoRow(f"{page.path}: no contract has {call}")
            closed = set(page.roles) - (operation.roles or set(page.roles))
            if closed:
                raise NoRow(f"{page.path}: {call} is not open to {', '.join(sorted(closed))}")
