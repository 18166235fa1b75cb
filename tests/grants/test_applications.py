"""Applications through the front door: drafts of several people, approval by a second, the walls, and each state."""

from itertools import product
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.grants.application_papers.routes import LARGEST
from services.grants.applications.domain import APPLICATION, STATES
from services.kit.http.negotiate import XLSX
from services.postgres import SUPERUSER
from tests.grants.applying import BUDGET, Applying, code
from tests.grants.forming import ANSWERS
from tests.grants.test_papers import book, cells, paragraphs
from tests.support.grants import Grants, done, wrong
from tests.support.serving import Caller


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    return Applying(grants)


def actions(shown: dict[str, Any]) -> dict[str, bool]:
    return {one["action"]: "closed" not in one for one in shown["available_actions"]}


def test_a_draft_is_written_by_several_people_and_approved_by_a_second(applying: Applying) -> None:
    grants, city, call = applying.grants, applying.organisation(), applying.round()
    made = applying.draft(city.first, call, answers={"title": "案"}, budget={}, category_code="inbound")
    ref = made["id"]
    assert (made["state"], made["organisation_code"], made["channel"]) == ("draft", city.code, "online")
    tag = grants.call("applications_read", city.first, path={"ref": ref}).headers["ETag"]
    done(grants.change("applications", ref, city.second, answers={"own": 3}))
    stale = grants.call(
        "applications_change", city.first, {"If-Match": tag}, path={"ref": ref}, json={"title": "x"}
    )
    assert stale.status_code == 412
    kept = done(
        grants.change("applications", ref, city.first, answers={"title": None, "joint": True}, budget=BUDGET)
    )
    assert kept["answers"] == {"own": 3, "joint": True} and kept["budget"]["requested"] == 1_400_000
    refused = grants.change(
        "applications", ref, city.first, answers={"nothing": 1, "own": "x"}, category_code="x"
    )
    assert wrong(refused) == {
        ("/answers/nothing", "answer_unknown"), ("/answers/own", "answer_type"), ("/category_code", "category_unknown"),
    }  # fmt: skip
    assert grants.change("applications", ref, city.first, round_code=applying.round()).status_code == 422
    assert code(applying.act("submit", ref, city.first)) == (409, "action_not_available")
    sent = done(applying.act("send", ref, city.first))
    assert sent["state"] == "internal_approval" and actions(sent)["approve"]
    assert code(grants.change("applications", ref, city.first, title="別")) == (409, "action_not_available")
    assert code(applying.act("approve", ref, city.first)) == (409, "approval_by_its_sender")
    with pytest.raises(Exception, match="application_two_people"):
        grants.sql(f"UPDATE grants.application SET approved_by = sent_by WHERE id = '{ref}'")
    assert applying.act("approve", ref, Caller("organisation", "tool", city.id)).status_code == 403
    done(applying.act("send_back", ref, city.second, reason="誤記"))
    done(grants.change("applications", ref, city.first, title="別"))
    applying.approved(city, ref)
    told = grants.sql(
        "SELECT action, person_id::text, from_state, to_state FROM grants.audit_entry "
        f"WHERE resource_id = '{ref}' AND from_state IS NOT NULL ORDER BY id"
    )
    first, second = str(city.first.person), str(city.second.person)
    assert told == [
        ("send", first, "draft", "internal_approval"), ("send_back", second, "internal_approval", "draft"),
        ("send", first, "draft", "internal_approval"), ("approve", second, "internal_approval", "ready"),
    ]  # fmt: skip


def test_one_live_application_of_a_department_and_project(applying: Applying) -> None:
    grants, city, call = applying.grants, applying.organisation(), applying.round()
    made = applying.draft(city.first, call)["id"]
    body = {"round_code": call, "department": "国際課", "title": "二つ目", "answers": {}, "budget": {}}
    twin = grants.call("applications_create", city.second, json=body)
    assert code(twin) == (409, "application_live")
    second = applying.draft(city.first, call, project_number=2)["id"]
    shown = done(grants.call("applications_eligibility", city.first, path={"ref": second}))
    assert shown["facts"]["prior"] == 1
    done(applying.act("withdraw", made, city.first, ended_reason="中止"))
    assert code(applying.act("withdraw", made, city.first, ended_reason="中止")) == (
        409,
        "action_not_available",
    )
    done(applying.act("withdraw", second, city.first, ended_reason="中止"))
    applying.draft(city.first, call)
    other = applying.organisation()
    refused = grants.call("applications_create", city.first, json=body | {"organisation_code": other.code})
    assert ("/organisation_code", "applicant_not_yours") in wrong(refused)
    refused = grants.call(
        "applications_create", city.first, json=body | {"channel": "mail", "project_number": 3}
    )
    assert wrong(refused) == {("/channel", "channel_not_yours")}
    unannounced = grants.made("rounds", applying.officer, **grants.dated(applying.edition, number=90))["code"]
    refused = grants.call("applications_create", city.first, json=body | {"round_code": unannounced})
    assert wrong(refused) == {("/round_code", "round_unknown")}


def test_an_application_is_there_for_its_applicant_its_section_and_who_joins(applying: Applying) -> None:
    grants, city, call = applying.grants, applying.organisation(), applying.round()
    host = applying.organisation("prefecture", "host_authority")
    grants.sql(
        "INSERT INTO directory.hierarchy (member_id, host_id, valid_from) "
        f"VALUES ('{city.id}', '{host.id}', '2020-04-01')"
    )
    joiner, stranger = applying.organisation(), applying.organisation()
    ref = applying.ready(city, call)
    done(applying.act("send_back", ref, city.first, reason="共同に"))
    member = done(applying.act("add_member", ref, city.first, organisation_code=joiner.code, share_yen=1))
    sees = {"applications": ref, "application_members": member["id"]}
    for caller, seen in (
        (city.second, True), (applying.officer, True), (joiner.first, True), (host.first, False),
        (stranger.first, False), (applying.stranger, False), (Caller("grant_officer", "tool"), False),
        (Caller("organisation"), False),
    ):  # fmt: skip
        for plural, identity in sees.items():
            answer = grants.call(f"{plural}_read", caller, path={"ref": identity})
            assert answer.status_code == (200 if seen else 404), (caller, plural)
            assert (identity in grants.codes(plural, caller, "id")) == seen
        assert (len(grants.codes("application_files", caller, "id", application_id=ref)) == 1) == seen
    for role in ("participant", "ministry", "service", "coordinator"):
        assert grants.call("applications_list", Caller(role, person=joiner.first.person)).status_code == 403
    # who joins reads, and writes nothing
    assert code(grants.change("applications", ref, joiner.first, title="x")) == (
        409,
        "application_of_another",
    )
    assert code(applying.act("send", ref, joiner.first)) == (409, "application_of_another")
    assert code(applying.act("add_member", ref, joiner.first, organisation_code=host.code, share_yen=1)) == (
        409, "application_of_another",
    )  # fmt: skip
    assert not any(actions(applying.read(ref, joiner.first)).values())
    assert code(grants.change("applications", ref, applying.officer, title="x")) == (
        409,
        "application_of_another",
    )
    assert applying.act("accept", ref, applying.stranger).status_code == 404
    assert applying.act("accept", ref, city.first).status_code == 403
    setting = f'{{"client": "c", "role": "organisation", "key": "c", "organisation": "{joiner.id}"}}'
    with pytest.raises(Exception, match="row-level security"):
        grants.sql_as(setting, f"UPDATE grants.application SET title = 'x' WHERE id = '{ref}'")
    with pytest.raises(Exception, match="row-level security"):
        grants.sql_as(
            setting,
            "INSERT INTO grants.correction (application_id, number, fields, documents, reason, due_at) "
            f"VALUES ('{ref}', 1, '{{/title}}', '{{}}', 'x', 'infinity')",
        )


def test_what_came_on_paper_is_written_by_an_officer(applying: Applying) -> None:
    grants, city, call = applying.grants, applying.organisation(), applying.round()
    body = {
        "round_code": call,
        "department": "国際課",
        "title": "紙の申請",
        "answers": {},
        "budget": {},
        "channel": "mail",
    }
    nobody = Caller("organisation")
    for by, more, found in (
        (applying.officer, {}, {("/organisation_code", "applicant_missing")}),
        (
            applying.officer,
            {"organisation_code": city.code, "channel": "online"},
            {("/channel", "channel_not_yours")},
        ),
        (applying.stranger, {"organisation_code": city.code}, {("/round_code", "round_unknown")}),
        (nobody, {"channel": "online"}, {("/organisation_code", "applicant_missing")}),
    ):
        assert wrong(grants.call("applications_create", by, json=body | more)) == found
    ref = grants.made("applications", applying.officer, **body | {"organisation_code": city.code})["id"]
    changed = done(grants.change("applications", ref, applying.officer, answers=ANSWERS))
    assert changed["answers"] == ANSWERS and actions(changed)["enter"] and actions(changed)["withdraw"]
    for media in ("text/csv", "application/x-ndjson", XLSX):
        told = grants.call(
            "applications_list", applying.officer, {"Accept": media}, params={"round_code": call}
        )
        assert told.status_code == 200 and told.content
    done(applying.act("withdraw", ref, applying.officer, ended_reason="電話で取下げ"))
    online = applying.draft(city.first, call)["id"]
    shown = applying.read(online, applying.officer)
    assert not actions(shown)["withdraw"] and not actions(shown)["enter"]
    assert code(applying.act("withdraw", online, applying.officer, ended_reason="x")) == (
        409,
        "application_of_another",
    )


def took(applying: Applying, ref: str, by: Caller, content: bytes, **headers: str) -> httpx.Response:
    given = {"Content-Type": XLSX, "If-Match": "*"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return applying.grants.call("applications_take_cost_sheet", by, given, path={"ref": ref}, content=content)


def test_an_application_is_had_as_papers_and_its_budget_comes_back(applying: Applying) -> None:
    grants, call, city = applying.grants, applying.round(), applying.organisation()
    ref, receipt = applying.submitted(city, call)
    asked = {"fields": ["/answers/title", "/budget"], "reason": "誤記", "due_at": applying.at(days=5)}
    done(applying.act("request_correction", ref, applying.officer, **asked))
    done(grants.change("applications", ref, city.first, answers={"title": "直した題"}))

    def paper(operation: str, of: str, by: Caller = city.first, **headers: str) -> httpx.Response:
        return grants.call(operation, by, headers, path={"ref": of})

    made = paper("applications_form", ref)
    assert cells(made.content)[0][0] == ["事業名※", "直した題"]
    assert paragraphs(made.content)[2:5] == [
        f"申請団体: 架空市{city.code}　国際課", "事業名: 架空の交流",
        "総事業費 3,000,000円　収入 200,000円　助成申請額 1,400,000円　自己負担 1,400,000円",
    ]  # fmt: skip
    was = paper("submissions_form", receipt["id"], city.first, **{"Accept-Language": "en"})
    assert cells(was.content)[0][0] == ["Title※", "架空の交流"] and was.headers["content-language"] == "en"
    assert receipt["receipt_number"] in paragraphs(was.content)[5]
    sheet = paper("applications_cost_sheet", ref)
    stranger = applying.organisation().first
    for operation, of in (("applications_form", ref), ("submissions_form", receipt["id"]), ("applications_cost_sheet", ref)):  # fmt: skip
        assert paper(operation, of, stranger).status_code == 404
        assert paper(operation, of, applying.officer).status_code == 200
        assert paper(operation, of, Accept="text/html").status_code == 406
    formless = applying.draft(city.first, applying.round(form_code=None), answers={})["id"]
    assert paper("applications_form", formless).status_code == 404

    budget = applying.read(ref, city.first)["budget"]
    done(grants.change("applications", ref, city.first, budget={"costs": [], "income": [], "requested": 1}))
    tag = paper("applications_read", ref).headers["ETag"]
    back = took(applying, ref, city.first, sheet.content, If_Match=tag)
    assert back.status_code == 200 and back.json()["budget"] == budget
    assert code(took(applying, ref, city.second, sheet.content, If_Match=tag)) == (412, "version_outdated")
    wrongs = took(applying, ref, city.first, book(("経費", "宿泊費", None, 1, None), ("助成申請額", None, None, "約3万", None)))  # fmt: skip
    assert [(one["sheet"], one["row"], one["column"], one["code"]) for one in wrongs.json()["errors"]] == [
        ("予算", 3, "B", "not_a_choice"), ("予算", 4, "D", "not_an_integer"),
    ]  # fmt: skip
    assert code(took(applying, ref, city.first, b"PK\x03\x04 no workbook")) == (422, "invalid_content")
    assert took(applying, ref, city.first, b"", Content_Type="text/csv").status_code == 415
    assert took(applying, ref, city.first, bytes(LARGEST + 1)).status_code == 413
    assert took(applying, ref, stranger, sheet.content).status_code == 404
    assert code(took(applying, ref, applying.officer, sheet.content)) == (409, "application_of_another")
    bare = grants.call("applications_take_cost_sheet", city.first, {"Content-Type": XLSX}, path={"ref": ref}, content=sheet.content)  # fmt: skip
    assert bare.status_code == 428
    assert applying.read(ref, city.first)["budget"] == budget
    done(applying.act("submit", ref, city.first))
    assert code(took(applying, ref, city.first, sheet.content)) == (409, "action_not_available")


def test_the_database_knows_the_same_steps(applying: Applying) -> None:
    city, call = applying.organisation(), applying.round()
    ref = applying.draft(city.first, call)["id"]
    elsewhere = {
        "expired",
        "selected",
        "waitlisted",
        "not_selected",
        "declined",
        "awarded",
    }  # by the clock, in entries
    stored = [one for one in STATES if one not in elsewhere]
    steps = {
        (before, one.after)
        for one in APPLICATION.transitions
        for before in one.before
        if not elsewhere & {before, one.after} and before != one.after
    }
    found = set()
    person, other = applying.person(), applying.person()
    for before, after in product(stored, stored):
        if before == after:
            continue
        sets = f"approved_by = '{person}', sent_by = '{other}', accepted_on = '2025-04-01'"
        ended = {one: "'x'" if one in ("dismissed", "withdrawn") else "NULL" for one in (before, after)}
        try:
            applying.grants.sql_as(
                "",
                "DO $$ BEGIN ALTER TABLE grants.application DISABLE TRIGGER application_moves; "
                f"UPDATE grants.application SET {sets}, state = '{before}', ended_reason = {ended[before]} WHERE id = '{ref}'; "
                "ALTER TABLE grants.application ENABLE TRIGGER application_moves; "
                f"UPDATE grants.application SET state = '{after}', ended_reason = {ended[after]} WHERE id = '{ref}'; END $$",
                SUPERUSER,
            )
        except Exception as error:
            # a step that asks for scores besides is one
            if "fewer scores than the quorum" in str(error):
                found.add((before, after))
            else:
                assert "no such step" in str(error), error
        else:
            found.add((before, after))
    assert found == steps


STEPS = (
    "send",
    "approve",
    "send_back",
    "submit",
    "enter",
    "accept",
    "request_correction",
    "dismiss",
    "withdraw",
    "extend",
)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.sampled_from(STEPS), min_size=8, max_size=14))
def test_any_history_goes_as_the_machine_says(applying: Applying, steps: list[str]) -> None:
    """Whatever is tried in whatever order: what the machine has no step for is refused, and moves nothing."""
    city, call = applying.organisation(), applying.round()
    ref, state = applying.draft(city.first, call)["id"], "draft"
    done(applying.file(city.first, ref))
    bodies: dict[str, dict[str, Any]] = {
        "send_back": {"reason": "x"}, "withdraw": {"ended_reason": "x"}, "dismiss": {"ended_reason": "x"},
        "enter": {"channel": "mail", "arrived_at": applying.at(hours=-1)},
        "extend": {"closes_at": applying.at(days=60), "reason": "x"},
        "request_correction": {"fields": ["/title"], "reason": "x", "due_at": applying.at(days=5)},
    }  # fmt: skip
    by = {"approve": city.second} | dict.fromkeys(
        ("enter", "accept", "request_correction", "dismiss", "extend"), applying.officer
    )
    for number, step in enumerate(["send", "approve", "submit", *steps]):
        body = bodies.get(step, {})
        if step == "extend":
            body = body | {"closes_at": applying.at(days=60 + number)}
        shown = actions(applying.read(ref, by.get(step, city.first)))
        answer = applying.act(step, ref, by.get(step, city.first), **body)
        taken = APPLICATION.step(step, state)
        # an online application is not entered, and a term runs for its days
        open_ = taken is not None and step not in ("enter", "dismiss")
        assert answer.status_code == (201 if open_ else 409), (state, step, answer.text)
        assert shown[step] == open_, (state, step)
        state = taken.after if open_ and taken is not None else state
        assert applying.read(ref, city.first)["state"] == state
