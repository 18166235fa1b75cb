"""Files of any kind: their forms, sending them, and what came of those sent before."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import label
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.uploads import ENDED, SENDERS, SERVICES, no_file, send
from services.gateway.desk.visit import Visit
from services.kit.text import Text

FILES, SHOWN = "/desk/files", 30
KINDS = tuple(f"{service}_imports_kinds" for service in SERVICES)
LISTS = tuple(f"{service}_imports_list" for service in SERVICES)
STATES = ("queued", "running", "succeeded", "failed", "cancelled")
TITLE = Text("ファイルの送受信", "Files")
FORM = Text("様式", "The form")

pages = Pages()


@pages.page(FILES, TITLE, roles=SENDERS, calls=(*KINDS, *LISTS), menu=True)
async def files(visit: Visit) -> Response:
    return await _shown(visit)


@pages.command(
    FILES,
    TITLE,
    roles=SENDERS,
    calls=(*KINDS, *LISTS, *(f"{service}_imports_create" for service in SERVICES)),
)
async def take(visit: Visit) -> Response:
    service, _, kind = visit.field("kind").partition("/")
    address = await send(visit, kind, service) if service in SERVICES else None
    if address is None:
        return await _shown(visit, status=422, problem=no_file(visit))
    return visit.go(address)


def _mount(service: str) -> None:
    template = f"{service}_imports_template"

    @pages.page(f"{FILES}/{service}/{{kind}}", FORM, roles=SENDERS, calls=(template,))
    async def form(visit: Visit) -> Response:
        return await visit.file(template, kind=visit.path("kind"))


for _service in SERVICES:
    _mount(_service)


async def _shown(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    """The newest of each service: who sends many files has the rest by the API."""
    state = visit.query.get("state")
    kinds: list[tuple[str, Any]] = []
    files: list[tuple[str, Any]] = []
    for service, offered, sent in zip(SERVICES, KINDS, LISTS, strict=True):
        kinds += [(service, one) for one in (await visit.read(offered))["items"]]
        files += [(service, one) for one in (await visit.read(sent, state=state, limit=SHOWN))["items"]]
    files.sort(key=lambda one: str(one[1]["arrived_at"]), reverse=True)
    states = [("", "—"), *((one, label("operation_state", one, visit.language)) for one in STATES)]
    running = any(one["state"] not in ENDED for _, one in files)
    return visit.show(
        "files.html", status=status, problem=problem, kinds=kinds, files=files, states=states, state=state,
        running=running,
    )  # fmt: skip
