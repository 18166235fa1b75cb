"""The command on applications: withdraw one."""

from services.jet import access
from services.jet.internship_applications.resource import internship_applications
from services.jet.internship_applications.service import take_back
from services.kit.http.commands import command
from services.kit.http.mount import router_for

RULES = {"jet_internship_applications_withdraw": access.REGISTERS}
router = router_for("jet")
command(
    router, internship_applications, "withdraw", "withdrawals", take_back,
    "Withdraw an application; a place that it led to is free again",
)  # fmt: skip
