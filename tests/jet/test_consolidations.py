"""Consolidations: which members an act takes, its receipt, its deadline, its approval; and what many at once do."""

import asyncio
from collections import Counter

import httpx

from tests.jet.playing import codes, done
from tests.jet.surveying import DECIDING, Survey, sends, surveyed
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller

MEMBERS = 15


def acts(survey: Survey) -> list[dict[str, object]]:
    params = {"programme_year": survey.year}
    found: list[dict[str, object]] = done(
        survey.jet.call("jet_placement_consolidations_list", survey.host, params=params)
    )["items"]
    return found


def test_an_act_takes_what_is_submitted_at_that_moment_and_the_next_what_comes_later(jet: Jet) -> None:
    survey = surveyed(jet, 3)
    survey.ask_for(0, (2, 3))
    survey.ask_for(1, (4,))
    for number in (0, 1):
        done(survey.submit(number))
    first = done(survey.consolidate())
    assert (first["members"], first["seats"], first["late"], first["state"]) == (2, 9, False, "consolidated")
    assert survey.states() == ["consolidated", "consolidated", "draft"]
    assert survey.of(0)["consolidation_id"] == first["id"]
    again = survey.consolidate()
    assert (again.status_code, again.json()["code"]) == (409, "action_not_available")
    done(survey.submit(2))
    second = done(survey.consolidate())
    assert (second["members"], second["seats"]) == (1, 0)
    assert second["receipt_number"] != first["receipt_number"]
    assert len({str(one["sha256"]) for one in acts(survey)}) == 2


def test_what_the_host_authority_asks_for_itself_goes_with_its_members(jet: Jet) -> None:
    survey = surveyed(jet, 1)
    jet.sql(
        f"INSERT INTO jet.placement_submission (organisation_id, programme_year) VALUES ('{survey.home.id}', {survey.year})"
    )
    params = {"organisation": survey.home.code}
    (own,) = done(jet.call("jet_placement_submissions_list", survey.host, params=params))["items"]
    assert own["host_code"] == survey.home.code
    done(jet.call("jet_placement_submissions_submit", survey.host, path={"ref": own["id"]}))
    assert done(survey.consolidate())["members"] == 1


def test_an_act_has_a_deadline_of_its_own(jet: Jet) -> None:
    survey = surveyed(jet, 2)
    for number in (0, 1):
        done(survey.submit(number))
    done(survey.give_back(1))
    survey.late()
    assert done(survey.consolidate())["late"] is False
    done(survey.submit(1))
    jet.sql("UPDATE platform.clock SET offset_by = offset_by + interval '14 days'")
    assert done(survey.consolidate())["late"] is True


def test_a_host_authority_acts_for_itself_and_clair_for_any(jet: Jet) -> None:
    survey, other = surveyed(jet, 1), surveyed(jet, 1)
    done(survey.submit(0))
    for organisation in (survey.own[0], other.home):
        refused = survey.consolidate(organisation_code=organisation.code)
        assert (refused.status_code, codes(refused)) == (
            422,
            {("/organisation_code", "not_the_host_authority")},
        )
    assert survey.consolidate(other.host).status_code == 422
    assert survey.consolidate(COORDINATOR).json()["code"] == "person_required"
    assert done(survey.consolidate(DECIDING))["organisation_code"] == survey.home.code


def test_members_see_the_act_that_took_them_and_strangers_do_not(jet: Jet) -> None:
    survey, other = surveyed(jet, 2), surveyed(jet, 1)
    done(survey.submit(0))
    act = done(survey.consolidate())
    for caller, status in ((survey.members[0], 200), (survey.members[1], 404), (other.host, 404)):
        found = jet.call("jet_placement_consolidations_read", caller, path={"ref": act["id"]})
        assert found.status_code == status


def test_clair_approves_an_act_once_and_what_was_returned_is_not_in_it(jet: Jet) -> None:
    survey = surveyed(jet, 2)
    for number in (0, 1):
        done(survey.submit(number))
    act = done(survey.consolidate())
    assert [
        one["action"]
        for one in done(jet.call("jet_placement_consolidations_read", path={"ref": act["id"]}))[
            "available_actions"
        ]
    ] == ["approve"]
    done(survey.give_back(1))
    assert survey.approve(act["id"], survey.host).status_code == 403
    approved = done(survey.approve(act["id"]))
    assert (approved["state"], survey.states()) == ("approved", ["approved", "returned"])
    assert approved["approved_at"] is not None
    again = survey.approve(act["id"])
    assert (again.status_code, again.json()["code"]) == (409, "action_not_available")
    found = jet.sql(
        f"SELECT action, from_state, to_state FROM jet.audit_entry WHERE resource_id = '{act['id']}' ORDER BY id"
    )
    assert [tuple(row) for row in found] == [("create", None, None), ("approve", "consolidated", "approved")]
    told = jet.sql(f"SELECT action FROM jet.outbox WHERE resource_id = '{act['id']}' ORDER BY id")
    assert [row[0] for row in told] == ["created", "changed"]


def test_thirty_at_once_lose_nothing_and_take_nothing_twice(jet: Jet) -> None:
    """Members submit by command and by file, while their host authority consolidates again and again."""
    survey = surveyed(jet, MEMBERS)
    ids = [survey.of(number)["id"] for number in range(MEMBERS)]
    body = {"organisation_code": survey.home.code, "programme_year": survey.year}
    at = jet.now()

    async def act() -> httpx.Response:
        return await jet.served.send("jet_placement_consolidations_create", survey.host, json=body)

    async def submit(number: int) -> httpx.Response:
        path = {"ref": ids[number]}
        return await jet.served.send("jet_placement_submissions_submit", survey.members[number], path=path)

    async def play() -> tuple[list[httpx.Response], list[httpx.Response], list[list[tuple[str, str]]]]:
        half = MEMBERS // 3
        files = [sends(survey, survey.host, survey.own[half:], at)]
        files += [sends(survey, survey.members[n], [survey.own[n]], at) for n in range(half, MEMBERS)]
        commands, consolidated, sent = await asyncio.gather(
            asyncio.gather(*(submit(number) for number in range(half))),
            asyncio.gather(*(act() for _ in range(MEMBERS))),
            asyncio.gather(*files),
        )
        return commands, consolidated, sent

    commands, consolidated, sent = jet.served.run(play())
    assert {one.status_code for one in commands} == {201}
    assert {one.status_code for one in consolidated} <= {201, 409}
    last = survey.consolidate()
    taken = [one.json() for one in (*consolidated, last) if one.status_code == 201]
    assert survey.states() == ["consolidated"] * MEMBERS
    # each in one act, and each act in as many as it says
    held = Counter(survey.of(number)["consolidation_id"] for number in range(MEMBERS))
    assert held == {one["id"]: one["members"] for one in taken}
    assert len({one["receipt_number"] for one in taken}) == len(taken)
    receipts = [len(survey.receipts(number)) for number in range(MEMBERS)]
    half = MEMBERS // 3
    alone = [found == [] for found in sent[1:]]
    whole = sent[0] == []
    assert receipts == [1] * half + [own + whole for own in alone]
    assert all(
        [step[0] for step in survey.steps(number)].count("consolidate") == 1 for number in range(MEMBERS)
    )


def test_twins_of_one_key_consolidate_once(jet: Jet) -> None:
    survey = surveyed(jet, 1)
    done(survey.submit(0))
    key = {"Idempotency-Key": "one-act"}
    body = {"organisation_code": survey.home.code, "programme_year": survey.year}
    one, two = (
        jet.call("jet_placement_consolidations_create", survey.host, json=body, headers=key) for _ in range(2)
    )
    assert (one.status_code, two.status_code, one.content) == (201, 201, two.content)
    assert two.headers["idempotency-replayed"] == "true"
    assert len(acts(survey)) == 1


def test_the_board_counts_organisations_and_their_seats(jet: Jet) -> None:
    survey = surveyed(jet, 3)
    survey.ask_for(0, (2, 3))
    done(survey.submit(0))

    def figures(name: str, dimensions: str) -> dict[object, int]:
        params = {"programme_year": survey.year, "dimensions": dimensions}
        answer = done(jet.call("jet_statistics_read", survey.host, path={"name": name}, params=params))
        return {cell[dimensions]: cell["value"] for cell in answer["cells"]}

    assert figures("placement-submissions", "state") == {"draft": 2, "submitted": 1}
    assert figures("placement-submissions", "host_authority") == {survey.home.code: 3}
    assert figures("placement-requests", "entry") == {"new": 5}
    assert figures("placement-requests", "organisation") == {survey.own[0].code: 5}


def test_a_statistic_refuses_what_another_is_asked_and_whom_it_is_not_for(jet: Jet) -> None:
    path = {"name": "placement-submissions"}
    for foreign in ({"nationality": "US"}, {"as_of": "2030-01-01"}, {"known_at": "2026-01-01"}):
        assert jet.call("jet_statistics_read", path=path, params=foreign).status_code == 400
    assert (
        jet.call("jet_statistics_read", path={"name": "participants"}, params={"late": "true"}).status_code
        == 400
    )
    ministry = Caller("ministry")
    assert jet.call("jet_statistics_read", ministry, path=path).status_code == 403
    assert jet.call("jet_statistics_read", ministry, path={"name": "participants"}).status_code == 200
