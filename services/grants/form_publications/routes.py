"""An announced round is given a newer version of its form by a person, and its drafts with it."""

from services.grants import access
from services.grants.form_publications import service
from services.grants.rounds.resource import rounds
from services.grants.terms import FormCode
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Wire

RULES = {"grants_rounds_publish_form": access.SIGNS}


class FormPublication(Wire):
    form_code: FormCode


async def publish(session: WriteSession, one: Record, body: FormPublication) -> None:
    await service.publish(session, one["id"], body.form_code)


router = router_for("grants")
command(
    router, rounds, "publish_form", "form-publications", publish,
    "Give an announced round a newer frozen version of its form: drafts are carried over, and nothing typed is lost",
    body=FormPublication,
)  # fmt: skip
