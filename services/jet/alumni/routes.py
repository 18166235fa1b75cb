"""The command on alumni: withdraw a consent."""

from services.jet import access
from services.jet.alumni.resource import alumni
from services.jet.alumni.service import take_back
from services.kit.http.commands import command
from services.kit.http.mount import router_for

RULES = {"jet_alumni_withdraw": access.ALUMNI_WRITE}
router = router_for("jet")
command(
    router, alumni, "withdraw", "withdrawals", take_back, "Withdraw a consent: every use ends with the next read"
)  # fmt: skip
