"""The command on consolidations: CLAIR approves one."""

from services.jet import access
from services.jet.consolidations.resource import placement_consolidations
from services.jet.consolidations.service import approve
from services.kit.http.commands import command
from services.kit.http.mount import router_for

RULES = {"jet_placement_consolidations_approve": access.APPROVES}
router = router_for("jet")
command(
    router, placement_consolidations, "approve", "approvals", approve, "Approve what a host authority has consolidated"
)  # fmt: skip
