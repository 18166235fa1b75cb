"""Who joins a bid is added and removed by its lead, and consents for itself."""

from uuid import UUID

from services.grants import access
from services.grants.applications.resource import applications
from services.grants.members import service
from services.grants.members.resource import application_members
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Code, Wire, Yen

RULES = {
    "grants_applications_add_member": access.WRITES_APPLICATIONS,
    "grants_application_members_remove": access.WRITES_APPLICATIONS,
    "grants_application_members_consent": access.APPLIES,
    "grants_application_members_withdraw_consent": access.APPLIES,
}


class Joining(Wire):
    organisation_code: Code
    share_yen: Yen


async def add(session: WriteSession, one: Record, body: Joining) -> UUID:
    return await service.add(session, one["id"], body.organisation_code, body.share_yen)


async def remove(session: WriteSession, one: Record) -> UUID:
    application: UUID = one["application_id"]
    await service.remove(session, application, one["id"])
    return application


async def consent(session: WriteSession, one: Record) -> None:
    await service.consent(session, one["application_id"], one["id"])


async def withdraw_consent(session: WriteSession, one: Record) -> None:
    await service.withdraw_consent(session, one["application_id"], one["id"])


router = router_for("grants")
command(
    router, applications, "add_member", "members", add, "Add a member to a joint bid, with what it bears",
    body=Joining, answers=application_members,
)  # fmt: skip
command(
    router, application_members, "remove", "removals", remove, "Remove a member from a joint bid",
    answers=applications,
)  # fmt: skip
command(
    router,
    application_members,
    "consent",
    "consents",
    consent,
    "Consent to joining, by a person of the member",
)
command(
    router, application_members, "withdraw_consent", "consent-withdrawals", withdraw_consent,
    "Take a consent back, before the submission",
)  # fmt: skip
