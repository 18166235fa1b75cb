"""Commands on registrations: accept an offered seat, consent to the fair, take back the consent, withdraw."""

from typing import Annotated

from pydantic import Field

from services.jet import access
from services.jet.career_terms import SharedFields
from services.jet.fair_registrations import service
from services.jet.fair_registrations.resource import fair_registrations
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Wire

RULES = {
    "jet_fair_registrations_confirm": access.REGISTERS,
    "jet_fair_registrations_consent": access.CONSENTS,
    "jet_fair_registrations_withdraw_consent": access.REGISTERS,
    "jet_fair_registrations_withdraw": access.REGISTERS,
}


class Consent(Wire):
    """What exhibitors of this fair may see: these fields, and no others."""

    shared_fields: Annotated[SharedFields, Field(min_length=1)]


async def consent(session: WriteSession, registration: Record, body: Consent) -> None:
    await service.consent(session, registration["id"], body.shared_fields)


router = router_for("jet")
for verb, noun, act, summary in (
    ("confirm", "confirmations", service.confirm, "Accept the seat that is offered"),
    (
        "withdraw_consent", "consent-withdrawals", service.withdraw_consent,
        "Take back the consent to this fair: no exhibitor sees the person any more",
    ),
    ("withdraw", "withdrawals", service.withdraw, "Withdraw the registration; the seat goes to who waits"),
):  # fmt: skip
    command(router, fair_registrations, verb, noun, act, summary)
command(
    router, fair_registrations, "consent", "consents", consent,
    "Consent to be shown to this fair's exhibitors, or replace the consent", body=Consent,
)  # fmt: skip
