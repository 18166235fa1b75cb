"""Tables of the business report whose lines are editions, their legs, talks or participants."""

from typing import Any

from services.events.statistics import sources
from services.events.statistics.declared import (
    BODIES,
    EDITIONS,
    LEGS,
    MUNICIPALITIES,
    OCCURRENCES,
    TALKS,
    figure,
    table,
)
from services.events.statistics.sources import (
    PARTICIPANTS,
    Figure,
    filed,
    held_as,
    not_held,
    of_office,
    tagged,
)
from services.kit.statistics import Statistic

DATES = "date_start date_end"
SEMINAR = f"row_no {DATES} theme"
TALK = "seminar_row_no talk_no label talk_title affiliation"
BODY = "municipality municipality_type organisation_code capacity"
VIEWS = (Figure("participants", "participants", "名"), Figure("recording_views", "recording_views", "回"))
CERTIFIED = Figure("certified", "certified", "名")
THEIRS = Figure("participants", "participants", counted_for="organiser")
SESSION = (
    Figure("visitors", "visitors", "名"), Figure("visitor_times", "visitors", "延べ"),
    Figure("workshop_participants", "workshop_participants", "名"), Figure("products", "products", "点"),
    Figure("businesses", "businesses", "社"),
)  # fmt: skip
SEMINARS, EXCHANGES, COOPERATION = (
    filed("economic_seminar"),
    filed("exchange_seminar"),
    filed("cooperation_seminar"),
)
PROMOTED, HOSTED, JOINED = (
    filed("media_promotion"),
    filed("hosted_economic_event"),
    filed("joined_economic_event"),
)
COOKING, JETAA, POLICY = filed("cooking_event"), tagged("jetaa"), filed("policy_seminar")
DISASTER, MANAGERS, CONFERENCES = (
    filed("disaster_training"),
    filed("multicultural_manager"),
    filed("exchange_conference"),
)


def _counted(
    name: str, ja: str, en: str, columns: str, *where: Any, of: Figure = PARTICIPANTS, **keys: str
) -> Statistic:
    """A line for each edition as the report lists it, with how many came: persons or person-times."""
    return table(
        name, ja, en, columns, lambda _: sources.listed(*where, figures=(of,)), {of.name: figure(of)}, **keys
    )


def _held(name: str, ja: str, en: str, columns: str, *where: Any) -> Statistic:
    """A line for each edition with how often it was held."""
    return table(name, ja, en, columns, lambda _: sources.editions(*where), {"occurrence_count": OCCURRENCES})


def _joined(name: str, ja: str, en: str, columns: str, *where: Any) -> Statistic:
    """A line for each edition with how many local governments took part."""
    return table(
        name, ja, en, columns, lambda _: sources.editions(*where), {"municipality_count": MUNICIPALITIES}
    )


def _legs(name: str, ja: str, en: str, columns: str, *where: Any) -> Statistic:
    return table(name, ja, en, columns, lambda _: sources.occurrences(*where), {"occurrences": LEGS})


def _talks(name: str, ja: str, en: str, columns: str, *where: Any) -> Statistic:
    return table(name, ja, en, columns, lambda _: sources.talks(*where), {"talks": TALKS})


def _bodies(name: str, ja: str, en: str, columns: str, *where: Any, local: bool = True) -> Statistic:
    """A line for each body of an edition; beside their sum, how many different ones there are."""
    return table(
        name, ja, en, columns, lambda _: sources.participants(*where, local=local), {"bodies": BODIES}
    )


STATISTICS = (
    _counted("hq-online-seminars", "本部主催オンラインセミナー", "Online seminars of headquarters", SEMINAR, SEMINARS, of_office(None)),
    _talks("hq-online-seminar-talks", "本部主催オンラインセミナーの講演", "Talks of headquarters' online seminars", TALK, SEMINARS, of_office(None)),
    _counted("newyork-online-seminars", "ニューヨーク事務所主催オンラインセミナー", "Online seminars of the New York office", f"{SEMINAR} theme_ja", SEMINARS, of_office("new_york"), theme="title_en", theme_ja="title_ja"),
    _talks("newyork-online-seminar-talks", "ニューヨーク事務所主催オンラインセミナーの講演", "Talks of the New York office's online seminars", TALK, SEMINARS, of_office("new_york")),
    _counted("london-online-seminars", "ロンドン事務所主催オンラインセミナー", "Online seminars of the London office", f"row_no series_no {DATES} theme", SEMINARS, of_office("london")),
    _talks("london-online-seminar-talks", "ロンドン事務所主催オンラインセミナーの講演", "Talks of the London office's online seminars", TALK, SEMINARS, of_office("london")),
    _counted("paris-online-seminars", "パリ事務所主催オンラインセミナー", "Online seminars of the Paris office", f"row_no series_no {DATES} theme", SEMINARS, of_office("paris")),
    _talks("paris-online-seminar-talks", "パリ事務所主催オンラインセミナーの講演", "Talks of the Paris office's online seminars", TALK, SEMINARS, of_office("paris")),
    table(
        "online-seminars-not-held", "延期・見送りとなったセミナー", "Seminars that were postponed or not held",
        "row_no overseas_office theme not_held_reason next_plan",
        lambda _: sources.editions(SEMINARS, not_held()), {"seminars": EDITIONS},
    ),
    _joined("overseas-media-pr", "海外マスメディア等での自治体PR", "Local governments in foreign media", "row_no overseas_office name media", PROMOTED),
    _legs("overseas-media-pr-periods", "海外マスメディア等での自治体PRの期間", "Periods of foreign media coverage", f"row_no period_no label {DATES}", PROMOTED),
    _bodies("overseas-media-pr-municipalities", "海外マスメディア等でPRした自治体", "Local governments shown in foreign media", f"row_no seq {BODY}", PROMOTED),
    _joined("hosted-economic-events", "海外で主催した経済交流関係イベント", "Economic exchange events hosted abroad", "row_no event_name host_office", HOSTED),
    table(
        "hosted-economic-event-sessions", "海外で主催した経済交流関係イベントの会場", "Sessions of economic exchange events hosted abroad",
        f"row_no session_no country place {DATES} content products_mode",
        lambda _: sources.occurrences(HOSTED, figures=SESSION),
        {one.name: figure(one) for one in SESSION} | {"municipalities": MUNICIPALITIES},
    ),
    _bodies("hosted-economic-event-municipalities", "海外で主催した経済交流関係イベントの参加自治体", "Local governments at economic exchange events hosted abroad", f"row_no seq {BODY}", HOSTED),
    _held("cohosted-economic-events", "海外で共催・参加した経済交流関係イベント", "Economic exchange events co-hosted or joined abroad", f"row_no overseas_office event_name {DATES} place country_printed", JOINED),
    _legs("cohosted-economic-event-occurrences", "海外で共催・参加した経済交流関係イベントの開催日", "Occurrences of economic exchange events co-hosted or joined abroad", f"row_no occurrence_no {DATES} place country_printed", JOINED),
    _held("cooking-events", "料理体験イベント", "Cooking events", f"row_no overseas_office {DATES} place theme_ingredients menu", COOKING),
    _bodies("cooking-event-bodies", "料理体験イベントの参加団体", "Bodies at cooking events", "row_no seq body body_type listed_in organisation_code capacity", COOKING, local=False),
    _counted("disaster-training-online", "災害時研修（オンライン）", "Disaster trainings online", f"row_no {DATES} training_name", DISASTER, held_as("online")),
    _counted("disaster-training-onsite", "災害時研修（現地集合型）", "Disaster trainings on site", f"row_no {DATES} training_name place", DISASTER, held_as("on_site")),
    _counted(
        "external-pr-events", "外部主催事業での広報啓発", "Booths at events of others", f"row_no {DATES} host event_name booth",
        filed("external_promotion"), of=THEIRS,
    ),
    _counted("multicultural-trainings", "多文化共生に関する専門的な研修", "Multicultural trainings", f"row_no {DATES} training_name", filed("multicultural_training")),
    _counted("multicultural-manager-training", "多文化共生マネージャー養成研修", "Training of multicultural managers", f"row_no part_no {DATES} method place content", MANAGERS),
    table(
        "multicultural-managers", "多文化共生マネージャーの認定", "Certified multicultural managers", "row_no training_name",
        lambda _: sources.editions(MANAGERS, figures=(CERTIFIED,)), {"certified": figure(CERTIFIED)},
    ),
    _counted("collaboration-workshops", "多文化共生の担い手連携促進研修会", "Workshops for linking practitioners", f"row_no part_no {DATES} method place topic format", filed("collaboration_workshop")),
    _counted("multicultural-promotion-workshop", "多文化共生推進研修会", "Multicultural promotion workshops", f"row_no {DATES} method topic", filed("promotion_workshop")),
    table(
        "opinion-exchange", "多文化共生に関する意見交換会", "Exchanges of opinion", f"row_no {DATES} method theme",
        lambda _: sources.listed(filed("opinion_exchange"), figures=VIEWS), {one.name: figure(one) for one in VIEWS},
    ),
    _counted("association-staff-trainings", "地域国際化協会職員研修", "Trainings of associations' staff", f"row_no {DATES} topics method audience", filed("association_training")),
    _held("jetaa-events", "海外事務所におけるJETAA等との連携による事業", "Events with JETAA at the overseas offices", "row_no overseas_office country country_printed name place_text", JETAA),
    _legs("jetaa-event-occurrences", "JETAA等との連携による事業の開催日", "Occurrences of events with JETAA", f"row_no occurrence_no {DATES} place", JETAA),
    _counted("online-exchange-seminars", "オンライン交流セミナー", "Online exchange seminars", SEMINAR, EXCHANGES),
    _talks("online-exchange-seminar-items", "オンライン交流セミナーの内容", "Items of online exchange seminars", "seminar_row_no item_no label title presenter", EXCHANGES),
    _counted("cooperation-seminars", "国際協力推進セミナー", "Cooperation seminars", SEMINAR, COOPERATION),
    _talks("cooperation-seminar-talks", "国際協力推進セミナーの講演", "Talks of cooperation seminars", TALK, COOPERATION),
    _counted("exchange-conferences", "自治体交流会議", "Exchange conferences", f"row_no conference edition theme place {DATES}", CONFERENCES),
    table(
        "exchange-conference-participants", "自治体交流会議の国別参加者", "Participants of exchange conferences by country",
        "row_no country", lambda _: sources.by_country(PARTICIPANTS, CONFERENCES), {"participants": figure(PARTICIPANTS, "country")},
    ),
    _held("policy-pr-seminars", "海外における日本の施策PRのためのセミナー等", "Seminars abroad on Japanese policies", "row_no overseas_office name place", POLICY),
    table(
        "policy-pr-seminar-occurrences", "海外における日本の施策PRのためのセミナー等の開催日", "Occurrences of seminars abroad on Japanese policies",
        f"row_no occurrence_no {DATES}", lambda _: sources.occurrences(POLICY, figures=(PARTICIPANTS,)),
        {"participants": figure(PARTICIPANTS)},
    ),
)  # fmt: skip
