"""Panels through the front door: members, assignments, blind scores that are sealed once, and the ranking that is signed."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grants.panels.ranking import Scored, normalised, points, ranking
from services.grants.panels.rubric import Criterion, Rubric
from tests.grants.applying import OTHER, Applying, code
from tests.grants.reviewing import RUBRIC, Reviewing
from tests.support.grants import Grants, done, wrong
from tests.support.serving import Caller

CRITERIA = [Criterion.model_validate(one) for one in RUBRIC["criteria"]]
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    return Applying(grants)


def test_a_panel_is_of_the_section_and_its_rubric_stays(applying: Applying) -> None:
    grants, review = applying.grants, Reviewing(applying)
    body = {"round_code": review.call, "rubric": RUBRIC}
    assert code(grants.call("panels_create", applying.officer, json=body)) == (409, "panel_once")
    twice = RUBRIC | {"criteria": [RUBRIC["criteria"][0]] * 2}
    refused = grants.change("panels", review.panel, applying.officer, rubric=twice)
    assert wrong(refused) == {("/rubric/criteria/1/code", "code_twice")}
    done(grants.change("panels", review.panel, applying.officer, rubric=RUBRIC))
    for caller in (applying.stranger, Caller("grant_officer", "tool")):
        assert grants.call("panels_read", caller, path={"ref": review.panel}).status_code == 404
        assert grants.codes("panels", caller, "id") == grants.codes("panel_members", caller, "id") == []
    member = review.member()
    assert grants.codes("panel_members", applying.officer, "person_id", panel_id=review.panel) == [
        str(member.person)
    ]
    assert code(review.act("add_member", person_id=str(member.person))) == (409, "panel_member_once")
    for outsider in (grants.officer(OTHER), grants.officer("grants-exchange", until="'2021-03-31'")):
        refused = review.act("add_member", person_id=str(outsider.person))
        assert wrong(refused) == {("/person_id", "panel_member_serves")}
    with pytest.raises(Exception, match="serve in the section"):
        grants.sql(
            "INSERT INTO grants.panel_member (panel_id, section, person_id) "
            f"SELECT id, section, '{applying.stranger.person}' FROM grants.panel WHERE id = '{review.panel}'"
        )
    city, parted = applying.organisation(), review.officer()
    ref = review.ready(city)
    assert code(review.assign(ref, member)) == (409, "action_not_available")  # not accepted yet
    done(applying.act("submit", ref, city.first))
    done(applying.act("accept", ref, applying.officer))
    review.second(review.member(parted), city.id, "'2024-04-01'")
    for who in (parted, review.officer()):  # one answer to whoever is in conflict and whoever is no member
        assert wrong(review.assign(ref, who)) == {("/reviewer_id", "reviewer_unassignable")}
    made = review.assigned(ref, member)
    assert code(review.assign(ref, member)) == (409, "review_once")
    assert applying.read(ref, applying.officer)["state"] == "in_review"
    elsewhere = Reviewing(applying)
    assert wrong(elsewhere.assign(ref, elsewhere.member())) == {("/application_id", "application_unknown")}
    refused = grants.change("panels", review.panel, applying.officer, rubric=RUBRIC | {"quorum": 1})
    assert code(refused) == (409, "panel_rubric_stays")
    told = grants.sql(
        f"SELECT action, from_state, to_state FROM grants.audit_entry WHERE resource_id = '{ref}' ORDER BY id DESC LIMIT 1"
    )
    assert told == [("review", "accepted", "in_review")] and made


def test_scores_are_blind_until_the_own_is_sealed_and_stay(applying: Applying) -> None:
    grants, review = applying.grants, Reviewing(applying)
    ref = review.accepted(applying.organisation())
    first, second, idle = (review.member() for _ in range(3))
    one, two = review.assigned(ref, first), review.assigned(ref, second)
    assert wrong(grants.act("reviews", "seal", one, first, scores={"effect": 6, "else": 1})) == {
        ("/scores/effect", "score_above_maximum"), ("/scores/else", "criterion_unknown"), ("/scores", "criterion_missing"),
    }  # fmt: skip
    done(review.seal(one, first, 4, 8))

    def seen(by: Caller) -> set[str]:
        key = f'{{"client": "c", "role": "grant_officer", "key": "c", "person": "{by.person}"}}'
        rows = grants.sql_as(key, f"SELECT id::text FROM grants.review WHERE application_id = '{ref}'")
        found = set(grants.codes("reviews", by, "id", application_id=ref))
        assert found == {row["id"] for row in rows}
        return found

    assert (seen(first), seen(second), seen(idle)) == ({one, two}, {two}, set())
    assert seen(applying.officer) == {one, two} and seen(applying.stranger) == set()
    assert grants.call("reviews_read", second, path={"ref": one}).status_code == 404
    assert code(review.seal(two, first, 1, 1)) == (409, "review_of_another")
    with pytest.raises(Exception, match="no such step of a review"):
        grants.sql(f"UPDATE grants.review SET scores = '{{}}', sealed_at = platform.now() WHERE id = '{two}'")
    done(review.seal(two, second, 3, 3))
    assert seen(second) == {one, two}
    shown = done(grants.call("reviews_read", second, path={"ref": one}))
    assert (shown["state"], shown["scores"]) == ("sealed", {"effect": 4, "plan": 8})
    assert code(review.seal(one, first, 5, 8)) == (409, "action_not_available")
    with pytest.raises(Exception, match="no such step of a review"):
        grants.sql(f"UPDATE grants.review SET scores = '{{}}' WHERE id = '{one}'")


def test_the_ranking_takes_every_quorum_and_a_signer_who_is_no_member(applying: Applying) -> None:
    grants, review = applying.grants, Reviewing(applying)
    bodies = [applying.organisation() for _ in range(3)]
    better, worse, gone = (review.accepted(body) for body in bodies)
    first, second, third = (review.member() for _ in range(3))
    for who in (first, second):
        review.scored(worse, who, 2, 2)
        review.assigned(gone, who)
    review.scored(better, first, 5, 9)
    assert code(review.act("rank", first)) == (409, "ranking_by_member")
    done(applying.act("withdraw", gone, bodies[2].first, ended_reason="中止"))
    short = review.act("rank")
    assert code(short) == (409, "quorum_short") and "申請が1件" in short.json()["detail"]
    with pytest.raises(Exception, match="fewer scores than the quorum"):
        grants.sql(f"UPDATE grants.application SET state = 'ranked', rank = 9 WHERE id = '{better}'")
    review.scored(better, second, 5, 9)
    left = review.assigned(better, third)
    assert code(review.act("rank")) == (409, "ranking_not_whole")  # the round is still open
    applying.later(days=31)
    assert review.act("rank", Caller("grant_officer", "tool")).status_code == 403
    with pytest.raises(Exception, match="signed by who is no member"):
        grants.sql(
            f"UPDATE grants.panel SET ranked_at = platform.now(), ranked_by = '{first.person}' WHERE id = '{review.panel}'"
        )
    shown = done(review.act("rank"))
    assert (shown["state"], shown["ranked_by"]) == ("ranked", str(applying.officer.person))
    found = [applying.read(ref, applying.officer) for ref in (better, worse, gone)]
    assert [(one["state"], one["rank"]) for one in found] == [
        ("ranked", 1),
        ("ranked", 2),
        ("withdrawn", None),
    ]
    assert "rank" not in applying.read(better, bodies[0].first)
    assert code(review.act("rank")) == code(review.assign(better, third)) == (409, "action_not_available")
    assert code(review.seal(left, third, 1, 1)) == (409, "review_closed")
    with pytest.raises(Exception, match="a ranking stays"):
        grants.sql(f"UPDATE grants.panel SET ranked_at = NULL, ranked_by = NULL WHERE id = '{review.panel}'")
    (row,) = grants.sql(
        f"SELECT after ->> 'mean' FROM grants.audit_entry WHERE resource_id = '{worse}' AND action = 'rank'"
    )
    assert row == ("100/3",)  # two thirds of 2/5 and one third of 2/10


scores = st.fixed_dictionaries({one.code: st.integers(0, one.maximum) for one in CRITERIA})
reviewers = st.sampled_from([UUID(int=number) for number in range(1, 5)])
entries = st.lists(
    st.tuples(st.dictionaries(reviewers, scores, min_size=1), st.integers(0, 3)), max_size=6
).map(
    lambda given: [
        Scored(UUID(int=number), BEGIN + timedelta(hours=late), of) for number, (of, late) in enumerate(given)
    ]
)


@given(entries, st.booleans(), st.permutations(range(6)), st.integers(2, 9))
def test_a_ranking_is_of_the_scores_alone(
    of: list[Scored], even: bool, order: list[int], factor: int
) -> None:  # fmt: skip
    rubric = Rubric(criteria=CRITERIA, normalised=even)
    found = ranking(rubric, of)
    assert sorted(one.application for one in found) == sorted(one.application for one in of)
    of = [of[place] for place in order if place < len(of)]
    heavier = [one.model_copy(update={"weight": one.weight * factor}) for one in CRITERIA]
    assert ranking(rubric, of) == ranking(Rubric(criteria=heavier, normalised=even), of) == found
    arrived = {one.application: one.arrived_at for one in of}
    for higher, lower in pairwise(found):
        assert (higher.mean, higher.median) >= (lower.mean, lower.median)
        if (higher.mean, higher.median) == (lower.mean, lower.median):
            assert arrived[higher.application] <= arrived[lower.application]


def test_a_tie_goes_by_the_median_and_then_by_the_arrival() -> None:
    def scored(number: int, late: int, *effects: int) -> Scored:
        given = {UUID(int=who): {"effect": one, "plan": 0} for who, one in enumerate(effects)}
        return Scored(UUID(int=number), BEGIN + timedelta(hours=late), given)

    of = [scored(1, 0, 1, 1, 4), scored(2, 2, 0, 3, 3), scored(3, 1, 3, 0, 3)]
    assert [one.application.int for one in ranking(Rubric(criteria=CRITERIA), of)] == [3, 2, 1]


@given(entries.filter(bool))
def test_a_better_score_never_lowers_a_rank(of: list[Scored]) -> None:
    rubric = Rubric(criteria=CRITERIA)

    def place(given: list[Scored]) -> int:
        return [one.application for one in ranking(rubric, given)].index(of[0].application)

    best = {one.code: one.maximum for one in CRITERIA}
    lifted: Mapping[UUID, Mapping[str, int]] = dict.fromkeys(of[0].scores, best)
    assert place([of[0]._replace(scores=lifted), *of[1:]]) <= place(of)


@given(entries.filter(bool), st.integers(-9, 9))
def test_a_reviewers_strictness_is_evened_out(of: list[Scored], by: int) -> None:
    rubric = Rubric(criteria=CRITERIA)
    plain = {(one.application, who): points(rubric, given) for one in of for who, given in one.scores.items()}
    strict = min(who for _, who in plain)
    moved = {key: value + by if key[1] == strict else value for key, value in plain.items()}
    before, after = normalised(plain), normalised(moved)
    shift = {after[key] - before[key] for key in plain}
    assert len(shift) == 1  # all by the same, so that the order stands
    assert sum(before.values(), Fraction()) == sum(plain.values(), Fraction())
