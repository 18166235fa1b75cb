"""Who enrols whom, what an organisation knows of it, and what becomes of those who wait."""

from datetime import timedelta
from uuid import uuid4

from tests.jet.enrolling import (
    act,
    changed,
    csv,
    employed,
    enrol,
    feed,
    guest,
    listed,
    run,
    sends,
    session,
    states,
)
from tests.jet.playing import codes, done
from tests.jet.surveying import contracting, joins, tool
from tests.support.jet import COORDINATOR, Jet


def test_an_employer_nominates_and_whoever_may_know_sees_it(jet: Jet) -> None:
    one, other = employed(jet), employed(jet)
    at = run(jet, enrol_by="nomination")
    made = done(enrol(jet, at, one.employer, jet_number=one.number))
    assert (made["state"], made["nominated"], made["organisation_code"]) == ("confirmed", True, one.home.code)
    assert made["participant_name"] == "Doe" and "ticket" not in made
    assert codes(enrol(jet, at, one.employer, jet_number=other.number)) == {("/jet_number", "not_known_here")}
    assert codes(enrol(jet, at, other.caller)) == {("/run_code", "enrolled_by_others")}
    path = {"ref": made["id"]}
    read = {
        who: jet.call("jet_training_enrolments_read", who, path=path)
        for who in (COORDINATOR, one.caller, one.employer, other.employer, other.caller)
    }
    assert [answer.status_code for answer in read.values()] == [200, 200, 200, 404, 404]
    assert read[one.caller].json()["ticket"] == read[COORDINATOR].json()["ticket"]
    again = enrol(jet, at, one.employer, jet_number=one.number)
    assert (again.status_code, again.json()["code"]) == (409, "already_enrolled")
    assert feed(jet, one.employer).count((made["id"], "created")) == 1
    assert all(identity != made["id"] for identity, _ in feed(jet, other.employer))


def test_what_a_course_does_not_tell_employers_they_know_of_their_own_nominations_alone(jet: Jet) -> None:
    one = employed(jet)
    two, three = (employed(jet, one.home) for _ in range(2))
    quiet, told = run(jet, informed=False, enrol_by="oneself"), run(jet, enrol_by="oneself")
    hidden, seen = done(enrol(jet, quiet, one.caller)), done(enrol(jet, told, one.caller))
    assert (hidden["organisation_code"], seen["organisation_code"]) == (None, one.home.code)
    assert [row["id"] for row in listed(jet, "training_enrolments", one.employer)] == [seen["id"]]
    nominated = run(jet, informed=False, enrol_by="nomination")
    mine = done(enrol(jet, nominated, one.employer, jet_number=two.number))
    done(enrol(jet, nominated, jet_number=three.number))
    assert [row["id"] for row in listed(jet, "training_enrolments", one.employer, run_code=nominated)] == [
        mine["id"]
    ]
    # where both ways are open, a nomination would tell who has enrolled already
    both = run(jet, informed=False, enrol_by="either")
    done(enrol(jet, both, one.caller))
    answers = [enrol(jet, both, one.employer, jet_number=person.number) for person in (one, two)]
    assert [codes(answer) for answer in answers] == [{("/run_code", "enrolled_by_others")}] * 2
    asked = [
        jet.call("jet_training_enrolments_read", one.employer, path={"ref": ref}).json()
        for ref in (hidden["id"], uuid4())
    ]
    for body in asked:
        del body["trace_id"], body["support_code"]
    assert asked[0] == asked[1] and asked[0]["status"] == 404


def test_a_host_authority_enrols_its_members_staff_and_sees_them(jet: Jet) -> None:
    home, member = contracting(jet, "host_authority"), contracting(jet)
    joins(jet, member, home)
    host, stranger = tool("host_authority", home), tool("organisation", contracting(jet))
    at = run(jet)
    body = guest("見本 花子", member, audience="organisation_staff", party=3)
    made = done(enrol(jet, at, host, **body))
    assert (made["attendee_name"], made["party"], made["organisation_code"]) == ("見本 花子", 3, member.code)
    assert [row["id"] for row in listed(jet, "training_enrolments", tool("organisation", member))] == [
        made["id"]
    ]
    assert codes(enrol(jet, at, stranger, **body)) == {("/organisation_code", "not_known_here")}
    # the same person is known again whatever the width and case
    twin = enrol(
        jet,
        at,
        host,
        **body | {"attendee_name": "見本　花子", "attendee_email": made["attendee_email"].upper()},
    )
    assert (twin.status_code, twin.json()["code"]) == (409, "already_enrolled")


def test_a_row_says_clearly_who_is_meant(jet: Jet) -> None:
    one, at = employed(jet), run(jet)
    both = enrol(jet, at, jet_number=one.number, attendee_name="Doe")
    assert codes(both) == {("/attendee_name", "attendee_unclear")}
    assert codes(enrol(jet, at)) == {("/jet_number", "attendee_unclear")}
    assert codes(enrol(jet, at, **guest("見本", audience="alt"))) == {("/jet_number", "jet_number_needed")}
    staff = enrol(jet, at, jet_number=one.number, audience="organisation_staff")
    assert codes(staff) == {("/attendee_name", "name_needed")}
    assert codes(enrol(jet, at, jet_number=one.number, party=2)) == {("/party", "party_of_participant")}
    assert codes(enrol(jet, at, one.employer, jet_number=one.number, priority=-1)) != set()
    assert codes(enrol(jet, at, one.employer, jet_number=one.number, priority=1, certain=True)) == {
        ("/priority", "for_clair_alone"), ("/certain", "for_clair_alone"),
    }  # fmt: skip
    assert codes(enrol(jet, "NO-SUCH-RUN", jet_number=one.number)) == {("/run_code", "run_unknown")}
    assert codes(enrol(jet, at, one.caller, **guest("見本"))) == {("/attendee_name", "jet_number_needed")}


def test_the_conditions_of_a_course_are_told_with_the_facts(jet: Jet) -> None:
    alt, cir = employed(jet), employed(jet, job="CIR", year=2024)
    at = run(jet, edition={"audiences": ["alt", "cir"], "from_year": 2})
    refused = enrol(jet, at, jet_number=cir.number, audience="alt")
    assert codes(refused) == {("/audience", "job_type_differs"), ("/jet_number", "year_of_participation")}
    assert "CIR" in str(refused.json()["errors"])
    assert codes(enrol(jet, at, jet_number=alt.number, audience="open")) == {
        ("/audience", "audience_not_invited")
    }
    done(enrol(jet, at, jet_number=alt.number))
    new = employed(jet, job="ALT", year=2024)
    first = run(jet, edition={"audiences": ["new_participant"]}, arrival_group="b")
    told = enrol(jet, first, jet_number=new.number, audience="new_participant")
    assert codes(told) == {("/run_code", "arrival_group_differs")}
    assert "Aグループ" in told.json()["errors"][0]["message"]
    assert codes(enrol(jet, first, jet_number=alt.number, audience="new_participant")) == {
        ("/audience", "not_new_this_year")
    }
    after = run(jet, edition={"requires_code": listed(jet, "training_courses")[0]["code"]})
    assert codes(enrol(jet, after, jet_number=alt.number)) == {("/run_code", "course_not_completed")}


def test_a_window_is_half_open_and_clair_stands_above_it(jet: Jet) -> None:
    now, one = jet.now(), employed(jet)
    shut = run(jet, enrol_until=(now + timedelta(days=3)).isoformat())
    later = run(jet, enrol_from=(now + timedelta(days=1)).isoformat())
    assert codes(enrol(jet, later, one.caller)) == {("/run_code", "enrolment_not_open")}
    jet.sql(
        f"UPDATE platform.clock SET offset_by = '{(now + timedelta(days=3)).isoformat()}'::timestamptz - now()"
    )
    assert codes(enrol(jet, shut, one.caller)) == {("/run_code", "enrolment_closed")}
    done(enrol(jet, later, one.caller))
    done(enrol(jet, shut, jet_number=one.number))


def test_a_party_waits_though_smaller_ones_fit_and_a_withdrawal_promotes(jet: Jet) -> None:
    at, homes = run(jet, seats=3), [contracting(jet) for _ in range(3)]
    first = done(enrol(jet, at, **guest("一", homes[0])))
    big = done(enrol(jet, at, **guest("三", homes[1], party=3)))
    small = done(enrol(jet, at, **guest("二", homes[2], party=2)))
    assert [one["state"] for one in (first, big, small)] == ["confirmed", "waiting", "confirmed"]
    assert big["waiting_number"] == 1
    closed = {one["action"]: one.get("closed") for one in big["available_actions"]}
    assert closed["confirm"] and closed["withdraw"] is None
    done(act(jet, "withdraw", small["id"], tool("organisation", homes[2])))
    assert states(jet, at) == [("confirmed", None), ("waiting", 1), ("released", None)]
    done(act(jet, "withdraw", first["id"], tool("organisation", homes[0])))
    assert states(jet, at)[1] == ("offered", 1)
    # the organisation whose people are offered seats by another's withdrawal is told of it
    assert (big["id"], "changed") in feed(jet, tool("organisation", homes[1]))
    assert all(identity != big["id"] for identity, _ in feed(jet, tool("organisation", homes[0])))
    told = jet.sql(
        "SELECT action, from_state, to_state FROM jet.audit_entry WHERE resource = 'training-enrolments' "
        f"AND resource_id = '{big['id']}' AND action <> 'create' ORDER BY id"
    )
    assert [tuple(row) for row in told] == [("claim", None, "waiting"), ("offer", "waiting", "offered")]
    assert act(jet, "confirm", big["id"], tool("organisation", homes[0])).status_code == 404
    assert done(act(jet, "confirm", big["id"], tool("organisation", homes[1])))["state"] == "confirmed"
    again = act(jet, "withdraw", first["id"])
    assert (again.status_code, again.json()["code"]) == (409, "action_not_available")


def test_an_offer_ends_half_open_and_who_let_it_lapse_enrols_anew(jet: Jet) -> None:
    at = run(jet, seats=1)
    one, two, three = (employed(jet) for _ in range(3))
    held, waits, third = (done(enrol(jet, at, person.caller)) for person in (one, two, three))
    done(act(jet, "withdraw", held["id"], one.caller))
    (offered,) = listed(jet, "training_enrolments", two.caller, run_code=at)
    assert offered["state"] == "offered"
    end = offered["offer_ends_at"]
    jet.sql(f"UPDATE platform.clock SET offset_by = '{end}'::timestamptz - now()")
    late = act(jet, "confirm", waits["id"], two.caller)
    assert (late.status_code, late.json()["code"]) == (409, "offer_lapsed")
    assert listed(jet, "training_enrolments", two.caller, run_code=at)[0]["state"] == "lapsed"
    anew = done(enrol(jet, at, two.caller))
    assert (anew["state"], anew["waiting_number"], anew["id"] != waits["id"]) == ("waiting", 3, True)
    assert listed(jet, "training_enrolments", three.caller, run_code=at)[0]["state"] == "offered"
    assert done(act(jet, "confirm", third["id"], three.caller))["state"] == "confirmed"
    assert {row["state"] for row in listed(jet, "training_enrolments", two.caller, run_code=at)} == {
        "lapsed",
        "waiting",
    }


def test_conditions_are_asked_for_again_when_an_offer_is_taken(jet: Jet) -> None:
    at, one, two = run(jet, seats=1), employed(jet), employed(jet)
    held, waits = done(enrol(jet, at, one.caller)), done(enrol(jet, at, two.caller))
    done(act(jet, "withdraw", held["id"]))
    jet.sql(
        f"UPDATE jet.training_run SET cancelled_on = platform.today(), cancelled_reason = '台風' WHERE code = '{at}'"
    )
    refused = act(jet, "confirm", waits["id"], two.caller)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_eligible")
    assert codes(refused) == {("/run_code", "run_cancelled")}


def test_an_organisation_answers_for_whom_it_nominated_alone(jet: Jet) -> None:
    one = employed(jet)
    at = run(jet)
    mine = done(enrol(jet, at, one.caller))
    refused = act(jet, "withdraw", mine["id"], one.employer)
    assert (refused.status_code, refused.json()["code"]) == (409, "action_not_available")
    shown = done(jet.call("jet_training_enrolments_read", one.employer, path={"ref": mine["id"]}))
    assert all(
        "推薦した団体" in action["closed"] or "案内中" in action["closed"]
        for action in shown["available_actions"]
    )
    assert done(act(jet, "withdraw", mine["id"], one.caller))["state"] == "released"


def test_a_list_of_clair_is_stored_once_and_facts_do_not_wait(jet: Jet) -> None:
    people = [employed(jet, year=2023) for _ in range(4)]
    past = run(jet, seats=3, starts_on="2024-05-07", ends_on="2024-05-08")
    session(jet, past, starts_at="2024-05-07T10:00:00+09:00", ends_at="2024-05-07T12:00:00+09:00")
    rows = [f"{past},ALT,{person.number},," for person in people]
    rows += [f"{past},その他希望する者,,見本 花子,hanako@example.jp", rows[0]]
    file = csv("run_code,audience,jet_number,attendee_name,attendee_email", rows)
    first = sends(jet, "training-enrolments", file)
    assert (changed(first), first["errors"]) == (
        (3, 0, 0, 3), [(5, "seats_exhausted"), (6, "seats_exhausted"), (7, "row_repeated")],
    )  # fmt: skip
    again = sends(jet, "training-enrolments", csv(file.splitlines()[0], rows[:3]))
    assert (changed(again), again["errors"]) == ((0, 0, 3, 0), [])
    assert states(jet, past) == [("confirmed", None)] * 3
    # who withdrew is not enrolled again by the same list
    (one,) = listed(jet, "training_enrolments", run_code=past, jet_number=people[0].number)
    done(act(jet, "withdraw", one["id"]))
    assert changed(sends(jet, "training-enrolments", csv(file.splitlines()[0], rows[:1]))) == (0, 0, 1, 0)
    # a past fact that a rule would stand against is kept, with a warning
    odd = employed(jet, year=2023, job="CIR")
    told = sends(jet, "training-enrolments", csv(file.splitlines()[0], [f"{past},ALT,{odd.number},,"]))
    assert (changed(told), told["warnings"]) == ((1, 0, 0, 0), [(2, "job_type_differs")])


def test_an_organisations_list_waits_like_anybody(jet: Jet) -> None:
    one = employed(jet)
    two = employed(jet, one.home)
    at = run(jet, seats=1)
    file = csv("run_code,audience,jet_number", [f"{at},alt,{person.number}" for person in (one, two)])
    told = sends(jet, "training-enrolments", file, one.employer)
    assert changed(told) == (2, 0, 0, 0)
    assert sorted(states(jet, at)) == [("confirmed", None), ("waiting", 1)]
    assert changed(sends(jet, "training-enrolments", file, one.employer)) == (0, 0, 2, 0)
    exported = jet.call(
        "jet_training_enrolments_list", one.employer, headers={"Accept": "text/csv"}, params={"run_code": at}
    )
    assert changed(sends(jet, "training-enrolments", exported.content, one.employer)) == (0, 0, 2, 0)


def test_a_leaver_is_told_so(jet: Jet) -> None:
    gone = employed(jet)
    body = {
        "jet_number": gone.number, "effective_on": "2024-08-20", "initiated_by": "participant", "reason": "family",
    }  # fmt: skip
    done(jet.call("jet_early_terminations_create", json=body))
    assert codes(enrol(jet, run(jet), jet_number=gone.number)) == {("/jet_number", "participant_has_left")}
