"""Terms that every slice of the events service uses: codes, offices, the programmes of the business report."""

from typing import Annotated, Literal, get_args

from pydantic import Field, StrictInt, StrictStr

from services.kit.japan import cells, codes
from services.kit.japan.codes import ORGANISATION_CODE
from services.kit.wire import Code, Year, choice

EventCode = Annotated[
    StrictStr, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$"), codes.CODE
]
# of an overseas office (海外事務所) in the directory; none: headquarters (本部)
OfficeCode = Code
OrganisationCode = Annotated[Code, ORGANISATION_CODE]

# 事業: the heading of the business report that an event is filed under; what is posted again elsewhere is filed once
Programme = Literal[
    "economic_seminar",  # 1.1(1)–(5)
    "media_promotion",  # 1.1(8)
    "hosted_economic_event",  # 1.3(1)
    "joined_economic_event",  # 1.3(1)
    "cooking_event",  # 1.3(2), 7.1(3)
    "disaster_training",  # 2.1(4)
    "external_promotion",  # 2.1(6)
    "multicultural_training",  # 2.3(1)
    "multicultural_manager",  # 2.3(1)
    "collaboration_workshop",  # 2.3(2)
    "promotion_workshop",  # 2.3(2)
    "opinion_exchange",  # 2.3(6)
    "association_training",  # 2.5
    "exchange_seminar",  # 4.1(3)
    "cooperation_seminar",  # 4.1(4)
    "exchange_conference",  # 4.2(2)
    "policy_seminar",  # 5.1(2)②
    "other",
]
MissionProgramme = Literal[
    "food_culture_tour",  # 1.3(2)
    "hands_on_school",  # 2.3(3)
    "uk_policy_exchange",  # 2.3(4)
    "australia_policy_exchange",  # 2.3(5)
    "senior_official_seminar",  # 4.2(1)
    "global_training",  # 6.3
    "council_visit",  # 管理
    "delegation",
    "protocol_visit",
    "study_visit",
]
Qualifier = Literal["exact", "about", "at_least"]  # 約, 以上
QUALIFIER = choice("qualifier", get_args(Qualifier))
Number = Annotated[StrictInt, Field(ge=0, lt=2**31), cells.INTEGER]
# from the first year of the JET Programme and of CLAIR's records on
FiscalYear = Annotated[Year, Field(ge=1987)]
PROGRAMME = choice("event_programme", get_args(Programme))
MISSION_PROGRAMME = choice("mission_programme", get_args(MissionProgramme))
