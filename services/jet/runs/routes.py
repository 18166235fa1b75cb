"""The command on runs: CLAIR cancels one, and says why."""

from services.jet import access
from services.jet.runs import service
from services.jet.runs.resource import training_runs
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Line, Wire

RULES = {"jet_training_runs_cancel": access.TRAINS}


class Cancellation(Wire):
    cancelled_reason: Line


async def cancel(session: WriteSession, run: Record, body: Cancellation) -> None:
    await service.cancel(session, run["id"], body.cancelled_reason)


router = router_for("jet")
command(
    router, training_runs, "cancel", "cancellations", cancel, "Cancel a run that has not been held; its records stay",
    body=Cancellation,
)  # fmt: skip
