"""A support code (お問い合わせコード) that somebody reads out on the phone: which request it was, what was wrong, and where."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.visit import Visit
from services.kit.text import Text

STAFF = ("coordinator", "registrar", "auditor")
LIST = "identity_refused_requests_list"
SUPPORT = "/desk/support"

pages = Pages()


@pages.page(SUPPORT, Text("お問い合わせコード", "Support codes"), roles=STAFF, calls=(LIST,), menu=True)
async def support(visit: Visit) -> Response:
    code = visit.query.get("code", "")
    found: list[Any] = []
    if code:
        found = (await visit.read(LIST, support_code=code, limit=20))["items"]
    return visit.show("support.html", code=code, found=found)
