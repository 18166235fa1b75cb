"""Missions in the business report: tables 17, 32 to 35, 63, 79 and 84. A line is a mission, in 35 a body that it visited.

How many took part is what the mission's counts say; of the global training it is its list of members, whose bodies are counted
too. Members stand in figures by title and number, never by name. A mission that was cancelled is a line still, without
figures and with its reason; one that is to come is a line without figures.
"""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.events import access
from services.events.counting import of_mission
from services.events.counts.domain import Subject
from services.events.lines import is_local, office
from services.events.mission_hosts.resource import SHOWN_AS
from services.events.mission_members.resource import TOOK_PART
from services.events.mission_tables import mission_host, mission_member
from services.events.missions.resource import STATE
from services.events.stated_figures.resource import STATED
from services.events.tables import mission
from services.events.terms import MissionProgramme
from services.kit import directory, temporal
from services.kit.directory import body_name, body_type
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Behind, Dimension, Measure, Statistic, called, line, summed, told
from services.kit.text import Text as Said

M = mission.c
HOST = directory.organisation.alias("host")
# what is still to come counts no more than what was cancelled
STANDS = and_(M.cancelled_on.is_(None), M.starts_on <= temporal.TODAY)


def _joined(column: Any) -> ColumnElement[str]:
    return func.array_to_string(column, ";")


def _lines(programme: MissionProgramme, *figures: ColumnElement[Any]) -> Select[Any]:
    """Missions by office and day, numbered within the fiscal year."""
    numbered = func.row_number().over(
        partition_by=M.fiscal_year,
        order_by=(office.c.code.is_not(None), office.c.chart_order, M.starts_on, M.code),
    )
    return (
        select(
            M.id.label("mission_id"), M.code.label("mission_code"), M.fiscal_year, cast(numbered, Integer).label("row_no"),
            M.office.label("office_code"), office.c.city_ja.label("overseas_office"), M.title_ja.label("programme"),
            cast(M.starts_on, Text).label("date_start"), cast(M.ends_on, Text).label("date_end"),
            func.to_char(M.starts_on, 'FMMM"月"FMDD"日"').label("date_printed"),
            _joined(M.places).label("places"), _joined(M.markets).label("target_markets"),
            _joined(M.countries).label("countries"), M.audience, M.content, M.host_id, body_name(HOST.c).label("host"),
            body_type(HOST.c.kind).label("host_type"), M.host_role, STATE.label("state"),
            M.cancelled_reason.label("not_held_reason"), *figures,
        )
        .join_from(mission, office, office.c.code == M.office, isouter=True)
        .join(HOST, HOST.c.id == M.host_id, isouter=True)
        .where(M.programme == programme)
    )  # fmt: skip


def _counted(programme: MissionProgramme, subject: Subject) -> Select[Any]:
    made = of_mission(M.id, subject, unit="名")
    figures = (case((STANDS, made.value)).label("value"), made.qualifier.label("qualifier"))
    return select(_lines(programme, *figures).subquery("line"))


def _members(counted: ColumnElement[Any], *only: ColumnElement[bool]) -> ColumnElement[Any]:
    o = directory.organisation
    found = (
        select(func.count(counted.distinct()))
        .join_from(mission_member, o, o.c.id == mission_member.c.organisation_id, isouter=True)
        .where(mission_member.c.mission_id == M.id, TOOK_PART, *only)
        .scalar_subquery()
    )
    return case((STANDS, found))


def _training(_: Basis) -> Select[Any]:
    of, kind = mission_member.c.organisation_id, directory.organisation.c.kind
    return select(
        _lines(
            "global_training",
            _members(mission_member.c.id).label("participants"),
            _members(of, is_local(kind)).label("municipalities"),
            _members(of, kind == "association").label("associations"),
        ).subquery("line")
    )


def _travellers(column: Any) -> ColumnElement[str]:
    """Of who travels for CLAIR, by protocol."""
    t = mission_member.c
    by_rank = aggregate_order_by(literal(";"), t.protocol_rank.asc().nulls_last(), t.number)
    who = and_(t.mission_id == M.id, t.capacity == "traveller", t.withdrawn_on.is_(None))
    return select(func.string_agg(column, by_rank)).where(who).scalar_subquery()


def _visits(_: Basis) -> Select[Any]:
    titles, keys = _travellers(mission_member.c.title), _travellers(mission_member.c.person_number)
    made = _lines(
        "council_visit", titles.label("traveller_titles"), keys.label("traveller_keys"),
        case((STANDS, 1), else_=0).label("visits"),
    ).subquery("line")  # fmt: skip
    return select(made)


def _hosts(_: Basis) -> Select[Any]:
    h, o = mission_host.c, directory.organisation
    numbered = func.row_number().over(partition_by=M.fiscal_year, order_by=(M.starts_on, M.code, h.number))
    country = case((M.programme == "uk_policy_exchange", "英国"), else_="豪州")
    made = (
        select(
            M.code.label("mission_code"), M.fiscal_year, M.office.label("office_code"), cast(numbered, Integer).label("row_no"),
            country.label("programme"), h.number.label("seq"), SHOWN_AS.label("host"), M.and_others,
            STATE.label("state"), case((STANDS, 1), else_=0).label("hosts"),
        )
        .join_from(mission_host, mission, M.id == h.mission_id)
        .join(o, o.c.id == h.organisation_id, isouter=True)
        .where(or_(M.programme == "uk_policy_exchange", M.programme == "australia_policy_exchange"))
        .subquery("line")
    )  # fmt: skip
    return select(made)


def _came(facts: Any) -> ColumnElement[bool]:
    return or_(facts.state == "under_way", facts.state == "held")


def _once(*columns: str) -> Any:
    """Lines that stand, each told apart by these columns alone."""
    return lambda facts: func.count(
        func.nullif(func.concat_ws("\n", *(facts[name] for name in columns)), "").distinct()
    ).filter(_came(facts))


def _of_countries(facts: Any) -> Any:
    """Countries abroad, each once however many missions go there."""
    named = func.string_to_array(
        func.string_agg(facts.countries, ";").filter(_came(facts), facts.countries != ""), ";"
    )
    one = func.unnest(named).column_valued("country")
    return select(func.count(one.distinct())).scalar_subquery()


FILTERS = {
    "fiscal_year": equals(line("fiscal_year", Integer), int),
    "office": equals(line("office_code", Text)),
    "mission": equals(line("mission_code", Text)),
}
NUMBERED = told(row_no=cells.INTEGER)
DATES = told("date_start", "date_end")
BESIDE = told("state", "not_held_reason", "mission_code", "office_code", fiscal_year=cells.INTEGER)
STATES = ("planned", "under_way", "held", "cancelled")
COUNTS, MISSIONS = "/events/v1/attendance-counts", "/events/v1/missions"
OF_MISSION = {"mission": "mission_code"}
BODIES = Measure("団体", _once("host_id"), once=True)


def _behind(path: str, parameters: dict[str, str], counted: dict[str, dict[str, str]]) -> dict[str, Behind]:
    return {one: Behind(path, access.EVENTS_OF_CLAIR, parameters, counted) for one in STATES}


def _statistic(
    name: str, title: Said, source: Any, columns: dict[str, Dimension], behind: dict[str, Behind], **measures: Measure
) -> Statistic:  # fmt: skip
    return Statistic(
        name, title, source, measures, "sum", NUMBERED | columns | BESIDE, FILTERS, access.FIGURES, dated=False, stated=STATED,
        behind=behind, by="state", printed=("row_no", *columns, "state", "not_held_reason"),
    )  # fmt: skip


def _of_counts(
    name: str, title: Said, programme: MissionProgramme, columns: dict[str, Dimension], subject: Subject = "participants",
    **beside: Measure,
) -> Statistic:  # fmt: skip
    of_subject: dict[str, dict[str, str]] = {subject: {"subject": subject}}
    behind = _behind(COUNTS, OF_MISSION, of_subject)
    counted = {subject: Measure("名", summed("value"), qualifier="qualifier")}
    return _statistic(
        name, title, lambda _: _counted(programme, subject), columns, behind, **counted, **beside
    )


STATISTICS = (
    _of_counts(
        "food-culture-tours", Said("食文化体験ツアー", "Food culture tours"), "food_culture_tour",
        DATES | called(places="mission_places") | told("target_markets"), "invitees",
    ),
    _of_counts(
        "hands-on-school", Said("多文化共生地域づくり体験塾", "Hands-on school"), "hands_on_school",
        DATES | {"place": Dimension("places"), "topic": Dimension("content")},
    ),
    _of_counts(
        "uk-policy-exchange", Said("英国多文化コミュニティ政策交流プログラム", "UK policy exchange"),
        "uk_policy_exchange", DATES | told("content"),
    ),
    _of_counts(
        "australia-policy-exchange", Said("豪州多文化主義政策交流プログラム", "Australian policy exchange"),
        "australia_policy_exchange", DATES | told("content"),
    ),
    Statistic(
        "study-visit-hosts", Said("政策交流プログラムの主な視察先", "Bodies visited by the policy exchanges"), _hosts,
        {"hosts": Measure("団体", summed("hosts"))}, "sum",
        NUMBERED | told("programme") | called(host="mission_host") | told(seq=cells.INTEGER, and_others=cells.BOOLEAN)
        | told("state", "mission_code", "office_code", fiscal_year=cells.INTEGER),
        FILTERS, access.FIGURES, dated=False, stated=STATED, by="state",
        behind=_behind("/events/v1/mission-hosts", OF_MISSION | {"number": "seq"}, {"hosts": {}}),
        printed=("row_no", "programme", "seq", "host", "and_others", "state"),
    ),
    _of_counts(
        "senior-official-seminars", Said("海外自治体幹部交流協力セミナー", "Senior officials' seminars"),
        "senior_official_seminar", told("overseas_office") | DATES | called(host="mission_host_name") | told("host_type"), host_bodies=BODIES,
    ),
    _statistic(
        "global-hr-training", Said("グローバル人材育成研修", "Global human resource training"), _training,
        told("programme") | called(places="mission_places") | DATES | told("audience"),
        _behind("/events/v1/mission-members", OF_MISSION, {"participants": {"takes_part": "true"}}),
        participants=Measure("名", summed("participants")),
        municipalities=Measure("団体", summed("municipalities")),
        associations=Measure("団体", summed("associations")),
        countries_abroad=Measure("か国", _of_countries, once=True),
    ),
    Statistic(
        "council-visits", Said("理事・評議員の団体への訪問", "Visits to bodies of directors and councillors"), _visits,
        {
            "visits": Measure(
                "件", summed("visits"),
                distinct=_once("date_start", "host_id", "host_role", "traveller_titles", "traveller_keys"),
            ),
            "bodies": BODIES,
        },
        "sum",
        {
            "visit_no": Dimension("row_no", cell=cells.INTEGER), "visited_on": Dimension("date_start"),
            "date_printed": Dimension("date_printed"), "body": Dimension("host", called="reported_body"), "body_type": Dimension("host_type"),
            "body_role": Dimension("host_role"),
        } | told("traveller_titles", "traveller_keys") | BESIDE,
        FILTERS, access.FIGURES, dated=False, stated=STATED, by="state",
        behind=_behind(MISSIONS, {"code": "mission_code"}, {"visits": {}}),
        printed=(
            "visit_no", "visited_on", "date_printed", "body", "body_type", "body_role", "traveller_titles",
            "traveller_keys", "state", "not_held_reason",
        ),
    ),
)  # fmt: skip
