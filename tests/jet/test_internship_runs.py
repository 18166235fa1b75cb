"""Runs of the assignment: made, explained, published by one, and filled again after a withdrawal."""

import asyncio
from typing import Any

import pytest

from tests.jet.interning import DECIDING, Internship, Person, internship, person, steps
from tests.jet.playing import codes, done
from tests.support.jet import COORDINATOR, Jet


def applied(one: Internship, *wishes: tuple[int, ...], **given: Any) -> list[Person]:
    people = [person(one.jet) for _ in wishes]
    for somebody, chosen in zip(people, wishes, strict=True):
        done(one.apply(somebody, *chosen, **given))
    return people


def test_a_run_waits_for_the_time_of_applications_and_a_person_publishes_it(jet: Jet) -> None:
    one = internship(jet, 1)
    (somebody,) = applied(one, (0,))
    early = one.run()
    assert (early.status_code, early.json()["code"]) == (409, "action_not_available")
    one.close()
    assert one.run(caller=somebody.caller).status_code == 403
    run = done(one.run())
    assert (run["state"], run["number"], run["gap"], run["assigned"]) == ("made", 1, 0, 1)
    assert one.publish(run["id"], COORDINATOR).json()["code"] == "person_required"
    assert one.results(run["id"], somebody.caller) == {} and one.placed() == {}
    assert done(one.publish(run["id"]))["state"] == "published"
    assert one.state() == "assigned"
    assert steps(jet, run["id"]) == [("create", None, "made"), ("publish", "made", "published")]


def test_figures_and_rows_say_what_was_met_and_why_not(jet: Jet) -> None:
    """Two want the one place of host 0 and only one of them has another wish; a third lacks the year that host 1 asks."""
    one = internship(jet, 1, 1, 1)
    jet.sql(
        f"UPDATE jet.internship_host SET min_year = 3, japanese_level = 'n2' WHERE code = '{one.hosts[1].code}'"
    )
    flexible, fixed, unfit = applied(one, (0, 2), (0,), (1,))
    one.close()
    run = done(one.run("seed"))
    figures = (
        "applicants",
        "assigned",
        "first_met",
        "second_met",
        "third_met",
        "unassigned",
        "places",
        "places_left",
    )
    assert [run[name] for name in figures] == [3, 2, 1, 1, 0, 1, 3, 1]
    assert run["objective"] == run["bound"] and len(run["input_sha256"]) == 64
    rows = one.results(run["id"])
    assert rows[fixed.number]["preference"] == 1 and rows[fixed.number]["first_outcome"] == "met"
    told = rows[flexible.number]
    assert (told["preference"], told["first_outcome"], told["second_outcome"]) == (2, "full", "met")
    assert "配属1名（今は2名）" in told["explanation_ja"] and "他の1名" in told["explanation_ja"]
    assert "at best 1 assigned (now 2)" in told["explanation_en"]
    refused = rows[unfit.number]
    assert (refused["internship_host_code"], refused["first_outcome"]) == (None, "condition")
    assert "3年目以上" in refused["explanation_ja"] and "日本語N2相当以上" in refused["explanation_ja"]
    assert "year 3" in refused["explanation_en"] and "Japanese N2" in refused["explanation_en"]


def test_the_same_input_and_seed_give_the_same_result_and_another_seed_another(jet: Jet) -> None:
    one = internship(jet, 3)
    applied(one, *[(0,)] * 6)
    one.close()

    def got(seed: str | None) -> tuple[str, set[str]]:
        run = done(one.run(seed))
        rows = one.results(run["id"])
        assert {row["first_outcome"] for row in rows.values()} == {"met", "lottery"}
        lots = sorted(row["lottery_number"] for row in rows.values() if row["preference"])
        assert lots == [1, 2, 3]
        return run["input_sha256"], {number for number, row in rows.items() if row["preference"]}

    first = got("a")
    assert first == got("a")
    assert len({frozenset(got(seed)[1]) for seed in "abcdef"}) > 1
    drawn = done(one.run(None))
    assert len(drawn["seed"]) == 16
    lost = next(row for row in one.results(drawn["id"]).values() if not row["preference"])
    assert drawn["seed"] in lost["explanation_en"] and drawn["seed"] in lost["explanation_ja"]


def test_applicants_and_hosts_see_their_own_alone(jet: Jet) -> None:
    one = internship(jet, 1, 1)
    first, second = applied(one, (0,), (1,))
    run = one.decided()
    for somebody in (first, second):
        assert set(one.results(run["id"], somebody.caller)) == {somebody.number}
        assert list(one.placed(somebody.caller)) == [somebody.number]
    for host in one.hosts:
        (intern,) = one.assignments(host.contact)
        assert intern["internship_host_code"] == host.code
        assert not {"jet_number", "preference", "run_number"} & intern.keys()
        assert jet.call("jet_internship_results_list", host.contact).status_code == 403


def test_a_host_reads_the_texts_that_were_shared_while_the_assignment_stands(jet: Jet) -> None:
    one = internship(jet, 1)
    texts = {"intern_name": "Alex", "motivation": "働きたい", "self_introduction": "秘密"}
    (somebody,) = applied(one, (0,), **texts, shared_texts=["motivation", "intern_name"])
    assert one.assignments(one.hosts[0].contact) == []
    one.decided()

    def read() -> tuple[Any, ...]:
        (seen,) = one.assignments(one.hosts[0].contact)
        return seen["intern_name"], seen["motivation"], seen["self_introduction"], seen["state"]

    assert read() == ("Alex", "働きたい", None, "assigned")
    (place,) = one.assignments()
    noted = jet.sql(
        "SELECT after ->> 'fields' FROM jet.audit_entry WHERE action = 'read' AND role = 'business' "
        f"AND '{place['id']}' = ANY (subjects::text[])"
    )
    assert list(map(tuple, noted)) == [("intern_name motivation self_introduction",)]
    (found,) = done(jet.call("jet_internship_applications_list", somebody.caller))["items"]
    done(jet.call("jet_internship_applications_withdraw", somebody.caller, path={"ref": found["id"]}))
    assert read() == (None, None, None, "withdrawn")


def test_a_withdrawal_frees_the_place_and_a_new_run_keeps_the_others(jet: Jet) -> None:
    one = internship(jet, 2)
    people = applied(one, (0,), (0,), (0,))
    first = one.decided("seed")
    held = one.placed()
    leaver = next(somebody for somebody in people if somebody.number in held)
    stays = next(iter(held.keys() - {leaver.number}))
    waiting = next(somebody for somebody in people if somebody.number not in held)
    stale = done(one.run("before-the-withdrawal"))
    (found,) = done(jet.call("jet_internship_applications_list", leaver.caller))["items"]
    done(jet.call("jet_internship_applications_withdraw", leaver.caller, path={"ref": found["id"]}))
    refused = one.publish(stale["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "action_not_available")
    again = done(one.run("other"))
    assert (again["kept"], again["assigned"], again["applicants"]) == (1, 2, 2)
    done(one.publish(again["id"]))
    assert set(one.placed()) == {stays, waiting.number}
    assert one.results(again["id"])[stays]["kept"] is True
    runs = done(jet.call("jet_internship_assignment_runs_list", params={"programme_code": one.code}))["items"]
    assert [run["state"] for run in runs] == ["superseded", "made", "published"]
    assert set(one.results(first["id"], waiting.caller)) == {waiting.number}
    assert one.results(stale["id"], waiting.caller) == {}


def test_parallel_publications_have_one_winner_and_no_place_is_given_twice(jet: Jet) -> None:
    one = internship(jet, 2, 1)
    applied(one, *[(0, 1)] * 5)
    one.close()
    runs = [done(one.run(f"seed-{number}"))["id"] for number in range(8)]

    async def all_at_once() -> list[int]:
        answers = await asyncio.gather(
            *(
                jet.served.send("jet_internship_assignment_runs_publish", DECIDING, path={"ref": run})
                for run in (*runs, *runs)
            )
        )
        return sorted(answer.status_code for answer in answers)

    assert jet.served.run(all_at_once()) == [201] + [409] * 15
    assert len(one.placed()) == 3


def test_places_hold_whoever_writes(jet: Jet) -> None:
    """Entered by hand at once, and taken away from a host afterwards."""
    one = internship(jet, 2)
    people = applied(one, *[(0,)] * 6)
    rows = [
        {"programme_code": one.code, "jet_number": p.number, "internship_host_code": one.hosts[0].code}
        for p in people
    ]

    async def all_at_once() -> list[int]:
        answers = await asyncio.gather(
            *(jet.served.send("jet_internship_assignments_create", COORDINATOR, json=row) for row in rows)
        )
        return sorted(answer.status_code for answer in answers)

    assert jet.served.run(all_at_once()) == [201, 201, 409, 409, 409, 409]
    fewer = jet.call(
        "jet_internship_hosts_change",
        headers={"If-Match": "*"},
        path={"ref": one.hosts[0].code},
        json={"places": 1},
    )
    assert (fewer.status_code, fewer.json()["code"]) == (409, "internship_places_exceeded")
    with pytest.raises(Exception, match="more interns than places"):
        jet.sql(
            "INSERT INTO jet.internship_assignment (application_id, programme_id, participant_id, host_id, organisation_id) "
            "SELECT a.id, a.programme_id, a.participant_id, h.id, h.organisation_id FROM jet.internship_application AS a "
            f"JOIN jet.internship_host AS h ON h.id = a.first_host_id WHERE a.programme_id = '{one.id}' "
            "AND NOT EXISTS (SELECT FROM jet.internship_assignment AS s WHERE s.application_id = a.id) LIMIT 1"
        )


def test_what_is_entered_by_hand_meets_the_conditions_and_runs_keep_it(jet: Jet) -> None:
    one = internship(jet, 1, 1, languages=["fr"])
    first, second = applied(one, (0, 1), (1,))

    def enter(somebody: Person, host: int) -> Any:
        body = {
            "programme_code": one.code,
            "jet_number": somebody.number,
            "internship_host_code": one.hosts[host].code,
        }
        return jet.call("jet_internship_assignments_create", json=body)

    assert codes(enter(first, 0)) == {("/internship_host_code", "internship_condition_unmet")}
    assert codes(enter(person(jet), 1)) == {("/jet_number", "internship_application_missing")}
    assert done(enter(first, 1))["preference"] == 2
    run = one.decided()
    assert (run["kept"], run["unassigned"]) == (1, 1)
    told = one.results(run["id"])[second.number]
    assert (
        told["first_outcome"] == "full" and "すでに公開された配属で埋まっています" in told["explanation_ja"]
    )
