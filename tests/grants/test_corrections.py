"""Corrections through the front door: what was asked and nothing else; and who may have a grant."""

import json

import pytest

from tests.grants.applying import Applying, code
from tests.support.grants import Grants, done, wrong
from tests.support.serving import Caller


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    return Applying(grants)


def test_a_correction_mends_what_was_asked_and_nothing_else(applying: Applying) -> None:
    grants, city, call = applying.grants, applying.organisation(), applying.round()
    ref, first = applying.submitted(city, call)
    asked = {"reason": "題名と計画書を直してください", "due_at": applying.at(days=40)}
    empty = applying.act(
        "request_correction", ref, applying.officer, **asked | {"due_at": applying.at(days=-1)}
    )
    assert wrong(empty) == {("/fields", "correction_of_nothing"), ("/due_at", "correction_term_past")}
    made = done(applying.act(
        "request_correction", ref, applying.officer, fields=["/answers/title", "/budget/costs", "/budget/requested"],
        documents=["plan"], **asked,
    ))  # fmt: skip
    assert made["number"] == 1 and grants.codes("corrections", city.first, "id", application_id=ref) == [
        made["id"]
    ]
    assert code(applying.act("dismiss", ref, applying.officer, ended_reason="x")) == (
        409,
        "correction_term_runs",
    )
    # day 5 after the deadline: the page may be mended
    applying.later(days=35)
    mend = {
        "answers": {"title": "直した題名", "own": 99}, "title": "別の事業", "budget": {"requested": 1_400_001},
    }  # fmt: skip
    done(grants.change("applications", ref, city.second, **mend))
    refused = applying.act("submit", ref, city.first)
    assert wrong(refused) >= {
        ("/answers/own", "unrequested_change"), ("/title", "unrequested_change"), ("/budget/requested", "requested_raised"),
    }  # fmt: skip
    assert ("/answers/title", "unrequested_change") not in wrong(refused)
    with pytest.raises(Exception, match="asks for no more"):
        grants.sql(
            "INSERT INTO grants.submission (application_id, number, receipt_number, channel, arrived_at, submitted_by, "
            f"requested_yen, computed_yen, eligible, snapshot, sha256) VALUES ('{ref}', 2, 'z', 'mail', platform.now(), "
            f"'{city.first.person}', 1400001, 1, true, '', sha256(''))"
        )
    back = {"answers": {"own": 100}, "title": "架空の交流", "budget": {"requested": 1_300_000}}
    done(grants.change("applications", ref, city.second, **back))
    done(applying.file(city.first, ref, "photo"))
    assert wrong(applying.act("submit", ref, city.first)) == {("/files/photo", "unrequested_change")}
    photo = grants.codes("application_files", city.first, "id", application_id=ref)[-1]
    done(grants.act("application_files", "remove", photo, city.first))
    done(applying.file(city.first, ref, "plan", b"%PDF-1.7 mended"))
    second = done(applying.act("submit", ref, city.second))
    assert (second["number"], second["requested_yen"]) == (2, 1_300_000)
    assert json.loads(applying.snapshot(first, city.first).content)["answers"]["title"] == "架空の交流"
    # the next one is not answered within its term
    done(applying.act(
        "request_correction", ref, applying.officer, fields=["/title"], reason="題名", due_at=applying.at(days=3)
    ))  # fmt: skip
    applying.later(days=3)
    late = applying.act("submit", ref, city.first)
    assert code(late) == (409, "action_not_available") and "補正の期限" in late.json()["detail"]
    ended = done(applying.act("dismiss", ref, applying.officer, ended_reason="補正がなかったため"))
    assert (ended["state"], ended["ended_reason"]) == ("dismissed", "補正がなかったため")
    # its letter names the application as it came first
    (notice,) = grants.codes("documents", city.first, "id", application_id=ref, kind="dismissal_notice")
    told = grants.call("documents_content", city.first, path={"ref": notice}).json()["about"]
    assert told["receipt_number"] == first["receipt_number"]


def test_who_may_have_a_grant(applying: Applying) -> None:
    """Hard case 3: what is left under the yearly cap is below the minimum, which is no smaller grant but none."""
    grants, city, call = applying.grants, applying.organisation(), applying.round()
    ref = applying.ready(city, call)

    def judged(by: Caller) -> tuple[int | None, list[str]]:
        shown = done(grants.call("applications_eligibility", by, path={"ref": ref}))
        return shown["facts"]["cap_left"], [one["code"] for one in shown["reasons"]]

    assert judged(city.first) == (3_000_000, [])
    # what was taken in an earlier round is told once that one is published, to nobody before
    earlier = applying.round(publish_at=applying.at(days=60))
    applying.later(days=29)
    grants.sql(
        "INSERT INTO grants.budget_cap (edition_id, section, kind, holder_id, limit_yen, taken_yen) "
        f"SELECT id, section, 'organisation', '{city.id}', 3000000, 2520000 FROM grants.edition "
        f"WHERE id = '{applying.edition_id}'"
    )
    grants.sql(
        "UPDATE grants.round SET cancelled_at = platform.now(), cancelled_reason = 'x' WHERE code <> "
        f"'{call}' AND code <> '{earlier}' AND announced_at IS NOT NULL AND cancelled_at IS NULL"
    )
    assert judged(city.first) == judged(applying.officer) == (480_000, ["cap_left_below_minimum"])
    done(grants.act("rounds", "extend", call, applying.officer, closes_at=applying.at(days=90), reason="x"))
    applying.later(days=2)
    assert judged(city.first) == judged(applying.officer) == (3_000_000, [])
    applying.later(days=31)
    assert judged(city.first) == (480_000, ["cap_left_below_minimum"])
    made = done(applying.act("submit", ref, city.first))
    assert (made["eligible"], made["computed_yen"]) == (False, 0)
    company = applying.organisation("company")
    draft = applying.draft(company.first, call)["id"]
    shown = done(grants.call("applications_eligibility", company.first, path={"ref": draft}))
    assert [one["code"] for one in shown["reasons"]] == ["applicant_not_admitted"]
