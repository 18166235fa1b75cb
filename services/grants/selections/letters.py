"""採択内示・補欠・不採択の通知 of applications, filed when it is decided and shown with the results of their round."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from services.grants.documents import service as documents
from services.grants.documents.content import Content, Rejection, SelectionNotice, WaitlistNotice
from services.grants.documents.domain import Kind
from services.kit.db.query import array
from services.kit.db.session import WriteSession

KINDS: dict[str, Kind] = {
    "selected": "selection_notice", "waitlisted": "waitlist_notice", "not_selected": "rejection_notice",
}  # fmt: skip
NOT_SELECTED = "審査の結果、採択に至りませんでした。"
TAKEN_BACK = "公表前に結果が変わったため"
# by arrival, so that no number tells a rank
_RESULTS = """
SELECT a.id, a.section, e.standing, e.amount_yen, e.reason, (a.budget ->> 'requested')::bigint, l.appropriated_at IS NULL,
    (p.ranked_at AT TIME ZONE 'Asia/Tokyo')::date,
    CASE WHEN e.standing = 'waitlisted' THEN (SELECT count(*) FROM grants.selection_entry AS w
        JOIN grants.application AS b ON b.id = w.application_id AND b.state = 'ranked' AND b.rank <= a.rank
        WHERE w.round_id = e.round_id AND w.standing = 'waitlisted') END,
    CASE WHEN r.publish_at > platform.now() THEN r.publish_at END
FROM grants.selection_entry AS e JOIN grants.application AS a ON a.id = e.application_id
    JOIN grants.round AS r ON r.id = e.round_id JOIN grants.budget_line AS l ON l.id = r.budget_line_id
    LEFT JOIN grants.panel AS p ON p.round_id = r.id
WHERE e.application_id = ANY ((SELECT CAST(CAST(:ids AS text) AS uuid[]))::uuid[])
    AND e.standing IN ('selected', 'waitlisted', 'not_selected')
ORDER BY (SELECT min(s.arrived_at) FROM grants.submission AS s WHERE s.application_id = a.id), a.id
"""


class Result(NamedTuple):
    """`position`: among those who wait; `shown_from`: None where the results are public."""

    application: UUID
    section: str
    standing: str
    yen: int
    reason: str | None
    requested: int
    conditional: bool
    panel_on: date | None
    position: int | None
    shown_from: datetime | None


async def write(session: WriteSession, applications: Sequence[UUID]) -> None:
    """To each what it is now, in place of what nobody has seen yet. Last of all locks."""
    found = await session.execute(text(_RESULTS), {"ids": array(applications)})
    for one in [Result(*row) for row in found]:
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
