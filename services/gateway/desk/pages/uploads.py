"""What came of a file: how far its reading is, what is wrong where, the marked workbook, and the receipt."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.visit import Visit
from services.kit.text import Text

SENDERS = ("organisation", "host_authority", "coordinator")
CREATE = "jet_imports_create"
ENDED = ("succeeded", "failed", "cancelled")
SHOWN = 50
NO_FILE = Text("ファイルを選んでください。", "Choose a file.")
CANCELLED = Text("取消しを受け付けました。", "The file will not be read on.")
NONE = {
    "title": Text("ファイルがありません", "There is no file"),
    "detail": NO_FILE,
}

pages = Pages()


async def send(visit: Visit, kind: str, field: str = "file") -> str | None:
    """The address of what comes of the file in this field; None where none was chosen."""
    file = visit.form.get(field)
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    trial = {"dry_run": "true"} if visit.field("dry_run") else {}
    taken = await visit.upload(CREATE, file, kind=kind, **trial)
    return f"/desk/uploads/{taken['id']}"


def no_file(visit: Visit) -> dict[str, Any]:
    said = {name: text.within(visit.language) for name, text in NONE.items()}
    return said | {"errors": [], "support_code": None}


@pages.page(
    "/desk/uploads/{id}",
    Text("送信したファイル", "Your file"),
    roles=SENDERS,
    calls=("jet_imports_read", "jet_operations_read", "jet_imports_problems"),
)
async def uploaded(visit: Visit) -> Response:
    identity = visit.path("id")
    record = await visit.read("jet_imports_read", import_id=identity)
    operation = await visit.read("jet_operations_read", operation_id=identity)
    problems: dict[str, Any] = {"items": [], "next": None}
    if record["state"] in ENDED:
        asked = {"limit": SHOWN, "cursor": visit.query.get("cursor")}
        problems = await visit.read("jet_imports_problems", import_id=identity, **asked)
    return visit.show("uploaded.html", record=record, operation=operation, problems=problems)


@pages.page(
    "/desk/uploads/{id}/marked",
    Text("指摘を記入したファイル", "Your file, marked"),
    roles=SENDERS,
    calls=("jet_imports_marked_workbook",),
)
async def marked(visit: Visit) -> Response:
    return await visit.file("jet_imports_marked_workbook", import_id=visit.path("id"))


@pages.command(
    "/desk/uploads/{id}/cancel",
    Text("読み取りの取消し", "Cancel the reading"),
    roles=SENDERS,
    calls=("jet_operations_cancel",),
)
async def cancel(visit: Visit) -> Response:
    await visit.do("jet_operations_cancel", operation_id=visit.path("id"))
    return visit.go(f"/desk/uploads/{visit.path('id')}", CANCELLED)
