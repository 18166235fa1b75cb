"""Rules of referrals: nothing is sent without the participant's consent, which may be withdrawn at any time."""

from typing import Literal

from services.kit.errors import ACTION_CLOSED, Refusal
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

State = Literal["proposed", "consented", "sent", "withdrawn"]

REFERRAL = Machine(
    "referral",
    "proposed",
    (
        Transition(
            "consent", ("proposed",), "consented",
            Text("同意はすでに記録されたか、取り消されています。", "Consent was given or withdrawn already."),
        ),
        Transition(
            "send", ("consented",), "sent",
            Text("本人の同意がないため、送れません。", "Without the participant's consent nothing is sent."),
        ),
        Transition(
            "withdraw", ("proposed", "consented", "sent"), "withdrawn",
            Text("同意はすでに取り消されています。", "Consent was withdrawn already."),
        ),
    ),
)  # fmt: skip
WITHOUT_CONSENT = Refusal(
    ACTION_CLOSED.code, "conflict", ACTION_CLOSED.title, REFERRAL.steps("send")[0].closed
)
