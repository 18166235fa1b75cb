"""Alumni: by one's own consent, for named purposes, until it is withdrawn; and what was given to their chapters."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from tests.jet.interning import Person, person, send, steps, today
from tests.jet.playing import appoint, change, codes, done, leave
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller

_CODES = count(1)


def join(jet: Jet, one: Person, caller: Caller | None = None, **given: Any) -> Any:
    body = {
        "jet_number": one.number, "consent_form": "oneself", "consented_on": today(jet).isoformat(),
        "purposes": ["news"], "contact_by": "mail", "residence": "XA", "contact_email": "alum@example.org",
    } | given  # fmt: skip
    return jet.call("jet_alumni_create", caller or one.caller, json=body)


def chapter(jet: Jet, **given: Any) -> str:
    jet.sql(
        "INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) VALUES ('XA', 'XXA', '架空国', 'Nowhere'), "
        "('JP', 'JPN', '日本', 'Japan'), ('BR', 'BRA', 'ブラジル', 'Brazil'), ('ZA', 'ZAF', '南アフリカ', 'South Africa') "
        "ON CONFLICT DO NOTHING"
    )
    code = f"CH-{next(_CODES)}"
    body = {"code": code, "kind": "chapter", "name_ja": "支部", "name_en": "Chapter", "country": "XA"} | given
    return str(done(jet.call("jet_alumni_chapters_create", json=body))["code"])


def listed(jet: Jet, one: Person, caller: Caller = COORDINATOR) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done(
        jet.call("jet_alumni_list", caller, params={"jet_number": one.number})
    )["items"]
    return found


def counted(jet: Jet) -> int:
    answer = jet.call("jet_statistics_read", path={"name": "jet-alumni"}, params={"residence": "XA"})
    return int(done(answer)["totals"][0]["value"])


def test_nobody_is_one_by_leaving(jet: Jet) -> None:
    one = person(jet)
    done(appoint(jet, one.number, jet.organisation(), date(2024, 4, 1), date(2025, 3, 31), year=2024))
    done(leave(jet, one.number, today(jet)))
    assert listed(jet, one) == listed(jet, one, one.caller) == []


def test_a_consent_is_ones_own_or_was_given_in_writing(jet: Jet) -> None:
    one, other = person(jet), person(jet)
    assert codes(join(jet, one, other.caller)) == {("/jet_number", "not_known_here")}
    assert codes(join(jet, one, consent_form="written")) == {("/consent_form", "consent_of_another_form")}
    assert codes(join(jet, one, COORDINATOR)) == {("/consent_form", "consent_of_another_form")}
    tomorrow = (today(jet) + timedelta(days=1)).isoformat()
    assert codes(join(jet, one, consented_on=tomorrow)) == {("/consented_on", "consent_in_the_future")}
    assert codes(join(jet, one, purposes=[])) == {("/purposes", "value_too_short")}
    made = done(join(jet, one))
    assert (made["state"], made["withdrawn_at"], made["purposes"]) == ("consented", None, ["news"])
    # CLAIR corrects what stands, and the form in which it was given stays
    moved = done(change(jet, "alumni", made["id"], residence=None))
    assert (moved["residence"], moved["consent_form"]) == (None, "oneself")
    written = {
        "jet_number": other.number, "consent_form": "written", "consented_on": today(jet).isoformat(),
        "purposes": "events;news", "contact_by": "none",
    }  # fmt: skip
    assert send(jet, "alumni", [written])["summary"]["created"] == 1
    assert send(jet, "alumni", [written])["summary"]["unchanged"] == 1
    assert listed(jet, other)[0]["purposes"] == ["events", "news"]


def test_contact_through_a_chapter_needs_one(jet: Jet) -> None:
    one = person(jet)
    assert codes(join(jet, one, contact_by="chapter")) == {("/contact_by", "contact_through_no_chapter")}
    assert done(join(jet, one, contact_by="chapter", chapter_code=chapter(jet)))["contact_by"] == "chapter"


def test_a_withdrawal_ends_every_use_at_the_next_read(jet: Jet) -> None:
    one, other = person(jet), person(jet)
    chapter(jet)
    before = counted(jet)
    made = done(join(jet, one))
    career = {
        "alumnus_id": made["id"],
        "since_on": "2024-04-01",
        "career_field": "education",
        "employer": "架空大学",
    }
    done(jet.call("jet_alumni_careers_create", one.caller, json=career))
    assert (counted(jet), len(listed(jet, one))) == (before + 1, 1)

    def withdraw(caller: Caller) -> Any:
        return jet.call("jet_alumni_withdraw", caller, path={"ref": made["id"]})

    assert withdraw(other.caller).status_code == 404
    assert done(withdraw(COORDINATOR))["state"] == "withdrawn"
    assert (counted(jet), listed(jet, one)) == (before, [])
    assert jet.call("jet_alumni_read", COORDINATOR, path={"ref": made["id"]}).status_code == 404
    careers = jet.call("jet_alumni_careers_list", params={"jet_number": one.number})
    assert done(careers)["items"] == []
    exported = jet.call("jet_alumni_list", COORDINATOR, headers={"Accept": "text/csv"})
    assert one.number not in exported.text
    assert [found["state"] for found in listed(jet, one, one.caller)] == ["withdrawn"]
    assert withdraw(one.caller).status_code == 409
    assert steps(jet, made["id"])[-1] == ("withdraw", "consented", "withdrawn")
    refused = join(jet, one, COORDINATOR, consent_form="written")
    assert (refused.status_code, refused.json()["code"]) == (409, "alumnus_renewed_by_oneself")
    yesterday = (today(jet) - timedelta(days=1)).isoformat()
    older = change(jet, "alumni", made["id"], caller=one.caller, consented_on=yesterday)
    assert codes(older) == {("/consented_on", "consent_withdrawn_since")}
    renewed = change(jet, "alumni", made["id"], caller=one.caller, consented_on=today(jet).isoformat())
    assert (done(renewed)["state"], len(listed(jet, one))) == ("consented", 1)


def test_whoever_came_back_is_the_same_person(jet: Jet) -> None:
    """Two years, away for some, and one more: one record with all of it."""
    one = person(jet, year=2016)
    done(appoint(jet, one.number, jet.organisation(), date(2016, 8, 1), date(2017, 7, 31), year=2016))
    done(appoint(jet, one.number, jet.organisation(), date(2017, 8, 1), date(2018, 7, 31), year=2017))
    made = done(join(jet, one))
    assert (made["first_programme_year"], made["last_programme_year"], made["years_served"]) == (
        2016,
        2017,
        2,
    )
    back = {
        "jet_number": one.number, "family_name": "Doe", "nationality": "XA", "job_type": "CIR", "programme_year": 2023,
        "arrival_group": "a",
    }  # fmt: skip
    assert send(jet, "participants", [back])["errors"] == []
    (found,) = listed(jet, one)
    assert (found["first_programme_year"], found["last_programme_year"], found["years_served"]) == (
        2016,
        2023,
        3,
    )
    assert join(jet, one).json()["code"] == "already_exists"


def test_addresses_and_employers_are_not_in_the_audit(jet: Jet) -> None:
    one = person(jet)
    made = done(join(jet, one, contact_address="架空市1-1"))
    body = {
        "alumnus_id": made["id"],
        "since_on": "2024-04-01",
        "career_field": "business",
        "employer": "架空商事",
    }
    career = done(jet.call("jet_alumni_careers_create", one.caller, json=body))
    assert (career["employer"], career["may_be_published"]) == ("架空商事", False)
    other = person(jet)
    assert codes(jet.call("jet_alumni_careers_create", other.caller, json=body)) == {
        ("/alumnus_id", "alumnus_unknown")
    }
    told = str(jet.sql("SELECT before, after FROM jet.audit_entry WHERE resource LIKE 'alumni%'"))
    assert "contact_address" in told and "架空市1-1" not in told and "架空商事" not in told


def test_employers_and_companies_have_no_row(jet: Jet) -> None:
    for role in ("organisation", "host_authority", "business", "ministry"):
        caller = Caller(role, organisation=jet.organisation().id)
        for operation in ("alumni", "alumni_chapters", "alumni_careers", "chapter_supports"):
            assert jet.call(f"jet_{operation}_list", caller).status_code == 403


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"kind": "international"}, ("/country", "chapter_without_country")),
        ({"country": None}, ("/country", "chapter_without_country")),
        ({"country": "QQ"}, ("/country", "country_unknown")),
        (
            {"active_from": "2024-04-01", "active_to": "2024-03-31"},
            ("/active_to", "chapter_dates_out_of_order"),
        ),
    ],
)
def test_a_chapter_is_in_a_country_and_the_international_one_in_none(
    jet: Jet, given: dict[str, Any], code: tuple[str, str]
) -> None:
    chapter(jet)
    body = {
        "code": "CH-BAD",
        "kind": "chapter",
        "name_ja": "支部",
        "name_en": "Chapter",
        "country": "XA",
    } | given
    assert codes(jet.call("jet_alumni_chapters_create", json=body)) == {code}


def test_support_of_chapters_is_counted_as_the_report_prints_it(jet: Jet) -> None:
    """3.4(4): two chapters in Japan, two abroad, and JETAA-I."""
    named = [("東京", "JP"), ("西日本", "JP"), ("ブラジル", "BR"), ("南アフリカ", "ZA")]
    chapters = [chapter(jet, name_ja=name, country=country) for name, country in named]
    chapters.append(chapter(jet, name_ja="JETAA-I", kind="international", country=None))
    rows = [
        {"chapter_code": code, "kind": "activity", "supported_on": f"2024-0{month}-01"}
        for code in chapters
        for month in (4, 5)
    ]
    assert send(jet, "chapter-supports", rows)["summary"]["created"] == 10
    after = done(jet.call("jet_chapter_supports_create", json=rows[0] | {"supported_on": "2025-04-01"}))
    assert after["fiscal_year"] == 2025
    asked = {"fiscal_year": 2024, "dimensions": "chapter_place"}
    answer = done(jet.call("jet_statistics_read", path={"name": "jet-chapter-supports"}, params=asked))
    said = {(cell["chapter_place"], cell["metric"]): cell["value"] for cell in answer["cells"]}
    assert said == {
        ("domestic", "chapters"): 2, ("overseas", "chapters"): 2, ("international", "chapters"): 1,
        ("domestic", "supports"): 4, ("overseas", "supports"): 4, ("international", "supports"): 2,
    }  # fmt: skip
    assert all(cell["records"] for cell in answer["cells"])
