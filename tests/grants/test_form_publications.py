"""An announced round is given its form's next version: drafts are carried over, what was submitted keeps its own."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.grants.answers import validate
from services.postgres import SUPERUSER
from tests.grants.applying import Applying, Body, code
from tests.grants.forming import ANSWERS, FORM, form, mended
from tests.grants.test_form import FILLED, NEXT, pieces
from tests.support.grants import Grants, done, wrong
from tests.support.serving import Caller


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    return Applying(grants)


def version(applying: Applying, schema: dict[str, Any], *, frozen: bool = True, of: str = "") -> str:
    made = applying.grants.made(
        "form_versions", applying.officer, edition_code=of or applying.edition, form_schema=schema
    )
    if frozen:
        done(applying.grants.act("form_versions", "freeze", made["code"], applying.officer))
    return str(made["code"])


def publish(applying: Applying, call: str, form_code: str, by: Caller | None = None) -> Any:
    return applying.grants.act("rounds", "publish_form", call, by or applying.officer, form_code=form_code)


def lost(answers: dict[str, Any], shown: dict[str, Any]) -> list[Any]:
    """What was typed and is in neither place."""
    kept = [*pieces((), shown["answers"])]
    for one in shown["left_over"].values():
        kept += pieces((), one)
    return [one for one in pieces((), answers) if one not in kept]


TYPED = FILLED.map(
    lambda given: {name: one for name, one in given.items() if not validate(form(), {name: one}, whole=False)}
)


@settings(max_examples=2, deadline=None)
@given(st.lists(TYPED, min_size=8, max_size=8))
def test_nothing_that_was_typed_is_lost_where_it_is_kept(
    applying: Applying, drafts: list[dict[str, Any]]
) -> None:
    call = applying.round()
    city = applying.organisation()
    made = {
        applying.draft(city.first, call, answers=answers, project_number=number, budget={})["id"]: answers
        for number, answers in enumerate(drafts, start=1)
    }
    newer = version(applying, NEXT)
    done(publish(applying, call, newer))
    for ref, answers in made.items():
        shown = applying.read(ref, city.first)
        assert shown["form_code"] == newer and lost(answers, shown) == []
        assert validate(form(NEXT), shown["answers"], whole=False) == []


def audited(applying: Applying, ref: str) -> list[tuple[Any, ...]]:
    return applying.grants.sql(
        "SELECT action, person_id::text, from_state, to_state FROM grants.audit_entry "
        f"WHERE resource_id = '{ref}' AND action IN ('carry', 'acknowledge', 'publish_form') ORDER BY id"
    )


def test_drafts_go_over_and_an_approval_is_of_the_old_form(applying: Applying) -> None:
    grants, call, city = applying.grants, applying.round(), applying.organisation()
    ready = applying.ready(city, call)
    sent = applying.draft(city.first, call, project_number=2)["id"]
    done(applying.act("send", sent, city.first))
    joiner = applying.organisation()
    joint = applying.draft(city.first, call, project_number=3, joint=True)["id"]
    done(applying.act("add_member", joint, city.first, organisation_code=joiner.code, share_yen=1))
    tag = grants.call("applications_read", city.first, path={"ref": joint}).headers["ETag"]
    newer = version(applying, NEXT)
    assert grants.call("form_versions_read", city.first, path={"ref": newer}).status_code == 404
    done(publish(applying, call, newer))
    stale = grants.call(
        "applications_change", city.first, {"If-Match": tag}, path={"ref": joint}, json={"title": "x"}
    )
    assert stale.status_code == 412
    shown = applying.read(ready, city.second)
    assert (shown["state"], shown["form_code"]) == ("draft", newer)
    assert shown["answers"] == {
        "phone": "03-0000-0000", "partners": [{"name": "架空市"}, {"name": "見本協会"}],
    }  # fmt: skip
    assert shown["left_over"] == {applying.form: {
        "title": "架空の交流", "kind": "overseas", "starts_on": "2025-06-01", "joint": False, "own": 100,
        "partners": [{"persons": 12, "days": 5}, {"persons": 1_000, "days": 3}],
    }}  # fmt: skip
    assert shown["form_change"] == {
        "from_code": applying.form, "to_code": newer, "added": ["budget"],
        "removed": ["all", "joint", "others", "own", "partners/days", "partners/total", "starts_on"],
        "changed": ["kind", "partners", "partners/name", "partners/persons", "title"],
        "unfit": ["kind", "partners/persons", "title"],
    }  # fmt: skip
    officer = str(applying.officer.person)
    assert audited(applying, ready) == [("carry", officer, "ready", "draft")]
    assert audited(applying, sent) == [("carry", officer, "internal_approval", "draft")]
    # whoever reads the application reads both forms
    for by in (city.first, joiner.first):
        for named in (applying.form, newer):
            assert grants.call("form_versions_read", by, path={"ref": named}).status_code == 200


def test_nothing_goes_on_before_somebody_has_looked(applying: Applying) -> None:
    grants, call, city = applying.grants, applying.round(), applying.organisation()
    ready = applying.ready(city, call)
    joiner = applying.organisation()
    joint = applying.draft(city.first, call, project_number=2, joint=True)["id"]
    done(applying.act("add_member", joint, city.first, organisation_code=joiner.code, share_yen=1))
    paper = grants.made("applications", applying.officer, round_code=call, organisation_code=city.code,
        department="別の課", title="紙", answers=ANSWERS, budget={}, channel="mail")["id"]  # fmt: skip
    newer = version(applying, NEXT)
    done(publish(applying, call, newer))
    shown = applying.read(ready, city.first)
    closed = {one["action"]: one.get("closed") for one in shown["available_actions"]}
    assert closed["acknowledge"] is None and "様式が新しく" in closed["send"]
    assert code(applying.act("send", ready, city.first)) == (409, "action_not_available")
    assert code(applying.act("enter", paper, applying.officer, channel="mail", arrived_at=applying.at(minutes=-1))) == (
        409, "action_not_available",
    )  # fmt: skip
    with pytest.raises(Exception, match="application_acknowledged"):
        grants.sql(f"UPDATE grants.application SET state = 'internal_approval' WHERE id = '{ready}'")
    assert applying.act("acknowledge", ready, Caller("organisation", "tool", city.id)).status_code == 403
    for ref, by in ((ready, applying.officer), (joint, joiner.first)):
        assert code(applying.act("acknowledge", ref, by)) == (409, "application_of_another")
    done(grants.change("applications", ready, city.first, answers={"title": "交流"}))
    looked = done(applying.act("acknowledge", ready, city.second))
    assert looked["form_change"] is None and looked["left_over"] == shown["left_over"]
    assert code(applying.act("acknowledge", ready, city.second)) == (409, "action_not_available")
    assert audited(applying, ready)[1:] == [("acknowledge", str(city.second.person), "draft", "draft")]
    applying.approved(city, ready)
    done(applying.act("submit", ready, city.first))
    assert done(applying.act("acknowledge", paper, applying.officer))["form_change"] is None
    # the next one: from where somebody last looked, and what was left over before is there still
    newest = version(applying, FORM)
    done(publish(applying, call, newest))
    again = applying.read(joint, city.first)
    assert (again["form_change"]["from_code"], again["form_change"]["to_code"]) == (applying.form, newest)
    assert again["form_change"]["added"] == [] and "title" in again["form_change"]["unfit"]
    assert again["left_over"] == shown["left_over"] | {newer: {}}
    assert applying.read(paper, applying.officer)["form_change"]["from_code"] == newer
    assert applying.read(ready, city.first)["form_code"] == newer
    for media in ("text/csv", "application/x-ndjson"):
        told = grants.call("applications_list", city.first, {"Accept": media})
        assert told.status_code == 200 and newest in told.text


def test_what_was_submitted_is_mended_under_its_own_form(applying: Applying) -> None:
    grants, call, city = applying.grants, applying.round(), applying.organisation()
    ref, _ = applying.submitted(city, call)
    asked = {"fields": ["/answers/title"], "reason": "誤記", "due_at": applying.at(days=5)}
    done(applying.act("request_correction", ref, applying.officer, **asked))
    done(publish(applying, call, version(applying, NEXT)))
    shown = applying.read(ref, city.first)
    assert (shown["form_code"], shown["form_change"], shown["answers"]) == (applying.form, None, ANSWERS)
    done(grants.change("applications", ref, city.first, answers={"title": "架空の交流事業"}))
    receipt = done(applying.act("submit", ref, city.first))
    told = applying.snapshot(receipt, city.first).json()
    assert (told["form_code"], told["answers"]["title"]) == (applying.form, "架空の交流事業")
    with pytest.raises(Exception, match="keeps it when it is submitted"):
        grants.sql(
            "UPDATE grants.application AS a SET form_version_id = r.form_version_id FROM grants.round AS r "
            f"WHERE a.round_id = r.id AND a.id = '{ref}'"
        )


def test_only_a_later_frozen_version_of_the_edition_and_before_the_deadline(applying: Applying) -> None:
    grants, call = applying.grants, applying.round()
    older = applying.form
    loose = version(applying, NEXT, frozen=False)
    elsewhere = grants.edition(
        applying.officer, grants.programme(applying.officer, "grants-exchange")["code"]
    )
    foreign = version(applying, NEXT, of=elsewhere["code"])
    for named, found in (
        (older, "form_not_later"), (loose, "form_not_frozen"), (foreign, "form_not_later"), ("NO-F1", "form_not_later"),
    ):  # fmt: skip
        assert wrong(publish(applying, call, named)) == {("/form_code", found)}, named
    done(grants.act("form_versions", "freeze", loose, applying.officer))
    assert code(grants.change("rounds", call, applying.officer, form_code=loose)) == (
        409, "round_announced_stays",
    )  # fmt: skip
    assert publish(applying, call, loose, Caller("grant_officer")).json()["code"] == "person_required"
    assert publish(applying, call, loose, applying.stranger).status_code == 404
    assert publish(applying, call, loose, applying.organisation().first).status_code == 403
    # of a draft that the officer is in conflict with nobody is told, and it is not left behind
    city = applying.organisation()
    ref = applying.draft(city.first, call)["id"]
    free = grants.officer("grants-exchange")
    grants.made(
        "declared_relations",
        applying.officer,
        organisation_code=city.code,
        reason="親族",
        valid_from="2020-04-01",
    )
    assert code(publish(applying, call, loose)) == (409, "round_carries_all")
    assert applying.read(ref, city.first)["form_code"] == older
    shown = done(publish(applying, call, loose, free))
    assert shown["form_code"] == loose and audited(applying, shown["id"])[0][0] == "publish_form"
    assert applying.read(ref, city.first)["form_code"] == loose
    set_form = "UPDATE grants.round SET form_version_id = (SELECT id FROM grants.form_version WHERE code = '{}') WHERE code = '{}'"
    empty, drafting = applying.round(), version(applying, NEXT, frozen=False)
    done(publish(applying, empty, loose, free))
    for named in (older, drafting, foreign):
        with pytest.raises(Exception, match=r"stays as it was announced|round_form_fkey"):
            grants.sql_as("", set_form.format(named, empty), SUPERUSER)
    newest = version(applying, FORM)
    with pytest.raises(Exception, match="all drafts carried over"):
        grants.sql_as("", set_form.format(newest, call), SUPERUSER)
    with pytest.raises(Exception, match="has the form of its round"):
        grants.sql_as(
            "", "INSERT INTO grants.application (round_id, section, organisation_id, department, project_number, title) "
            f"SELECT id, section, '{city.id}', 'x', 9, 'x' FROM grants.round WHERE code = '{call}'", SUPERUSER,
        )  # fmt: skip
    applying.later(days=31)
    assert code(publish(applying, empty, newest, free)) == (409, "action_not_available")
    with pytest.raises(Exception, match="stays as it was announced"):
        grants.sql_as("", set_form.format(newest, empty), SUPERUSER)


def test_who_writes_at_the_same_second_loses_nothing(applying: Applying) -> None:
    grants, call = applying.grants, applying.round()
    cities: list[Body] = [applying.organisation() for _ in range(4)]
    refs = [applying.draft(one.first, call, answers={"phone": "0"})["id"] for one in cities]
    newer = version(applying, mended("properties title maxLength", 4))
    begun = {
        "round_code": call,
        "department": "後から",
        "title": "x",
        "answers": {"title": "架空の交流"},
        "budget": {},
    }

    async def all_at_once() -> list[Any]:
        send = grants.served.send
        writes = [
            send("grants_applications_change", one.first, {"If-Match": "*"}, path={"ref": ref},
                 json={"answers": {"title": "架空の交流"}})
            for one, ref in zip(cities, refs, strict=True)
        ]  # fmt: skip
        begins = [send("grants_applications_create", one.first, json=begun) for one in cities]
        published = send(
            "grants_rounds_publish_form", applying.officer, path={"ref": call}, json={"form_code": newer}
        )
        return await asyncio.gather(*writes[:2], *begins[:2], published, *writes[2:], *begins[2:])

    answers = grants.served.run(all_at_once())
    assert answers[4].status_code == 201, answers[4].text
    kept = 0
    for answer in (*answers[:4], *answers[5:]):
        if answer.status_code in (200, 201):
            shown = applying.read(answer.json()["id"], next(
                one.first for one in cities if one.code == answer.json()["organisation_code"]))  # fmt: skip
            kept += 1
            assert shown["form_code"] == newer and lost({"title": "架空の交流"}, shown) == []
        else:
            assert code(answer) in ((422, "invalid_content"), (409, "application_form_moved")), answer.text
    assert kept
