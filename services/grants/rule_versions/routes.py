"""The command on versions of rules: a person freezes one."""

from services.grants import access
from services.grants.rule_versions import service
from services.grants.rule_versions.resource import rule_versions
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for

RULES = {"grants_rule_versions_freeze": access.SIGNS}


async def freeze(session: WriteSession, version: Record) -> None:
    await service.freeze(session, version["id"])


router = router_for("grants")
command(
    router, rule_versions, "freeze", "freezes", freeze, "Freeze a version of rules: it never changes again"
)
