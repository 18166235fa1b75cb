"""Commands: make a run of a programme's assignment, and publish one."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictStr

from services.jet import access
from services.jet.internship_assignments import service
from services.jet.internship_assignments.resource import internship_assignment_runs
from services.jet.internships.resource import internship_programmes, unassignable
from services.kit.db.session import Record, WriteSession, inside
from services.kit.errors import ACTION_CLOSED, Refused
from services.kit.http import listing
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Wire

RULES = {
    "jet_internship_programmes_assign": access.FAIRS_WRITE,
    "jet_internship_assignment_runs_publish": access.PUBLISHES,
}


class AssignmentRun(Wire):
    """`seed`: of the lottery; without one it is drawn."""

    seed: Annotated[StrictStr, Field(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")] | None = None


def _open(programme: Record) -> UUID:
    reason = unassignable(dict(programme))
    if reason is not None:
        raise Refused(ACTION_CLOSED, reason)
    identity: UUID = programme["id"]
    return identity


async def make(session: WriteSession, programme: Record, body: AssignmentRun) -> UUID:
    return await service.make(session, _open(programme), body.seed)


async def publish(session: WriteSession, run: Record) -> None:
    programme = await listing.find(internship_programmes, await inside(session), run["programme_code"])
    await service.publish(session, _open(programme), run["id"])


router = router_for("jet")
command(
    router, internship_programmes, "assign", "assignment-runs", make,
    "Assign applicants to hosts: a run with its proof and an explanation for each applicant", body=AssignmentRun,
    answers=internship_assignment_runs,
)  # fmt: skip
command(
    router, internship_assignment_runs, "publish", "publications", publish,
    "Publish a run: applicants and hosts see their own",
)  # fmt: skip
