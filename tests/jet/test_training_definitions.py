"""Courses, their editions, runs and sessions: what goes together, what is refused, and the seats of a run."""

from typing import Any

from tests.jet.offering import code, course, edition, made, run
from tests.jet.playing import change, codes, done
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller


def create(jet: Jet, plural: str, caller: Caller = COORDINATOR, **body: Any) -> Any:
    return jet.call(f"jet_{plural}_create", caller, json=body)


def test_a_code_is_an_address_of_courses_editions_and_runs(jet: Jet) -> None:
    one = run(jet)
    of = done(jet.call("jet_training_editions_read", path={"ref": one["edition_code"]}))
    assert done(jet.call("jet_training_runs_read", path={"ref": one["code"]}))["id"] == one["id"]
    assert done(jet.call("jet_training_courses_read", path={"ref": of["course_code"]}))["kind"] == of["kind"]
    assert one["name_ja"] == of["name_ja"] and (one["fiscal_year"], one["kind"]) == (2024, "cir_conference")


def test_everybody_of_the_programme_reads_what_is_offered_and_clair_writes_it(jet: Jet) -> None:
    one, here = run(jet), jet.organisation()
    for role, organisation in (("participant", None), ("organisation", here.id), ("host_authority", here.id)):
        caller = Caller(role, organisation=organisation)
        listed = done(
            jet.call("jet_training_runs_list", caller, params={"edition_code": one["edition_code"]})
        )
        assert [item["code"] for item in listed["items"]] == [one["code"]]
        assert change(jet, "training_runs", one["code"], caller=caller, place="別の場所").status_code == 403
    assert jet.call("jet_training_runs_list", Caller("ministry")).status_code == 403


def test_a_retired_course_has_no_edition_of_a_later_year(jet: Jet) -> None:
    of = course(jet, retired_on="2024-06-30")["code"]
    edition(jet, of=of, fiscal_year=2024)
    body = {"code": code("E"), "course_code": of, "fiscal_year": 2025, "name_ja": "架空", "name_en": "x"}
    body |= {"audiences": ["alt"], "delivery": "online"}
    assert codes(create(jet, "training_editions", **body)) == {("/course_code", "course_retired")}
    change(jet, "training_courses", of, retired_on="2025-04-01")
    assert codes(create(jet, "training_editions", **body)) == {("/course_code", "course_retired")}
    change(jet, "training_courses", of, retired_on="2025-04-02")
    assert create(jet, "training_editions", **body).status_code == 201
    twice = create(jet, "training_editions", **body | {"code": code("E")})
    assert twice.status_code == 409


def test_an_edition_stays_open_to_mending_when_its_course_ends(jet: Jet) -> None:
    of = course(jet)["code"]
    there, mended = edition(jet, of=of, fiscal_year=2024), {"name_ja": "架空研修（改）"}
    done(change(jet, "training_courses", of, retired_on="2023-06-30"))
    shown = jet.call("jet_training_editions_read", path={"ref": there["code"]})
    version = {"If-Match": shown.headers["etag"]}
    for body in ({}, mended):
        answer = jet.call(
            "jet_training_editions_change", path={"ref": there["code"]}, json=body, headers=version
        )
        assert answer.status_code == 200, answer.text
    assert answer.json()["name_ja"] == mended["name_ja"]


def test_an_edition_requires_another_course_by_its_code(jet: Jet) -> None:
    first, then = course(jet)["code"], course(jet)["code"]
    assert edition(jet, of=then, requires_code=first)["requires_code"] == first
    again = change(jet, "training_editions", edition(jet, of=first)["code"], requires_code=first)
    assert codes(again) == {("/requires_code", "requires_itself")}
    nowhere = change(jet, "training_editions", edition(jet)["code"], requires_code="NOWHERE")
    assert codes(nowhere) == {("/requires_code", "course_unknown")}


def test_a_run_keeps_inside_its_fiscal_year_unless_it_is_held_as_required(jet: Jet) -> None:
    one = run(jet)
    cases = (
        ({"ends_on": "2025-04-01"}, ("/starts_on", "run_outside_year")),
        ({"starts_on": "2024-03-31"}, ("/starts_on", "run_outside_year")),
        ({"ends_on": "2024-11-05"}, ("/ends_on", "run_dates_out_of_order")),
        ({"ends_on": None}, ("/ends_on", "run_dates_incomplete")),
        ({"starts_on": None, "ends_on": None}, ("/starts_on", "run_dates_incomplete")),
        ({"enrol_from": "2024-05-01T00:00:00Z", "enrol_until": "2024-05-01T00:00:00Z"},
         ("/enrol_until", "enrolment_out_of_order")),
    )  # fmt: skip
    for given, expected in cases:
        assert codes(change(jet, "training_runs", one["code"], **given)) == {expected}
    for given in (
        {"starts_on": None, "ends_on": None}, {"starts_on": "2024-03-01", "ends_on": "2025-05-01"},
    ):  # fmt: skip
        done(change(jet, "training_runs", one["code"], date_precision="as_required", **given))


def test_seats_are_a_pool_that_follows_the_run(jet: Jet) -> None:
    one = run(jet, seats=3)
    assert (one["seats"], one["taken"], one["waiting"]) == (3, 0, 0)
    more = done(change(jet, "training_runs", one["code"], seats=5))
    assert more["seats"] == 5
    moved = jet.sql(f"SELECT row_version FROM jet.training_run WHERE id = '{one['id']}'")
    assert moved == [(2,)]
    assert done(change(jet, "training_runs", one["code"], seats=5, place="別の場所"))["seats"] == 5
    assert done(change(jet, "training_runs", one["code"], seats=None))["seats"] is None
    pools = jet.sql(
        "SELECT count(*), min(p.resource) FROM jet.capacity_pool AS p JOIN jet.training_run AS r ON r.pool_id = p.id "
        f"WHERE r.id = '{one['id']}'"
    )
    assert pools == [(1, "training-enrolments")]


def test_seats_that_are_held_are_not_taken_away(jet: Jet) -> None:
    one = run(jet, seats=3)
    jet.sql(
        "INSERT INTO jet.capacity_claim (pool_id, party, state, number) SELECT pool_id, c.party, c.state, c.number "
        f"FROM jet.training_run, (VALUES (2, 'confirmed', NULL::int), (4, 'waiting', 1)) AS c(party, state, number) "
        f"WHERE code = '{one['code']}'"
    )
    shown = done(jet.call("jet_training_runs_read", path={"ref": one["code"]}))
    assert (shown["taken"], shown["waiting"]) == (2, 4)
    assert codes_of(change(jet, "training_runs", one["code"], seats=1)) == "seats_exhausted"
    assert done(change(jet, "training_runs", one["code"], seats=2))["taken"] == 2


def codes_of(answer: Any) -> str:
    assert answer.status_code == 409, answer.text
    return str(answer.json()["code"])


def test_a_run_is_cancelled_with_a_reason_and_once(jet: Jet) -> None:
    one = run(jet)
    path, body = {"ref": one["code"]}, {"cancelled_reason": "台風のため"}
    opened = done(jet.call("jet_training_runs_read", path=path))["available_actions"]
    assert [(action["action"], "closed" in action) for action in opened] == [("cancel", False)]
    assert jet.call("jet_training_runs_cancel", path=path, json={}).status_code == 422
    host = Caller("host_authority", organisation=jet.organisation().id)
    assert jet.call("jet_training_runs_cancel", host, path=path, json=body).status_code == 403
    cancelled = done(jet.call("jet_training_runs_cancel", path=path, json=body))
    assert (cancelled["state"], cancelled["cancelled_reason"]) == ("cancelled", "台風のため")
    assert cancelled["cancelled_on"] == str(jet.sql("SELECT platform.today()")[0][0])
    assert codes_of(jet.call("jet_training_runs_cancel", path=path, json=body)) == "action_not_available"
    told = jet.sql(
        f"SELECT action, from_state, to_state FROM jet.audit_entry WHERE resource_id = '{one['id']}' ORDER BY at DESC LIMIT 1"
    )
    assert told == [("cancel", "open", "cancelled")]
    events = jet.sql(f"SELECT count(*) FROM jet.outbox WHERE resource_id = '{one['id']}'")
    assert events == [(2,)]


def test_a_run_that_was_held_is_not_cancelled(jet: Jet) -> None:
    one = run(jet, starts_on="2024-04-08", ends_on="2024-04-10")
    assert one["state"] == "held"
    body = {"cancelled_reason": "x"}
    refused = jet.call("jet_training_runs_cancel", path={"ref": one["code"]}, json=body)
    assert codes_of(refused) == "action_not_available"


def test_sessions_are_numbered_within_their_run(jet: Jet) -> None:
    one = run(jet)
    body = {
        "run_code": one["code"], "number": 1, "form": "class", "starts_at": "2024-11-06T09:00:00+09:00",
        "ends_at": "2024-11-06T17:00:00+09:00",
    }  # fmt: skip
    made(jet, "training_sessions", **body)
    assert codes_of(create(jet, "training_sessions", **body)) == "already_exists"
    backwards = body | {"number": 2, "ends_at": body["starts_at"]}
    assert codes(create(jet, "training_sessions", **backwards)) == {("/ends_at", "session_out_of_order")}
    unknown = body | {"number": 2, "run_code": "NOWHERE"}
    assert codes(create(jet, "training_sessions", **unknown)) == {("/run_code", "run_unknown")}
    local = body | {"number": 2, "starts_at": "2024-11-06T09:00:00"}
    assert create(jet, "training_sessions", **local).status_code == 422
