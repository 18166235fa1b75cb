"""One record of every list for an office, as its own officer makes it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tests.support.events import Events, code
from tests.support.serving import Caller

NAMED = "見本 花子"


def of_office(
    events: Events, office: str | None, organisation: str, *, public: bool
) -> dict[str, dict[str, Any]]:
    """By the name of the list. `organisation`: who registers, takes part and is visited; headquarters' have trainings too."""
    officer, made = events.at(office) if office else events.headquarters, {}

    def make(plural: str, **body: Any) -> str:
        made[plural] = events.made(plural, officer, **body)
        return str(made[plural].get("code", made[plural]["id"]))

    of, name = {"office_code": office}, {"name_ja": "架空"}
    day, around = {"published_on": "2024-05-10"}, {"starts_on": "2027-05-10", "ends_on": "2027-05-12"}
    event = make("events", code=code("EV"), programme="economic_seminar", **of, **name)
    edition = make(
        "editions", code=code("ED"), event_code=event, fiscal_year=2027, title_ja="架空", counted_at="leg", public=public,
    )  # fmt: skip
    leg = make(
        "legs", code=code("LG"), edition_code=edition, time_zone="Europe/Paris", **around, seats=9,
        registers_from="2024-01-01T00:00:00Z", registers_until="2027-04-01T00:00:00Z",
    )  # fmt: skip
    make("registrations", leg_code=leg, name=NAMED, email="mihon@example.jp", organisation_code=organisation)
    make("talks", edition_code=edition, number=1, speaker_name=NAMED)
    make("edition_participants", edition_code=edition, seq=1, organisation_code=organisation)
    make("media_coverages", code=code("MC"), edition_code=edition, medium="架空新聞", **day)
    make("certificates", edition_code=edition, certified_on="2024-05-12", holder_name=NAMED)
    make("attendance_counts", code=code("AC"), leg_code=leg, subject="visitors", unit="名", value=3)
    make(
        "stated_figures", code=code("SF"), statistic="event-lines", fiscal_year=2024, label_ja="計", label_en="All", value=1,
        unit="件", source="試験", **of,
    )  # fmt: skip
    mission = make(
        "missions", code=code("MI"), programme="uk_policy_exchange", title_ja="架空", **around, **of
    )
    make("mission_members", mission_code=mission, number=1, capacity="guest", name=NAMED)
    make("mission_stops", mission_code=mission, number=1, held_on="2027-05-10", place="架空")
    make("mission_hosts", mission_code=mission, number=1, organisation_code=organisation)
    days = {"date_start": "2024-05-10", "date_end": "2024-05-10"}
    meeting = make("meetings", code=code("ME"), body="other", name="架空", **days, **of)
    make("agenda_items", meeting_code=meeting, item_no=1, title="架空")
    contact = make("office_contacts", code=code("OC"), counterpart_name="架空", person_name=NAMED, **of)
    make(
        "supports", content=code("視察"), kind="interview", received_on="2024-05-10", requester_name="架空",
        requester_kind="other", contact_code=contact, **of,
    )  # fmt: skip
    make(
        "surveys", code=code("SV"), office_codes=[office or "beijing"], requested_on="2024-05-10", title="架空",
        requester_name="架空",
    )  # fmt: skip
    make("hand_overs", leaves_on="2027-03-31", **of)
    _published(make, of)
    if office is None:
        training = make("staff_trainings", code=code("ST"), category="general", fiscal_year=2024, name="架空")
        make("staff_training_periods", training_code=training, period_no=1, **days)
    return made


def _published(make: Callable[..., str], of: dict[str, Any]) -> None:
    name, day = {"name_ja": "架空"}, {"published_on": "2024-05-10"}
    publication = make("publications", code=code("PU"), kind="web", **name, **of)
    issue = make("issues", code=code("IS"), publication_code=publication, title_ja="架空", **day)
    make("articles", code=code("AR"), publication_code=publication, issue_code=issue, title_ja="架空", **day)
    channel = make("media_channels", code=code("CH"), kind="sns", **name, **of)
    metric = make(
        "channel_metrics", code=code("CM"), channel_code=channel, starts_on="2024-04-01", unit="人", **name
    )
    make("metric_readings", metric_code=metric, read_on="2024-06-01", value=1)


def body(events: Events) -> tuple[str, Caller]:
    """An organisation, and who comes from it."""
    name = code("O")
    (made,) = events.sql(
        "INSERT INTO directory.organisation (code, name, kind, search_key) "
        f"VALUES ('{name}', '{name}', 'city', '') RETURNING id"
    )
    return name, Caller("organisation", "town", organisation=UUID(str(made[0])))
