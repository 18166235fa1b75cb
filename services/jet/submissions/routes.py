"""Commands on submissions: submit one as its rows stand, or return it with remarks."""

from typing import Annotated

from pydantic import Field, StrictInt

from services.jet import access
from services.jet.submissions import service
from services.jet.submissions.resource import placement_submissions
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Line, Wire

RULES = {
    "jet_placement_submissions_submit": access.REQUESTED,
    "jet_placement_submissions_return": access.DECIDES,
}


class Remark(Wire):
    """On one cell (`line` and `field`), on one row (`line`), or on the whole."""

    line: Annotated[StrictInt, Field(ge=1, le=999)] | None = None
    field: Annotated[str, Field(max_length=40)] | None = None
    remark: Line


class Return(Wire):
    remarks: Annotated[list[Remark], Field(min_length=1, max_length=500)]


async def submit(session: WriteSession, submission: Record) -> None:
    await service.submit(session, submission["id"])


async def give_back(session: WriteSession, submission: Record, body: Return) -> None:
    await service.give_back(session, submission["id"], [remark.model_dump() for remark in body.remarks])


router = router_for("jet")
command(
    router, placement_submissions, "submit", "submissions", submit,
    "Submit what stands as a draft; its receipt is in the list of receipts",
)  # fmt: skip
command(
    router, placement_submissions, "return", "returns", give_back,
    "Return a submission with remarks; it alone is open again", body=Return,
)  # fmt: skip
