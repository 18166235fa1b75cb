"""Tables 30, 39, 40, 41, 73, 83 and 83a of the business report: meetings of the house. A line is a meeting.

One of several days is one line; one that was postponed or not held is a line with its reason, and counts nothing. Local
governments' associations (協会) and persons (名) are never added.
"""

from collections.abc import Callable
from typing import Any, get_args

from sqlalchemy import Integer, Select, Text, case, cast, func, or_, select

from services.events import access
from services.events.lines import office, printed
from services.events.meeting_tables import agenda_item, meeting
from services.events.meetings.domain import Body, Mode
from services.events.meetings.resource import ORG, STATE, M
from services.kit import directory
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Behind, Measure, Statistic, called, line, summed, told
from services.kit.text import Text as Said

METHOD = printed(M.mode, "meeting_mode", get_args(Mode))


def _meetings(*bodies: Body) -> Select[Any]:
    """Of headquarters first, then of the offices in the directory's order, by their days."""
    number = func.row_number().over(
        partition_by=M.fiscal_year,
        order_by=(office.c.code.is_not(None), office.c.chart_order, M.body, M.date_start, M.code),
    )
    return (
        select(
            M.id.label("meeting_id"), M.fiscal_year, M.office.label("office_code"), M.code.label("meeting_code"),
            number.label("row_no"), printed(M.body, "meeting_body", get_args(Body)).label("body"), M.series,
            M.name.label("event_name"), M.meeting_no, M.meeting_no.label("session_no"),
            cast(M.date_start, Text).label("date_start"), cast(M.date_end, Text).label("date_end"),
            cast(M.date_start, Text).label("held_on"), METHOD.label("method"), METHOD.label("mode"), M.place, M.topic,
            M.content, M.block, func.coalesce(M.secretariat, ORG.name).label("secretariat"), M.participants_text,
            case((STATE == "held", M.participants)).label("participants"), func.coalesce(M.unit, "名").label("unit"), M.qualifier, M.marked,
            STATE.label("state"), M.standing_reason.label("not_held_reason"), case((STATE == "held", 1)).label("meetings"),
        )
        .join_from(meeting, office, office.c.code == M.office, isouter=True)
        .join(directory.organisation, ORG.id == M.secretariat_id, isouter=True)
        .where(or_(*(M.body == one for one in bodies)))
    )  # fmt: skip


def _lines(*bodies: Body) -> Callable[[Basis], Select[Any]]:
    return lambda _: select(_meetings(*bodies).subquery("line"))


def _agenda(_: Basis) -> Select[Any]:
    t, of = agenda_item.c, _meetings("board", "councillors").subquery("meeting")
    items = case((of.c.state == "held", 1)).label("agenda_items")
    made = select(
        of.c.fiscal_year, of.c.office_code, of.c.meeting_code, of.c.row_no, of.c.body, of.c.meeting_no, of.c.state,
        of.c.not_held_reason, t.item_no, t.title, items,
    ).join_from(agenda_item, of, of.c.meeting_id == t.meeting_id)  # fmt: skip
    return select(made.subquery("line"))


STATES = ("planned", "held", "postponed", "not_held")
NUMBERED = told(row_no=cells.INTEGER)
BESIDE = told("state", "not_held_reason", "meeting_code", "office_code", fiscal_year=cells.INTEGER)
FILTERS = {
    "fiscal_year": equals(line("fiscal_year", Integer), int),
    "office": equals(line("office_code", Text)),
}
LISTED = Behind(
    "/events/v1/meetings",
    access.EVENTS_OF_CLAIR,
    {"code": "meeting_code"},
    {"meetings": {}, "participants": {}},
)
ITEMS = Behind(
    "/events/v1/agenda-items",
    access.EVENTS_OF_CLAIR,
    {"meeting": "meeting_code", "item_no": "item_no"},
    {"agenda_items": {}},
)
MEETINGS = {"meetings": Measure("回", summed("meetings"))}
# alone, because a statistic with units of its lines tells all totals by these
PARTICIPANTS = {"participants": Measure(None, summed("participants"), qualifier="qualifier")}


NAMED = called(series="meeting_series", body="meeting_body")
TITLED = called(title="agenda_item_title") | {"body": NAMED["body"]}


def _statistic(
    name: str, title: Said, bodies: tuple[Body, ...], columns: tuple[str, ...], measures: dict[str, Measure]
) -> Statistic:
    """`columns`: as they are printed, beside the line's number."""
    numbers = {one: cells.INTEGER for one in ("meeting_no", "session_no")}
    shown = {
        one: dimension for one, dimension in (told(*columns, **numbers) | NAMED).items() if one in columns
    }
    return Statistic(
        name, title, _lines(*bodies), measures, "sum",
        NUMBERED | {one: shown[one] for one in columns} | {"series": NAMED["series"]} | told("block", marked=cells.BOOLEAN) | BESIDE,
        FILTERS, access.FIGURES, dated=False, behind=dict.fromkeys(STATES, LISTED), by="state",
        printed=("row_no", *columns, "state", "not_held_reason"),
        unit_column="unit" if measures is PARTICIPANTS else "",
    )  # fmt: skip


DAYS = ("date_start", "date_end")
STATISTICS = (
    _statistic(
        "collaboration-review-meetings",
        Said("多文化共生の担い手連携促進検討会", "Review meetings on collaboration"),
        ("review",),
        ("meeting_no", *DAYS, "method", "place", "topic", "participants_text"),
        MEETINGS,
    ),
    _statistic(
        "regional-adviser-meetings",
        Said("地域国際化推進アドバイザー意見交換会", "Meetings of the regional advisers"),
        ("regional_advisers",),
        (*DAYS, "method"),
        MEETINGS,
    ),
    _statistic(
        "association-council-events",
        Said("地域国際化協会連絡協議会の年間行事", "The council of local international associations"),
        ("association_council",),
        (*DAYS, "event_name", "method"),
        PARTICIPANTS,
    ),
    _statistic(
        "association-council-blocks",
        Said("地域国際化協会のブロック総会", "General meetings of the associations' blocks"),
        ("association_block",),
        (*DAYS, "secretariat", "block", "method"),
        MEETINGS,
    ),
    _statistic(
        "resident-officer-seminars",
        Said("駐在員等会議", "Meetings of officers posted abroad"),
        ("resident_officers",),
        ("series", "session_no", *DAYS, "method", "place", "content"),
        PARTICIPANTS,
    ),
    _statistic(
        "governance-meetings",
        Said("理事会・評議員会", "The board and the councillors"),
        ("board", "councillors"),
        ("body", "meeting_no", "held_on", "mode"),
        MEETINGS,
    ),
    Statistic(
        "governance-agenda",
        Said("理事会・評議員会の議題", "Agendas of the board and the councillors"),
        _agenda,
        {"agenda_items": Measure("件", summed("agenda_items"))},
        "sum",
        NUMBERED | TITLED | told(item_no=cells.INTEGER, meeting_no=cells.INTEGER) | BESIDE,
        FILTERS,
        access.FIGURES,
        dated=False,
        behind=dict.fromkeys(STATES, ITEMS),
        by="state",
        printed=("row_no", "item_no", "title"),
    ),
)
