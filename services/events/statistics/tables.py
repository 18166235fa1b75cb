"""Tables of the business report whose lines are editions, their legs, talks or participants: each in a few words."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, func

from services.events import access
from services.events.statistics import sources
from services.events.statistics.sources import (
    PARTICIPANTS,
    Figure,
    filed,
    held_as,
    not_held,
    of_office,
    tagged,
)
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Behind, Dimension, Measure, Statistic, line, summed, told
from services.kit.text import Text as Said

FILTERS = {
    "fiscal_year": equals(line("fiscal_year", Integer), int),
    "office": equals(line("office_code", Text)),
}
BESIDE = told(
    "state", "not_held_reason", "next_plan", "office_code", "edition_code", fiscal_year=cells.INTEGER
)
WHOLE_NUMBERS = (
    "row_no", "seminar_row_no", "part_no", "talk_no", "item_no", "period_no", "occurrence_no", "session_no", "series_no",
    "edition", "seq",
)  # fmt: skip
OF_EDITION = {"edition": "edition_code"}
# of each kind of line the list that its record stands in
LEVELS = {
    "edition": ("/events/v1/editions", {"code": "edition_code"}),
    "leg": ("/events/v1/legs", {"code": "leg_code"}),
    "talk": ("/events/v1/talks", OF_EDITION | {"number": "talk_no"}),
    "participant": ("/events/v1/edition-participants", OF_EDITION | {"organisation": "organisation_code"}),
    "country": ("/events/v1/attendance-counts", OF_EDITION),
}
# as the report calls a column, where that is not what the line calls it
KEYS = {
    "seminar_row_no": "row_no", "theme": "title_ja", "training_name": "title_ja", "event_name": "title_ja",
    "name": "title_ja", "series_no": "series_number", "edition": "series_number", "conference": "event_name",
    "media": "content", "booth": "content", "menu": "content", "theme_ingredients": "topic", "place_text": "place",
    "host_office": "overseas_office", "item_no": "talk_no", "title": "talk_title", "period_no": "occurrence_no",
    "session_no": "occurrence_no", "products_mode": "format", "municipality": "body", "municipality_type": "body_type",
}  # fmt: skip
Source = Callable[[Basis], Select[Any]]


def _table(
    name: str, title: Said, source: Source, columns: str, measures: dict[str, Measure], unit_column: str = "",
    level: str = "edition", **keys: str,
) -> Statistic:  # fmt: skip
    """`columns`: those of the report, in its order; `keys`: what the line calls them in this table."""
    printed = columns.split()
    path, parameters = LEVELS[level]
    named = {
        one: Dimension(
            (KEYS | keys).get(one, one), cell=cells.INTEGER if one in WHOLE_NUMBERS else cells.TEXT
        )
        for one in printed
    }
    return Statistic(
        name, title, source, measures, "sum", named | BESIDE, FILTERS, access.FIGURES, dated=False,
        behind={level: Behind(path, access.EVENTS_OF_CLAIR, parameters, {one: {} for one in measures})}, by="level",
        printed=(*printed, "state"), unit_column=unit_column,
    )  # fmt: skip


def _counted(
    name: str, title: Said, columns: str, *where: Any, figure: Figure = PARTICIPANTS, **keys: str
) -> Statistic:
    """A line for each edition with how many came, persons or person-times."""
    measure = Measure(None, summed(figure.name), qualifier=f"{figure.name}_qualifier")
    return _table(
        name, title, lambda _: sources.listed(*where, figures=(figure,)), columns, {figure.name: measure},
        f"{figure.name}_unit", **keys,
    )  # fmt: skip


def _talks(name: str, title: Said, columns: str, *where: Any) -> Statistic:
    return _table(
        name, title, lambda _: sources.talks(*where), columns, {"talks": Measure("件", _each)}, level="talk"
    )


def _bodies(name: str, title: Said, columns: str, *where: Any, local: bool) -> Statistic:
    """A line for each body; beside the sum over the editions, how many different ones there are."""
    measure = Measure("団体", _each, distinct=lambda facts: func.count(facts.body_id.distinct()))
    return _table(
        name, title, lambda _: sources.participants(*where, local=local), columns, {"bodies": measure}, level="participant"
    )  # fmt: skip


def _occurrences(name: str, title: Said, columns: str, *where: Any, **keys: str) -> Statistic:
    return _table(
        name, title, lambda _: sources.occurrences(*where), columns, {"occurrences": Measure("回", _each)}, level="leg", **keys
    )  # fmt: skip


def _figures(*asked: Figure) -> dict[str, Measure]:
    return {one.name: Measure(one.unit, summed(one.name), qualifier=f"{one.name}_qualifier") for one in asked}


def _each(_: Any) -> ColumnElement[int]:
    return func.count()


DATES = "date_start date_end"
SEMINAR = f"row_no {DATES} theme"
TALKS = "seminar_row_no talk_no label talk_title affiliation"
SEMINARS = filed("economic_seminar")
OCCURRENCE_COUNT = {"occurrence_count": Measure("回", summed("occurrence_count"))}
MUNICIPALITY_COUNT = {"municipality_count": Measure("団体", summed("municipality_count"))}
MUNICIPALITIES = "row_no seq municipality municipality_type organisation_code"
VIEWS = (Figure("participants", "participants", "名"), Figure("recording_views", "recording_views", "回"))
CERTIFIED = Figure("certified", "certified", "名")
SESSION = (
    Figure("visitors", "visitors", "名"), Figure("visitor_times", "visitors", "延べ"),
    Figure("workshop_participants", "workshop_participants", "名"), Figure("products", "products", "点"),
    Figure("businesses", "businesses", "社"),
)  # fmt: skip
PROMOTED, HOSTED, JOINED = (
    filed("media_promotion"),
    filed("hosted_economic_event"),
    filed("joined_economic_event"),
)
COOKING, JETAA, POLICY = filed("cooking_event"), tagged("jetaa"), filed("policy_seminar")

STATISTICS = (
    _counted("hq-online-seminars", Said("本部主催オンラインセミナー", "Online seminars of headquarters"), SEMINAR, SEMINARS, of_office(None)),
    _talks("hq-online-seminar-talks", Said("本部主催オンラインセミナーの講演", "Talks of headquarters' online seminars"), TALKS, SEMINARS, of_office(None)),
    _counted("newyork-online-seminars", Said("ニューヨーク事務所主催オンラインセミナー", "Online seminars of the New York office"), f"{SEMINAR} theme_ja", SEMINARS, of_office("new_york"), theme="title_en", theme_ja="title_ja"),
    _talks("newyork-online-seminar-talks", Said("ニューヨーク事務所主催オンラインセミナーの講演", "Talks of the New York office's online seminars"), TALKS, SEMINARS, of_office("new_york")),
    _counted("london-online-seminars", Said("ロンドン事務所主催オンラインセミナー", "Online seminars of the London office"), f"row_no series_no {DATES} theme", SEMINARS, of_office("london")),
    _talks("london-online-seminar-talks", Said("ロンドン事務所主催オンラインセミナーの講演", "Talks of the London office's online seminars"), TALKS, SEMINARS, of_office("london")),
    _counted("paris-online-seminars", Said("パリ事務所主催オンラインセミナー", "Online seminars of the Paris office"), f"row_no series_no {DATES} theme", SEMINARS, of_office("paris")),
    _talks("paris-online-seminar-talks", Said("パリ事務所主催オンラインセミナーの講演", "Talks of the Paris office's online seminars"), TALKS, SEMINARS, of_office("paris")),
    _table(
        "online-seminars-not-held", Said("延期・見送りとなったセミナー", "Seminars that were postponed or not held"),
        lambda _: sources.editions(SEMINARS, not_held()), "row_no overseas_office theme not_held_reason next_plan",
        {"seminars": Measure("件", _each)},
    ),
    _table(
        "overseas-media-pr", Said("海外マスメディア等での自治体PR", "Local governments in foreign media"),
        lambda _: sources.editions(PROMOTED), "row_no overseas_office name media", MUNICIPALITY_COUNT,
    ),
    _occurrences("overseas-media-pr-periods", Said("海外マスメディア等での自治体PRの期間", "Periods of foreign media coverage"), f"row_no period_no label {DATES}", PROMOTED),
    _bodies("overseas-media-pr-municipalities", Said("海外マスメディア等でPRした自治体", "Local governments shown in foreign media"), MUNICIPALITIES, PROMOTED, local=True),
    _table(
        "hosted-economic-events", Said("海外で主催した経済交流関係イベント", "Economic exchange events hosted abroad"),
        lambda _: sources.editions(HOSTED), "row_no event_name host_office", MUNICIPALITY_COUNT,
    ),
    _table(
        "hosted-economic-event-sessions", Said("海外で主催した経済交流関係イベントの会場", "Sessions of economic exchange events hosted abroad"),
        lambda _: sources.occurrences(HOSTED, figures=SESSION),
        f"row_no session_no country place {DATES} content products_mode",
        _figures(*SESSION) | {"municipalities": Measure("団体", summed("municipality_count"))}, level="leg",
    ),
    _bodies("hosted-economic-event-municipalities", Said("海外で主催した経済交流関係イベントの参加自治体", "Local governments at economic exchange events hosted abroad"), MUNICIPALITIES, HOSTED, local=True),
    _table(
        "cohosted-economic-events", Said("海外で共催・参加した経済交流関係イベント", "Economic exchange events co-hosted or joined abroad"),
        lambda _: sources.editions(JOINED), f"row_no overseas_office event_name {DATES} place country_printed",
        OCCURRENCE_COUNT,
    ),
    _occurrences("cohosted-economic-event-occurrences", Said("海外で共催・参加した経済交流関係イベントの開催日", "Occurrences of economic exchange events co-hosted or joined abroad"), f"row_no occurrence_no {DATES} place country_printed", JOINED),
    _table(
        "cooking-events", Said("料理体験イベント", "Cooking events"), lambda _: sources.editions(COOKING),
        f"row_no overseas_office {DATES} place theme_ingredients menu", OCCURRENCE_COUNT,
    ),
    _bodies("cooking-event-bodies", Said("料理体験イベントの参加団体", "Bodies at cooking events"), "row_no seq body body_type listed_in organisation_code", COOKING, local=False),
    _counted("disaster-training-online", Said("災害時研修（オンライン）", "Disaster trainings online"), f"row_no {DATES} training_name", filed("disaster_training"), held_as("online")),
    _counted("disaster-training-onsite", Said("災害時研修（現地集合型）", "Disaster trainings on site"), f"row_no {DATES} training_name place", filed("disaster_training"), held_as("on_site")),
    _counted(
        "external-pr-events", Said("外部主催事業での広報啓発", "Booths at events of others"), f"row_no {DATES} host event_name booth",
        filed("external_promotion"), figure=Figure("participants", "participants", counted_for="organiser"),
    ),
    _counted("multicultural-trainings", Said("多文化共生に関する専門的な研修", "Multicultural trainings"), f"row_no {DATES} training_name", filed("multicultural_training")),
    _counted("multicultural-manager-training", Said("多文化共生マネージャー養成研修", "Training of multicultural managers"), f"row_no part_no {DATES} method place content", filed("multicultural_manager")),
    _table(
        "multicultural-managers", Said("多文化共生マネージャーの認定", "Certified multicultural managers"),
        lambda _: sources.editions(filed("multicultural_manager"), figures=(CERTIFIED,)), "row_no training_name",
        _figures(CERTIFIED),
    ),
    _counted("collaboration-workshops", Said("多文化共生の担い手連携促進研修会", "Workshops for linking practitioners"), f"row_no part_no {DATES} method place topic format", filed("collaboration_workshop")),
    _counted("multicultural-promotion-workshop", Said("多文化共生推進研修会", "Multicultural promotion workshops"), f"row_no {DATES} method topic", filed("promotion_workshop")),
    _table(
        "opinion-exchange", Said("多文化共生に関する意見交換会", "Exchanges of opinion"),
        lambda _: sources.listed(filed("opinion_exchange"), figures=VIEWS), f"row_no {DATES} method theme", _figures(*VIEWS),
    ),
    _counted("association-staff-trainings", Said("地域国際化協会職員研修", "Trainings of associations' staff"), f"row_no {DATES} topics method audience", filed("association_training")),
    _table(
        "jetaa-events", Said("海外事務所におけるJETAA等との連携による事業", "Events with JETAA at the overseas offices"),
        lambda _: sources.editions(JETAA), "row_no overseas_office country country_printed name place_text", OCCURRENCE_COUNT,
    ),
    _occurrences("jetaa-event-occurrences", Said("JETAA等との連携による事業の開催日", "Occurrences of events with JETAA"), f"row_no occurrence_no {DATES} place", JETAA),
    _counted("online-exchange-seminars", Said("オンライン交流セミナー", "Online exchange seminars"), SEMINAR, filed("exchange_seminar")),
    _talks("online-exchange-seminar-items", Said("オンライン交流セミナーの内容", "Items of online exchange seminars"), "seminar_row_no item_no label title presenter", filed("exchange_seminar")),
    _counted("cooperation-seminars", Said("国際協力推進セミナー", "Cooperation seminars"), SEMINAR, filed("cooperation_seminar")),
    _talks("cooperation-seminar-talks", Said("国際協力推進セミナーの講演", "Talks of cooperation seminars"), TALKS, filed("cooperation_seminar")),
    _counted("exchange-conferences", Said("自治体交流会議", "Exchange conferences"), f"row_no conference edition theme place {DATES}", filed("exchange_conference")),
    _table(
        "exchange-conference-participants", Said("自治体交流会議の国別参加者", "Participants of exchange conferences by country"),
        lambda _: sources.by_country("participants", filed("exchange_conference")), "row_no country",
        {"participants": Measure(None, summed("participants"), qualifier="participants_qualifier")}, "participants_unit", "country",
    ),
    _table(
        "policy-pr-seminars", Said("海外における日本の施策PRのためのセミナー等", "Seminars abroad on Japanese policies"),
        lambda _: sources.editions(POLICY), "row_no overseas_office name place", OCCURRENCE_COUNT,
    ),
    _table(
        "policy-pr-seminar-occurrences", Said("海外における日本の施策PRのためのセミナー等の開催日", "Occurrences of seminars abroad on Japanese policies"),
        lambda _: sources.occurrences(POLICY, figures=(PARTICIPANTS,)), f"row_no occurrence_no {DATES}",
        {"participants": Measure(None, summed("participants"), qualifier="participants_qualifier")}, "participants_unit", "leg",
    ),
)  # fmt: skip
