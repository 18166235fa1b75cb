"""Who spoke at an edition, who took part in it, and what the media said: through the front door."""

import json

from services.kit.ids import uuid7
from tests.events.test_legs import edition, leg
from tests.support.events import Events, code, done, wrong
from tests.support.serving import Caller


def test_a_body_takes_part_once(events: Events) -> None:
    officer = events.at("paris")
    events.organisations("福井県", "静岡県三島市")
    (fukui,) = events.sql("SELECT id FROM directory.organisation WHERE name = '福井県'")
    of = edition(events, officer, "paris", counted_at="leg")
    for number, day in enumerate(("2024-05-11", "2024-05-13"), 1):
        events.made("legs", officer, **leg(of, number=number, starts_on=day, ends_on=day))
    body = {"edition_code": of, "organisation_code": "180009", "seq": 1, "leg_numbers": [1, 2]}
    made = events.made("edition_participants", officer, **body)
    assert (made["organisation_name"], made["fiscal_year"]) == ("福井県", 2024)
    again = events.call("edition_participants_create", officer, json=body | {"seq": 2, "leg_numbers": [2]})
    assert again.status_code == 409
    both = body | {"name": "架空商店"}
    assert wrong(events.call("edition_participants_create", officer, json=both)) == {
        ("/organisation_code", "participant_not_one_body")
    }
    company = {"edition_code": of, "name": "架空商店", "seq": 2, "capacity": "exhibitor"}
    assert wrong(
        events.call("edition_participants_create", officer, json=company | {"leg_numbers": [3]})
    ) == {("/leg_numbers", "participant_leg_unknown")}
    events.made("edition_participants", officer, **company)

    # the portfolio of a body, over the years, which it reads though nothing is announced
    own = Caller("organisation", "kanri-tool", organisation=fukui[0])
    joined = done(events.call("edition_participants_list", own))["items"]
    assert [one["edition_code"] for one in joined] == [of]
    # and with it the edition, its event and its legs, which others do not see
    assert events.codes("editions", own) == [of]
    assert len(events.codes("events", own)) == 1 and len(events.codes("legs", own)) == 2
    stranger = Caller("organisation", "other-tool", organisation=uuid7())
    assert [events.codes(plural, stranger) for plural in ("editions", "events", "legs")] == [[], [], []]
    asked = {"organisation": "180009", "leg_number": 2}
    found = done(events.call("edition_participants_list", events.headquarters, params=asked))["items"]
    assert [one["edition_code"] for one in found] == [of]


def test_a_speaker_is_named_to_officers_alone(events: Events) -> None:
    officer = events.at("london")
    of = edition(events, officer, "london", public=True)
    made = events.made(
        "talks", officer, edition_code=of, number=1, title="架空の講演", speaker_name="見本 花子"
    )
    assert made["speaker_name"] == "見本 花子"
    (told,) = done(events.call("talks_list", Caller("organisation", "kanri-tool"), params={"edition": of}))[
        "items"
    ]
    assert (told["title"], "speaker_name" in told) == ("架空の講演", False)
    erased = done(events.change("talks", made["id"], officer, speaker_name=None))
    assert (erased["title"], erased["speaker_name"]) == ("架空の講演", None)
    kept = events.sql("SELECT count(*) FROM events.audit_entry WHERE concat(before, after) LIKE '%見本%'")
    assert kept[0][0] == 0
    theirs = {"edition_code": of, "number": 2}
    assert wrong(events.call("talks_create", events.at("paris"), json=theirs)) == {
        ("/edition_code", "office_not_yours")
    }


def test_coverage_names_who_appeared(events: Events) -> None:
    officer = events.at("seoul")
    events.organisations("岡山県")
    of = edition(events, officer, "seoul")
    body = {
        "code": code("MC"), "edition_code": of, "medium": "架空新聞", "published_on": "2024-11-02",
        "organisation_codes": ["330001", "999999"],
    }  # fmt: skip
    assert wrong(events.call("media_coverages_create", officer, json=body)) == {
        ("/organisation_codes", "organisation_unknown")
    }
    made = events.made("media_coverages", officer, **body | {"organisation_codes": ["330001"]})
    assert events.codes("media_coverages", officer, organisation_code="330001") == [made["code"]]

    theirs = edition(events, events.at("sydney"), "sydney")
    taken = body | {"edition_code": theirs, "organisation_codes": []}
    summary = events.imported("media-coverages", events.at("sydney"), json.dumps(taken).encode())
    assert [one["code"] for one in summary["problems"]] == ["office_not_yours"]
