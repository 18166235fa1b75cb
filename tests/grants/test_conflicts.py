"""Who is in conflict with an application finds nothing of it, from the day on which the facts say so (hard case 9)."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from services.kit.http.negotiate import XLSX
from tests.grants.applying import RULES, Applying, Body, code
from tests.grants.reviewing import Reviewing
from tests.support.grants import Grants, done, wrong
from tests.support.serving import Caller

TABLES = ("application_file", "application_member", "submission", "correction", "document")
UNDER = ("application_files", "submissions", "corrections", "application_members", "documents")


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    return Applying(grants)


def member_of(applying: Applying, host: Body) -> Body:
    made = applying.organisation()
    applying.grants.sql(
        "INSERT INTO directory.hierarchy (member_id, host_id, valid_from) "
        f"VALUES ('{made.id}', '{host.id}', '2020-04-01')"
    )
    return made


def sees(applying: Applying, ref: str, by: Caller) -> bool:
    """Whether it is there at every place alike."""
    grants = applying.grants
    listed = done(grants.call("applications_list", by, params={"limit": 500, "include": "total"}))
    assert listed["total"] == len(listed["items"])
    found = {ref in [one["id"] for one in listed["items"]]}
    for operation in ("applications_read", "applications_eligibility"):
        found.add(grants.call(operation, by, path={"ref": ref}).status_code == 200)
    for media in ("text/csv", "application/x-ndjson"):
        found.add(ref in grants.call("applications_list", by, {"Accept": media}).text)
    sheet = load_workbook(BytesIO(grants.call("applications_list", by, {"Accept": XLSX}).content)).worksheets[
        0
    ]
    found.add(ref in [cell for row in sheet.iter_rows(values_only=True) for cell in row])
    for plural in UNDER:
        found.add(bool(grants.codes(plural, by, "id", application_id=ref)))
    role = "grant_officer" if by.organisation is None else "organisation"
    organisation = f', "organisation": "{by.organisation}"' if by.organisation else ""
    key = f'{{"client": "c", "role": "{role}", "key": "c", "person": "{by.person}"{organisation}}}'
    counted = " UNION ALL ".join(
        f"SELECT count(*) AS n FROM grants.{table} WHERE application_id = '{ref}'" for table in TABLES
    )
    blobs = ", ".join(
        f"'{row[0]}'"
        for row in grants.sql(f"SELECT blob_id FROM grants.application_file WHERE application_id = '{ref}'")
    )
    counted += f" UNION ALL SELECT count(*) FROM grants.application WHERE id = '{ref}'"
    counted += f" UNION ALL SELECT count(*) FROM grants.blob_chunk WHERE blob_id IN ({blobs})"
    found |= {row["n"] > 0 for row in grants.sql_as(key, counted)}
    assert len(found) == 1, found
    return found.pop()


def test_the_officer_from_the_applicant_finds_nothing_of_it(grants: Grants) -> None:
    """Hard case 9: seconded by prefecture A, whose association applies with a town of A as its partner."""
    applying = Applying(grants)
    review = Reviewing(applying)
    host = applying.organisation("prefecture", "host_authority")
    town, city = member_of(applying, host), applying.organisation()
    ref = str(applying.draft(city.first, review.call, joint=True)["id"])
    done(applying.file(city.first, ref))
    joined = done(applying.act("add_member", ref, city.first, organisation_code=town.code, share_yen=1))
    done(grants.act("application_members", "consent", joined["id"], town.first))
    applying.approved(city, ref)
    submitted = done(applying.act("submit", ref, city.first))
    done(applying.act(
        "request_correction", ref, applying.officer, fields=["/title"], reason="題名", due_at=applying.at(days=9)
    ))  # fmt: skip
    file = grants.codes("application_files", city.first, "id", application_id=ref)[0]
    officer, free = review.seconded(host.id), review.seconded(applying.organisation("prefecture").id)
    assert not sees(applying, ref, officer) and sees(applying, ref, free) and sees(applying, ref, town.first)
    assert applying.snapshot(submitted, officer).status_code == 404
    assert grants.call("application_files_content", officer, path={"ref": file}).status_code == 404
    assert grants.call("application_files_content", free, path={"ref": file}).status_code == 200
    for verb, body in (("accept", {}), ("extend", {"closes_at": applying.at(days=90), "reason": "x"}),
                       ("withdraw", {"ended_reason": "x"}), ("dismiss", {"ended_reason": "x"})):  # fmt: skip
        missed = applying.act(verb, ref, officer, **body)
        absent = applying.act(verb, joined["id"], officer, **body)
        assert (missed.status_code, missed.json()["code"]) == (404, absent.json()["code"])
    refused = grants.call("declared_relations_create", officer, json={
        "application_id": ref, "reason": "x", "valid_from": "2024-04-01"
    })  # fmt: skip
    assert wrong(refused) == {("/application_id", "application_unknown")}
    # nor does the officer make one that would be out of sight
    paper = {
        "round_code": review.call,
        "organisation_code": town.code,
        "department": "x",
        "title": "x",
        "channel": "mail",
    }
    refused = grants.call("applications_create", officer, json=paper)
    assert wrong(refused) == {("/organisation_code", "another_officer")}
    posted = applying.draft(officer, review.call, organisation_code=city.code, channel="mail", joint=True,
                            project_number=2)["id"]  # fmt: skip
    refused = applying.act("add_member", posted, officer, organisation_code=town.code, share_yen=1)
    assert wrong(refused) == {("/organisation_code", "another_officer")}


def test_whom_and_for_how_long_is_what_the_rules_say(applying: Applying) -> None:
    grants, host = applying.grants, applying.organisation("prefecture", "host_authority")
    town = member_of(applying, host)

    def round_under(**conflicts: Any) -> Reviewing:
        named = RULES | ({"conflicts": conflicts} if conflicts else {})
        applying.rules = grants.rules(applying.officer, applying.edition, **named)["code"]
        return Reviewing(applying)

    strict, mild = round_under(), round_under(years_after_return=0, members_of_host=False)
    refs = {
        (one.call, who.code): applying.ready(who, one.call) for one in (strict, mild) for who in (host, town)
    }
    returned = strict.seconded(host.id, until="platform.today() - interval '1 day'")
    long_ago = strict.seconded(host.id, "'2010-04-01'", "platform.today() - interval '2 years 1 day'")
    still, ahead = strict.seconded(host.id), strict.seconded(host.id, "platform.today() + 1")
    moved, old = strict.officer(), strict.officer()
    for who, last in ((moved, "platform.today() - 1"), (old, "platform.today() - interval '2 years 1 day'")):
        grants.sql(
            "INSERT INTO directory.post (person_id, organisation_id, section, title, valid_from, valid_to) "
            f"VALUES ('{who.person}', '{host.id}', '国際課', '主任', '2010-04-01', {last})"
        )

    def open_to(who: Caller) -> list[bool]:
        return [
            grants.call("applications_read", who, path={"ref": ref}).status_code == 200
            for ref in refs.values()
        ]

    # of the host itself and of the town, under the sample rules and under those that count neither
    assert open_to(still) == [False, False, False, True]
    assert open_to(returned) == open_to(moved) == [False, False, True, True]
    assert open_to(long_ago) == open_to(old) == open_to(ahead) == [True] * 4
    applying.later(days=1)
    assert open_to(ahead) == [False, False, False, True]


def test_what_is_declared_adds_to_the_wall(applying: Applying) -> None:
    grants, review = applying.grants, Reviewing(applying)
    one, other = applying.organisation(), applying.organisation()
    first, second = review.accepted(one), review.accepted(other)
    officer, today = review.officer(), f"{grants.sql('SELECT platform.today()')[0][0]}"

    def declare(**given: Any) -> Any:
        body = {"reason": "家族が勤務", "valid_from": today} | given
        return grants.call("declared_relations_create", officer, json=body)

    assert wrong(declare()) == {("/organisation_code", "relation_to_one")}
    assert wrong(declare(organisation_code=one.code, valid_to="2001-01-01")) == {
        ("/valid_to", "relation_out_of_order")
    }
    made = done(declare(organisation_code=one.code, valid_to=today))
    done(declare(application_id=second))

    def reads() -> list[int]:
        return [
            grants.call("applications_read", officer, path={"ref": ref}).status_code
            for ref in (first, second)
        ]

    assert reads() == [404, 404]
    assert len(grants.codes("declared_relations", officer, "id")) == 2
    assert grants.codes("declared_relations", applying.officer, "id") == []
    tool = Caller("grant_officer", "tool")
    assert (
        grants.call("declared_relations_create", tool, json={"reason": "x", "valid_from": today}).status_code
        == 403
    )
    applying.later(days=1)
    assert reads() == [200, 404]
    (row,) = grants.sql(
        f"SELECT action, person_id::text FROM grants.audit_entry WHERE resource_id = '{made['id']}'"
    )
    assert row[1] == str(officer.person)


def test_a_conflict_that_comes_mid_round_sets_a_score_aside(applying: Applying) -> None:
    """Of three scores one falls away; the two that are left make the quorum, and the ranking counts them alone."""
    grants, review = applying.grants, Reviewing(applying)
    city, rival = applying.organisation(), applying.organisation()
    ref, against = review.accepted(city), review.accepted(rival)
    people = [review.member() for _ in range(3)]
    strayed = people[2]
    scored = [
        review.scored(ref, who, *given) for who, given in zip(people, ((2, 5), (2, 5), (5, 10)), strict=True)
    ]
    for who in people:
        review.scored(against, who, 3, 6)
    assert review.states(ref) == ["sealed"] * 3
    review.second(strayed, city.id, "platform.today() + 1")
    applying.later(days=31)
    assert review.states(ref) == ["sealed", "sealed", "set_aside"]
    assert ref not in grants.codes("applications", strayed, "id")
    assert grants.codes("reviews", strayed, "id", application_id=ref) == []
    assert grants.call("reviews_read", strayed, path={"ref": scored[2]}).status_code == 404
    assert wrong(review.assign(ref, strayed)) == {("/reviewer_id", "reviewer_unassignable")}
    with pytest.raises(Exception, match="no such step of a review"):
        grants.sql(f"UPDATE grants.review SET counted = true WHERE id = '{scored[2]}'")
    # who cannot see one of them does not rank the rest
    parted = review.seconded(city.id)
    assert code(review.act("rank", parted)) == (409, "ranking_not_whole")
    done(review.act("rank"))
    ranks = {one: applying.read(one, applying.officer)["rank"] for one in (against, ref)}
    assert ranks == {against: 1, ref: 2}  # with the score that was set aside it would be the first
    kept = done(grants.call("reviews_read", applying.officer, path={"ref": scored[2]}))
    assert (kept["state"], kept["scores"]) == ("set_aside", {"effect": 5, "plan": 10})


def test_who_of_a_panel_is_in_conflict_is_told_to_those_alone_who_are_not(applying: Applying) -> None:
    review, (one, other) = Reviewing(applying), (applying.organisation() for _ in range(2))
    mine, theirs = review.accepted(one), review.accepted(other)
    parted, free = review.member(review.seconded(one.id)), review.member()

    def told(by: Caller) -> Any:
        return applying.grants.call("rounds_conflicts", by, path={"ref": review.call})

    assert done(told(free))["items"] == [{"application_id": mine, "person_ids": [str(parted.person)]}]
    assert done(told(parted))["items"] == []
    review.second(free, other.id, "'2024-04-01'")
    assert done(told(free))["items"] == [{"application_id": mine, "person_ids": [str(parted.person)]}]
    assert done(told(parted))["items"] == [{"application_id": theirs, "person_ids": [str(free.person)]}]
    assert (told(applying.stranger).status_code, told(one.first).status_code) == (404, 403)
