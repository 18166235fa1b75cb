"""What is open at an office whose officer leaves: one function for each kind of matter, and the tuple that lists them.

Each tells, for hand-overs `h`, the matter's kind, the code of its record, what it is and until when.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Date, Select, Subquery, and_, any_, cast, func, literal, or_, select, union_all
from sqlalchemy.sql.expression import FromClause

from services.events.editions.resource import LEGS, STATE
from services.events.log_tables import hand_over, support, support_text, survey
from services.events.publication_tables import channel, channel_metric
from services.events.readings_due.lines import unread
from services.events.supports.resource import open_line
from services.events.tables import edition, leg, mission
from services.kit.temporal import TODAY

Matters = Callable[[Any], Select[Any]]


def _told(h: Any, kind: str, code: Any, title: Any, due_on: Any) -> Select[Any]:
    return select(
        h.id.label("hand_over_id"), literal(kind).label("kind"), code.label("reference"),
        func.left(title, 200).label("title"), cast(due_on, Date).label("due_on"),
    )  # fmt: skip


def _of(h: Any, told: Select[Any], table: FromClause) -> Select[Any]:
    """Of the office of the hand-over."""
    return told.join_from(h.id.table, table, table.c.office.is_not_distinct_from(h.office))


def open_lines(h: Any) -> Select[Any]:
    s, t = support.c, support_text.c
    told = _of(h, _told(h, "support", s.code, t.content, s.due_on), support)
    return told.join(support_text, t.support_id == s.id).where(open_line())


def surveys_due(h: Any) -> Select[Any]:
    s = survey.c
    told = _told(h, "survey", s.code, s.title, s.due_on)
    asked = or_(h.office.is_(None), h.office == any_(s.offices))  # headquarters pass all of them on
    return told.join_from(h.id.table, survey, asked).where(s.answered_on.is_(None))


def editions_ahead(h: Any) -> Select[Any]:
    e = edition.c
    told = _of(h, _told(h, "edition", e.code, e.title_ja, LEGS.c.starts_on), edition)
    return told.join(LEGS, LEGS.c.edition_id == e.id, isouter=True).where(
        or_(STATE == "planned", STATE == "postponed")
    )


def missions_ahead(h: Any) -> Select[Any]:
    m = mission.c
    told = _of(h, _told(h, "mission", m.code, m.title_ja, m.starts_on), mission)
    return told.where(m.cancelled_on.is_(None), m.ends_on >= TODAY)


def registrations_open(h: Any) -> Select[Any]:
    n, e = leg.c, edition.c
    until = func.timezone("Asia/Tokyo", n.registers_until)
    told = _of(h, _told(h, "registration", n.code, e.title_ja, until), leg)
    return told.join(edition, e.id == n.edition_id).where(
        and_(n.registers_until > func.platform.now(), n.cancelled_on.is_(None))
    )


def readings_missing(h: Any) -> Select[Any]:
    """That may be read late still."""
    owed, m, c = unread().subquery("owed"), channel_metric.c, channel.c
    told = _of(
        h, _told(h, "reading", m.code, func.concat(c.name_ja, " ", m.name_ja), owed.c.due_on), channel_metric
    )
    return told.join(owed, owed.c.metric_id == m.id).join(channel, c.id == m.channel_id)


KINDS: tuple[Matters, ...] = (
    open_lines,
    surveys_due,
    editions_ahead,
    missions_ahead,
    registrations_open,
    readings_missing,
)


def live() -> Subquery:
    """As they stand now, of every hand-over that is drafted."""
    h = hand_over.alias("h")
    drafted = [one(h.c).where(h.c.state == "drafted") for one in KINDS]
    return union_all(*drafted).subquery("live")


LIVE = live()
NUMBER = func.row_number().over(
    partition_by=LIVE.c.hand_over_id, order_by=(LIVE.c.due_on.asc().nulls_last(), LIVE.c.kind, LIVE.c.reference)
)  # fmt: skip
