"""Handing in for members (代理提出): many workbooks at once, each of them a file of its own."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.board import GATHER
from services.gateway.desk.pages.survey import KIND
from services.gateway.desk.pages.uploads import CREATE, ENDED, no_file
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

BEHALF = "/desk/behalf"
MOST = 50
TITLE = Text("代理提出", "Hand in for members")
TAKEN = Text("{count}個のファイルを受け付けました。", "{count} files have arrived.")
LEFT = Text("{count}個は受け付けられませんでした: {names}", "{count} could not be taken: {names}")

pages = Pages()


@pages.page(BEHALF, TITLE, roles=GATHER, calls=("jet_imports_read",), menu=True)
async def behalf(visit: Visit) -> Response:
    """What was sent stands in the address: the desk keeps nothing of it."""
    sent = visit.request.query_params.getlist("sent")[:MOST]
    records: list[Any] = [await visit.read("jet_imports_read", import_id=one) for one in sent]
    running = any(one["state"] not in ENDED for one in records)
    return visit.show("behalf.html", records=records, running=running)


@pages.page(f"{BEHALF}/form", Text("様式", "The form"), roles=GATHER, calls=("jet_imports_template",))
async def form(visit: Visit) -> Response:
    """For one member, or for all of them in one file."""
    return await visit.file("jet_imports_template", kind=KIND, organisation=visit.query.get("organisation"))


@pages.command(BEHALF, TITLE, roles=GATHER, calls=(CREATE,))
async def send(visit: Visit) -> Response:
    """One that cannot be taken stops none of the others."""
    files = [one for one in visit.form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    if not files:
        return visit.show("behalf.html", status=422, records=[], running=False, problem=no_file(visit))
    sent, left = [], []
    for file in files[:MOST]:
        try:
            taken = await visit.upload(CREATE, file, kind=KIND, mode="partial")
            sent.append(f"sent={taken['id']}")
        except Refused as refused:
            left.append(f"{file.filename}（{refused.problem['title']}）")
    said = TAKEN.fill(count=len(sent))
    if left:
        more = LEFT.fill(count=len(left), names="、".join(left))
        said = Text(said.ja + more.ja, f"{said.en} {more.en}")
    return visit.go(f"{BEHALF}?{'&'.join(sent)}", said)
