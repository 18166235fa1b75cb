"""What came of a file: how far its reading is, what is wrong where, the marked workbook, and the receipt."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.visit import Visit
from services.kit.text import Text

SENDERS = ("organisation", "host_authority", "coordinator")
OFFICERS = ("event_officer",)
CREATE = "jet_imports_create"
SERVICES = ("jet", "directory")
ENDED = ("succeeded", "failed", "cancelled")
SHOWN = 50
NO_FILE = Text("ファイルを選んでください。", "Choose a file.")
CANCELLED = Text("取消しを受け付けました。", "The file will not be read on.")
NONE = {
    "title": Text("ファイルがありません", "There is no file"),
    "detail": NO_FILE,
}

pages = Pages()


async def send(visit: Visit, kind: str, service: str = "jet") -> str | None:
    """The address of what comes of the form's file; None where none was chosen."""
    file = visit.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    trial = {"dry_run": "true"} if visit.field("dry_run") else {}
    taken = await visit.upload(f"{service}_imports_create", file, kind=kind, **trial)
    return f"/desk/uploads/{service}/{taken['id']}"


def no_file(visit: Visit) -> dict[str, Any]:
    said = {name: text.within(visit.language) for name, text in NONE.items()}
    return said | {"errors": [], "support_code": None}


def _mount(service: str, roles: tuple[str, ...]) -> None:
    """The same pages over the imports of each service that takes files."""
    home = f"/desk/uploads/{service}/{{id}}"
    read, told = f"{service}_imports_read", f"{service}_operations_read"
    wrong, mark, stop = (
        f"{service}_imports_problems",
        f"{service}_imports_marked_workbook",
        f"{service}_operations_cancel",
    )

    @pages.page(home, Text("送信したファイル", "Your file"), roles=roles, calls=(read, told, wrong))
    async def uploaded(visit: Visit) -> Response:
        identity = visit.path("id")
        record = await visit.read(read, import_id=identity)
        operation = await visit.read(told, operation_id=identity)
        problems: dict[str, Any] = {"items": [], "next": None}
        if record["state"] in ENDED:
            asked = {"limit": SHOWN, "cursor": visit.query.get("cursor")}
            problems = await visit.read(wrong, import_id=identity, **asked)
        return visit.show(
            "uploaded.html", here=f"/desk/uploads/{service}/{identity}", record=record, operation=operation,
            problems=problems,
        )  # fmt: skip

    @pages.page(
        f"{home}/marked", Text("指摘を記入したファイル", "Your file, marked"), roles=roles, calls=(mark,)
    )
    async def marked(visit: Visit) -> Response:
        return await visit.file(mark, import_id=visit.path("id"))

    @pages.command(
        f"{home}/cancel", Text("読み取りの取消し", "Cancel the reading"), roles=roles, calls=(stop,)
    )
    async def cancel(visit: Visit) -> Response:
        await visit.do(stop, operation_id=visit.path("id"))
        return visit.go(f"/desk/uploads/{service}/{visit.path('id')}", CANCELLED)


for _service in SERVICES:
    _mount(_service, SENDERS)
_mount("events", OFFICERS)
