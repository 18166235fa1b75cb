"""Commands on enrolments: take the seat that is offered, or withdraw."""

from services.jet import access
from services.jet.enrolments import service
from services.jet.enrolments.resource import training_enrolments
from services.kit.http.commands import command
from services.kit.http.mount import router_for

RULES = {
    "jet_training_enrolments_confirm": access.ENROLS,
    "jet_training_enrolments_withdraw": access.ENROLS,
}
router = router_for("jet")
for verb, noun, act, summary in (
    ("confirm", "confirmations", service.confirm, "Take the seat that is offered, before the offer ends"),
    ("withdraw", "withdrawals", service.withdraw, "Withdraw; the seat is offered to who waits next"),
):
    command(router, training_enrolments, verb, noun, act, summary)
