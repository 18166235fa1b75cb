"""Selections, decisions and awards through the front door: to the yen, by two people, and by nobody in conflict."""

from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest

from services.grants.selections.domain import ENTRY, STANDINGS
from services.postgres import SUPERUSER
from tests.grants.applying import RULES, SECTION, Applying, Body, code
from tests.grants.deciding import Deciding, budget
from tests.support.grants import Grants, done, wrong
from tests.support.serving import Caller


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    return Applying(grants)


class Drawn(NamedTuple):
    """Of 9,000,000: a city's two departments, and prefectures beside and between. `parted`: in conflict with the fourth."""

    round_: Deciding
    refs: list[str]
    city: Body
    parted: Caller
    changer: Caller

    def change(self, place: int, **given: Any) -> httpx.Response:
        entry = self.round_.entry(self.refs[place])["id"]
        return self.round_.grants.change("selection_entries", entry, self.changer, **given)


@pytest.fixture(scope="module")
def drawn(applying: Applying) -> Drawn:
    grants = applying.grants
    rules = grants.rules(applying.officer, applying.edition, **RULES | {"cap_project": 5_000_000})["code"]
    round_, city = Deciding(applying, 9_000_000, rules), applying.organisation()
    others = [applying.organisation("prefecture") for _ in range(4)]
    assert wrong(round_.draw_up()) == {("/round_code", "round_not_ranked")}
    refs = round_.ranked(
        (city, budget(2_520_000)), (others[0], budget(4_999_999, 9_999_999)), (city, budget(1_400_000)),
        (others[1], budget(2_000_000)), (others[2], budget(1_000_000)), (others[3], budget(600_000)),
    )  # fmt: skip
    parted, changer = grants.officer(SECTION), grants.officer(SECTION)
    grants.sql(
        "INSERT INTO directory.secondment (person_id, home_id, valid_from) "
        f"VALUES ('{parted.person}', '{others[1].id}', '2024-04-01')"
    )
    assert code(round_.draw_up(parted)) == (409, "selection_of_all")
    assert round_.draw_up(replace(round_.author, person=None)).status_code == 403
    assert round_.draw_up(city.first).status_code == 403
    done(round_.draw_up())
    return Drawn(round_, refs, city, parted, changer)


def test_a_selection_is_drawn_up_by_rank_and_changed_with_reasons(drawn: Drawn) -> None:
    """Costs of 9,999,999 give 4,999,000; a city whose other department gets 2,520,000 of 3,000,000 gets nothing more."""
    round_, refs, city, parted, changer = drawn
    assert code(round_.draw_up()) == (409, "selection_once")
    assert round_.standings() == [
        ("selected", 2_520_000), ("selected", 4_999_000), ("not_selected", 0), ("waitlisted", 2_000_000),
        ("waitlisted", 1_000_000), ("waitlisted", 600_000),
    ]  # fmt: skip
    third = round_.entries()[2]
    assert third["verdict"]["facts"]["cap_left"] == 480_000
    assert [one["code"] for one in third["verdict"]["reasons"]] == ["cap_left_below_minimum"]
    assert round_.balance() == (9_000_000, 0, 0) and round_.taken(city.id) == 0
    assert {one["application_id"] for one in round_.entries(parted)} == {*refs} - {refs[3]}
    path = {"ref": round_.entry(refs[3])["id"]}
    assert round_.grants.call("selection_entries_read", parted, path=path).status_code == 404
    missing, amount = {("/reason", "selection_reason_missing")}, {("/amount_yen", "selection_amount")}
    assert wrong(drawn.change(4, standing="selected")) == missing
    assert wrong(drawn.change(0, amount_yen=2_000_000)) == missing
    assert wrong(drawn.change(1, standing="not_selected", amount_yen=0)) == missing
    assert wrong(drawn.change(0, amount_yen=2_520_001)) == amount
    assert wrong(drawn.change(2, standing="selected", amount_yen=1, reason="x")) == amount
    done(drawn.change(4, standing="selected", reason="地域の均衡"))
    done(drawn.change(0, amount_yen=2_500_000, reason="減額"))
    assert round_.entry(refs[4])["changed_by"] == str(changer.person)


def test_nothing_is_decided_while_a_deadline_that_was_moved_has_not_passed(
    applying: Applying, drawn: Drawn
) -> None:
    round_, grants = drawn.round_, applying.grants
    grants.sql(
        f"UPDATE grants.round SET closes_at = platform.now() + interval '1 minute' WHERE id = '{round_.id}'"
    )
    assert code(round_.decide()) == (409, "action_not_available")
    with pytest.raises(Exception, match="all that is ranked is decided together"):
        grants.sql(
            f"UPDATE grants.selection SET decided_at = platform.now(), decided_by = '{round_.decider.person}' "
            f"WHERE id = '{round_.selection}'"
        )
    applying.later(minutes=1)


def test_a_selection_is_decided_and_awarded_by_who_did_not_propose_it(
    applying: Applying, drawn: Drawn
) -> None:
    round_, refs, city, parted, changer = drawn
    grants = round_.grants
    for who in (round_.author, changer):
        assert code(round_.decide(who)) == (409, "selection_two_people")
        with pytest.raises(Exception, match=r"who proposed|selection_two_people"):
            grants.sql(
                f"UPDATE grants.selection SET decided_at = platform.now(), decided_by = '{who.person}' "
                f"WHERE id = '{round_.selection}'"
            )
    assert code(round_.decide(parted)) == (409, "selection_of_all")
    closed = (409, "action_not_available")
    assert code(round_.award()) == closed
    done(round_.decide())
    assert code(round_.decide()) == code(drawn.change(3, standing="not_selected", reason="x")) == closed
    assert round_.balance() == (501_000, 8_499_000, 0) and round_.taken(city.id) == 2_500_000
    assert code(round_.award()) == (409, "award_before_publication")
    round_.publish()
    assert code(round_.award()) == (409, "budget_not_appropriated")
    round_.appropriate(9_000_000)
    assert (
        code(round_.award(changer, refs[4])) == code(round_.award(round_.author)) == (409, "award_two_people")
    )
    assert wrong(round_.award(None, refs[0], refs[3])) == {("/application_ids/1", "application_not_selected")}
    done(round_.award(None, refs[0]))
    done(round_.award())
    assert code(round_.award()) == (409, "nothing_to_award")
    assert round_.balance() == (501_000, 0, 8_499_000)
    assert [applying.read(one, round_.officer)["state"] for one in refs] == [
        "awarded", "awarded", "not_selected", "waitlisted", "awarded", "waitlisted",
    ]  # fmt: skip
    mine = done(grants.call("awards_list", city.first))["items"]
    assert [one["amount_yen"] for one in mine] == [2_500_000] and mine[0]["trace"][-1]["step"] == "lowered"
    assert grants.codes("awards", applying.organisation().first, "id") == []
    stands = done(grants.call("applications_eligibility", city.first, path={"ref": refs[0]}))
    assert (
        stands["eligible"] and stands["facts"]["cap_left"] == 3_000_000
    )  # its own amount does not stand against it
    round_.sound()
    told = grants.sql(
        "SELECT action, person_id FROM grants.audit_entry WHERE resource_id IN "
        f"('{round_.selection}', '{mine[0]['id']}', '{round_.entry(refs[0])['id']}') AND action <> 'read' ORDER BY id"
    )
    author, decider = round_.author.person, round_.decider.person
    assert told == [
        ("draw_up", author), ("create", author), ("change", changer.person), ("decide", decider), ("decide", decider),
        ("award", decider),
    ]  # fmt: skip


def test_two_departments_under_one_cap_in_the_same_second(applying: Applying) -> None:
    """Each is drawn up under a cap of which nothing is taken; one of the two decisions stands."""
    city = applying.organisation()
    rounds = [Deciding(applying, 5_000_000) for _ in range(2)]
    for round_, yen in zip(rounds, (1_800_000, 1_400_000), strict=True):
        round_.ranked((city, budget(yen)))
    late = applying.grants.officer(SECTION)
    for round_ in rounds:
        applying.grants.change("rounds", round_.call, round_.officer, publish_at=applying.at(days=9))
        assert round_.draw_up().status_code == 201 and round_.standings()[0][0] == "selected"
    answers = rounds[0].together(*(("selections", "decide", one.selection, late, {}) for one in rounds))
    assert sorted(answers) == [201, 422]
    lost = rounds[answers.index(422)]
    assert wrong(lost.decide()) == {(f"/entries/{lost.entries()[0]['id']}", "selection_no_longer_holds")}
    won = rounds[answers.index(201)]
    assert won.taken(city.id) == won.standings()[0][1] and lost.balance() == (5_000_000, 0, 0)
    won.sound()


def test_a_joint_bid_takes_from_the_caps_that_the_rules_name(applying: Applying) -> None:
    grants = applying.grants
    given = RULES | {"joint_uses_member_caps": True, "cap_joint": 4_000_000}
    rules = grants.rules(applying.officer, applying.edition, **given)["code"]
    round_, lead, member = (
        Deciding(applying, 9_000_000, rules),
        applying.organisation(),
        applying.organisation(),
    )
    (ref, alone) = round_.ranked((lead, budget(2_600_000), member), (lead, budget(2_600_000), member))
    round_.decided()
    assert round_.standings() == [("selected", 2_600_000), ("not_selected", 0)]
    assert [round_.taken(one) for one in (lead.id, member.id, ref, alone)] == [2_600_000] * 3 + [0]
    done(applying.act("withdraw", ref, lead.first, ended_reason="x"))
    assert [round_.taken(one) for one in (lead.id, member.id, ref)] == [0] * 3
    round_.sound()


def test_what_is_given_up_before_and_after_the_award(applying: Applying) -> None:
    """辞退 of a selected one, 取下げ of an award within its term, and its 辞退 after that; each promotes one, and no second one."""
    grants, round_ = applying.grants, Deciding(applying, 4_000_000)
    bodies = [applying.organisation() for _ in range(6)]
    asked = [budget(2_000_000), *[budget(1_000_000)] * 5]
    refs = round_.ranked(*zip(bodies, asked, strict=True))
    round_.decided()
    assert code(applying.act("decline", refs[0], bodies[0].first, ended_reason="x")) == (
        409,
        "action_not_available",
    )
    round_.publish()
    assert code(applying.act("withdraw", refs[0], bodies[0].first, ended_reason="x")) == (
        409,
        "action_not_available",
    )
    assert code(applying.act("decline", refs[3], bodies[3].first, ended_reason="x")) == (
        409,
        "action_not_available",
    )
    assert applying.act("decline", refs[0], bodies[1].first, ended_reason="x").status_code == 404
    done(applying.act("decline", refs[0], bodies[0].first, ended_reason="職員の減"))
    assert [one for one, _ in round_.standings()] == ["declined", *["selected"] * 3, *["waitlisted"] * 2]
    round_.appropriate(4_000_000)
    done(round_.award())
    found = {
        one["application_id"]: one["id"] for one in done(grants.call("awards_list", round_.officer))["items"]
    }

    def give(verb: str, place: int, by: Caller | None = None) -> httpx.Response:
        return grants.act("awards", verb, found[refs[place]], by or bodies[place].first, ended_reason="x")

    assert give("withdraw", 1, bodies[2].first).status_code == 404
    assert code(give("withdraw", 1, round_.officer)) == (409, "application_of_another")
    done(give("withdraw", 1))
    assert code(give("decline", 1)) == (409, "action_not_available")
    assert applying.read(refs[1], bodies[1].first)["state"] == "withdrawn" and round_.taken(bodies[1].id) == 0
    applying.later(days=15)
    assert code(give("withdraw", 2)) == (409, "action_not_available")
    with pytest.raises(Exception, match="award_withdrawn_in_time"):
        grants.sql(
            "UPDATE grants.award SET state = 'withdrawn', ended_at = platform.now(), ended_reason = 'x' "
            f"WHERE id = '{found[refs[2]]}'"
        )
    done(give("decline", 2))
    assert [one for one, _ in round_.standings()] == [
        "declined", "withdrawn", "declined", "awarded", "selected", "selected",
    ]  # fmt: skip
    assert round_.promoted() == 3 and round_.balance() == (1_000_000, 2_000_000, 1_000_000)
    round_.sound()
    said = grants.sql(
        f"SELECT action, from_state, to_state, person_id FROM grants.audit_entry WHERE resource_id = '{found[refs[2]]}' "
        "AND action = 'decline'"
    )
    assert said == [("decline", "decided", "declined", UUID(str(bodies[2].first.person)))]


def test_the_database_knows_the_same_steps_of_an_entry(applying: Applying) -> None:
    round_, city = Deciding(applying, 3_000_000), applying.organisation()
    (ref,) = round_.ranked((city, budget(1_000_000)))
    round_.decided()
    steps = {(before, one.after) for one in ENTRY.transitions for before in one.before}
    found = set()
    for before, after in product(STANDINGS, STANDINGS):
        sets = [
            f"UPDATE grants.selection_entry SET standing = '{one}', ended_at = {at}, ended_reason = {why} "
            f"WHERE application_id = '{ref}'; "
            for one in (before, after)
            for at, why in (("now()", "'x'") if one in ("declined", "withdrawn") else ("NULL", "NULL"),)
        ]
        try:
            applying.grants.sql_as(
                "",
                "DO $$ BEGIN ALTER TABLE grants.selection_entry DISABLE TRIGGER selection_entry_moves; "
                f"{sets[0]} ALTER TABLE grants.selection_entry ENABLE TRIGGER selection_entry_moves; {sets[1]} END $$",
                SUPERUSER,
            )
        except Exception as error:
            assert "no such step" in str(error), error
        else:
            found.add((before, after))
    assert found == steps | {(one, one) for one in STANDINGS}
