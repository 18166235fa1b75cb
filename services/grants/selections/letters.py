"""採択内示・補欠・不採択の通知 of applications, filed when it is decided and shown with the results of their round."""

from collections.abc import Sequence
from uuid import UUID

from services.grants.documents import service as documents
from services.grants.documents.content import Content, Rejection, SelectionNotice, WaitlistNotice
from services.grants.documents.domain import Kind
from services.grants.selections import repository
from services.grants.selections.repository import Result
from services.kit.db.session import WriteSession

KINDS: dict[str, Kind] = {
    "selected": "selection_notice", "waitlisted": "waitlist_notice", "not_selected": "rejection_notice",
}  # fmt: skip
NOT_SELECTED = "審査の結果、採択に至りませんでした。"
TAKEN_BACK = "公表前に結果が変わったため"


async def write(session: WriteSession, applications: Sequence[UUID]) -> None:
    """To each what it is now, in place of what nobody has seen yet. Last of all locks."""
    for one in await repository.results(session, applications):
        await take_back(session, one.application)
        await documents.issue(
            session, section=one.section, kind=KINDS[one.standing], application=one.application, content=_content(one),
            shown_from=one.shown_from,
        )  # fmt: skip


async def take_back(session: WriteSession, application: UUID) -> None:
    """What waits for its instant, and is no longer so."""
    await documents.void_unshown(session, application, TAKEN_BACK)


def _content(one: Result) -> Content:
    if one.standing == "selected":
        return SelectionNotice(one.yen, one.conditional, one.panel_on, one.requested)
    if one.standing == "waitlisted":
        return WaitlistNotice(one.position, one.panel_on)
    return Rejection(one.reason or NOT_SELECTED, one.panel_on)
