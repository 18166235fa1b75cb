"""Submissions through the front door: what arrives stays, the deadline to the second, members, files, and corrections."""

import asyncio
import hashlib
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import rfc8785

from services.grants.money import replay
from services.postgres import SUPERUSER
from tests.grants.applying import BUDGET, PDF, Applying, code
from tests.support.grants import Grants, done, wrong
from tests.support.serving import Caller


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    return Applying(grants)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_what_was_submitted_stays_as_it_arrived(applying: Applying) -> None:
    grants, city, call = applying.grants, applying.organisation(), applying.round()
    ref = applying.draft(
        city.first, call, answers={"title": "架空"}, budget=BUDGET | {"requested": 1_500_000}
    )["id"]
    applying.approved(city, ref)
    refused = applying.act("submit", ref, city.first)
    assert (refused.status_code, wrong(refused)) == (422, {
        ("/answers/partners", "answer_missing"), ("/files/plan", "document_missing"),
    })  # fmt: skip
    done(applying.act("withdraw", ref, city.first, ended_reason="作り直し"))
    ref = applying.ready(city, call)
    before = grants.now()
    made = done(applying.act("submit", ref, city.second))
    assert before <= moment(made["arrived_at"]) == moment(made["entered_at"]) <= grants.now()
    assert (made["number"], made["channel"], made["eligible"], made["requested_yen"]) == (
        1,
        "online",
        True,
        1_400_000,
    )
    assert code(applying.act("submit", ref, city.first)) == (409, "action_not_available")
    assert applying.read(ref, city.first)["state"] == "submitted"
    shown = applying.snapshot(made, applying.officer)
    said = shown.json()
    assert (
        hashlib.sha256(shown.content).hexdigest() == made["sha256"] and rfc8785.dumps(said) == shown.content
    )
    path = grants.served.document["paths"]["/grants/v1/submissions/{ref}/snapshot"]["get"]
    schema = path["responses"]["200"]["content"]["application/json"]["schema"]
    assert said.keys() == set(schema["required"])
    assert said["receipt_number"] == made["receipt_number"] and said["rules_code"] == applying.rules
    assert said["form_code"] == applying.form and said["computed"]["all"] == 3060
    assert said["files"][0]["sha256"] == hashlib.sha256(b"%PDF-1.7 plan").hexdigest()
    # half of 2,800,000, and the trace gives the same yen
    assert said["grant"]["yen"] == replay(said["grant"]["trace"]) == made["computed_yen"] == 1_400_000
    assert said["eligibility"]["facts"] == {
        "kind": "city", "organisation_stands": True, "joint": False, "members": [], "prior": 0, "cap_left": 3_000_000,
    }  # fmt: skip
    stranger = applying.organisation()
    for caller in (stranger.first, applying.stranger):
        assert applying.snapshot(made, caller).status_code == 404
    for statement in ("UPDATE grants.submission SET requested_yen = 1", "DELETE FROM grants.submission"):
        with pytest.raises(Exception, match="does not change"):
            grants.sql_as("", f"{statement} WHERE id = '{made['id']}'", SUPERUSER)
    with pytest.raises(Exception, match="submission_sha256"):
        grants.sql(
            "INSERT INTO grants.submission SELECT (jsonb_populate_record(s, jsonb_build_object('id', uuidv7(), "
            "'receipt_number', 'x', 'snapshot', s.snapshot || ' ', 'arrived_at', platform.now(), 'entered_at', "
            f"platform.now()))).* FROM grants.submission AS s WHERE s.id = '{made['id']}'"
        )
    accepted = done(applying.act("accept", ref, applying.officer))
    assert accepted["state"] == "accepted" and accepted["accepted_on"] is not None
    done(applying.act("withdraw", ref, city.first, ended_reason="事業の中止"))


def test_fifty_clicks_are_one_submission(applying: Applying) -> None:
    grants, city, call = applying.grants, applying.organisation(), applying.round()
    ref = applying.ready(city, call)

    async def click(number: int) -> httpx.Response:
        caller = city.first if number % 2 else city.second
        return await grants.served.send("grants_applications_submit", caller, path={"ref": ref})

    async def all_at_once() -> list[httpx.Response]:
        return list(await asyncio.gather(*(click(number) for number in range(50))))

    answers = grants.served.run(all_at_once())
    assert Counter(one.status_code for one in answers) == {201: 1, 409: 49}
    assert grants.sql(f"SELECT count(*) FROM grants.submission WHERE application_id = '{ref}'") == [(1,)]
    # the same click again is answered as it was
    key = {"Idempotency-Key": "one-click"}
    other = applying.ready(city, call, project_number=2)
    first, again = (
        grants.call("applications_submit", city.first, key, path={"ref": other}) for _ in range(2)
    )
    assert first.status_code == again.status_code == 201 and first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    reused = grants.call("applications_submit", city.first, key, path={"ref": ref})
    assert code(reused) == (422, "idempotency_key_reused")


def test_deadline_night(applying: Applying) -> None:
    """23:59:58 is in time and midnight is not, whoever writes it down and when."""
    grants, call = applying.grants, applying.round()
    (closes,) = grants.sql(f"SELECT closes_at FROM grants.round WHERE code = '{call}'")[0]
    gone = applying.organisation()
    ref = applying.ready(gone, call)
    papers = {
        name: applying.draft(
            applying.officer,
            call,
            organisation_code=applying.organisation().code,
            channel=name,
            project_number=2,
        )["id"]
        for name in ("mail", "counter")
    }
    for paper in papers.values():
        done(applying.file(applying.officer, paper))

    def enter(paper: str, name: str, at: datetime) -> httpx.Response:
        return applying.act("enter", paper, applying.officer, channel=name, arrived_at=at.isoformat())

    assert wrong(enter(papers["mail"], "mail", closes)) == {("/arrived_at", "arrival_ahead")}
    draft = applying.draft(gone.first, call, project_number=2)["id"]
    assert code(enter(draft, "mail", grants.now())) == (409, "action_not_available")
    applying.later(days=31)
    shown = applying.read(ref, gone.first)
    assert shown["state"] == "expired"
    why = {one["action"]: one.get("closed", "") for one in shown["available_actions"]}
    assert "締切" in why["submit"] and "延長" in why["submit"]
    refused = applying.act("submit", ref, gone.first)
    assert code(refused) == (409, "action_not_available") and "締切" in refused.json()["detail"]
    refused = grants.change("applications", draft, gone.first, title="x")
    assert code(refused) == (409, "action_not_available") and "締切" in refused.json()["detail"]
    for name, before in (("mail", timedelta(seconds=2)), ("counter", timedelta(microseconds=1))):
        late = enter(papers[name], name, closes)
        assert code(late) == (409, "action_not_available") and "到達" in late.json()["detail"]
        made = done(enter(papers[name], name, closes - before))
        assert moment(made["arrived_at"]) == closes - before < closes < moment(made["entered_at"])
    # the database holds the same border
    with pytest.raises(Exception, match="late"):
        grants.sql(
            "INSERT INTO grants.submission (application_id, number, receipt_number, channel, arrived_at, submitted_by, "
            "requested_yen, computed_yen, eligible, snapshot, sha256) "
            f"VALUES ('{ref}', 1, 'x', 'mail', '{closes}', '{gone.first.person}', 1, 1, true, '', sha256(''))"
        )


def test_a_deadline_is_extended_for_one_and_for_all(applying: Applying) -> None:
    grants, call = applying.grants, applying.round()
    (closes,) = grants.sql(f"SELECT closes_at FROM grants.round WHERE code = '{call}'")[0]
    slow, gone, helped = (applying.organisation() for _ in range(3))
    refs = {body.code: applying.ready(body, call) for body in (slow, gone, helped)}
    ref = refs[helped.code]
    applying.later(days=31)
    # for one, by a signed act with its reason
    early = applying.act("extend", ref, applying.officer, closes_at=closes.isoformat(), reason="x")
    assert wrong(early) == {("/closes_at", "application_extension_not_later")}
    until, tool = applying.at(hours=2), Caller("grant_officer", "tool")
    assert applying.act("extend", ref, tool, closes_at=until, reason="x").status_code == 403
    extended = done(applying.act("extend", ref, applying.officer, closes_at=until, reason="停電"))
    assert (extended["state"], extended["extension_reason"]) == ("ready", "停電")
    done(applying.act("submit", ref, helped.first))
    assert code(applying.act("submit", refs[gone.code], gone.first))[0] == 409
    # for all, because the door was down
    done(
        grants.act("rounds", "extend", call, applying.officer, closes_at=applying.at(hours=1), reason="障害")
    )
    done(applying.act("submit", refs[slow.code], slow.first))
    applying.later(hours=1)
    assert applying.read(refs[gone.code], gone.first)["state"] == "expired"
    # the form of a round that is announced is not changed under its drafts: another version is for another round
    other = grants.change("rounds", call, applying.officer, form_code=None)
    assert code(other) == (409, "round_announced_stays")


def test_a_joint_bid_is_of_all_who_consent(applying: Applying) -> None:
    grants, lead, call = applying.grants, applying.organisation(), applying.round()
    second, third, town = applying.organisation(), applying.organisation(), applying.organisation("town")
    ref = applying.draft(lead.first, call, joint=True)["id"]
    done(applying.file(lead.first, ref))

    def add(body: Any, share: int) -> httpx.Response:
        return applying.act("add_member", ref, lead.first, organisation_code=body.code, share_yen=share)

    def of_member(verb: str, member: str, by: Caller) -> httpx.Response:
        return grants.act("application_members", verb, member, by)

    ids = {
        body.code: done(add(body, share))["id"]
        for body, share in ((second, 1_000_000), (third, 400_001), (town, 0))
    }
    assert code(add(second, 1)) == (409, "member_twice") and code(add(lead, 1)) == (409, "member_is_lead")
    shown = done(grants.call("applications_eligibility", second.first, path={"ref": ref}))
    assert [one["code"] for one in shown["reasons"]] == ["member_not_admitted"]
    assert of_member("remove", ids[town.code], second.first).json()["code"] == "application_of_another"
    done(of_member("remove", ids[town.code], lead.second))
    assert grants.call("applications_read", town.first, path={"ref": ref}).status_code == 404
    applying.approved(lead, ref)
    assert code(of_member("consent", ids[second.code], lead.first)) == (409, "consent_of_another")
    done(of_member("consent", ids[second.code], second.first))
    assert code(of_member("consent", ids[second.code], second.second)) == (409, "member_consented")
    refused = applying.act("submit", ref, lead.first)
    # 1,400,000 is what they bear themselves
    assert {place for _, place in wrong(refused)} == {"member_not_consented", "shares_above_own_share"}
    done(applying.act("send_back", ref, lead.first, reason="負担額"))
    done(of_member("remove", ids[third.code], lead.first))
    ids[third.code] = done(add(third, 400_000))["id"]
    applying.approved(lead, ref)
    done(of_member("consent", ids[third.code], third.first))
    done(of_member("withdraw_consent", ids[second.code], second.second))
    assert {place for _, place in wrong(applying.act("submit", ref, lead.first))} == {"member_not_consented"}
    with pytest.raises(Exception, match="all members have consented"):
        grants.sql(
            "INSERT INTO grants.submission (application_id, number, receipt_number, channel, arrived_at, submitted_by, "
            "requested_yen, computed_yen, eligible, snapshot, sha256) SELECT id, 1, 'y', 'mail', platform.now(), "
            f"'{lead.first.person}', 1, 1, true, '', sha256('') FROM grants.application WHERE id = '{ref}'"
        )
    done(of_member("consent", ids[second.code], second.first))
    made = done(applying.act("submit", ref, lead.first))
    said = applying.snapshot(made, third.first).json()
    assert [one["share_yen"] for one in said["members"]] == [1_000_000, 400_000]
    # a joint bid does not use its members' own caps unless the rules say so
    assert said["eligibility"]["facts"]["cap_left"] is None and made["eligible"]
    assert code(of_member("withdraw_consent", ids[second.code], second.first)) == (
        409,
        "action_not_available",
    )


def test_files_are_kept_and_a_bad_one_is_opened_by_nobody(applying: Applying) -> None:
    grants, city, call = applying.grants, applying.organisation(), applying.round()
    ref = applying.draft(city.first, call)["id"]
    assert wrong(applying.file(city.first, ref, "nothing")) == {("/document", "document_unknown")}
    options: dict[str, Any] = {
        "path": {"ref": ref},
        "params": {"document": "plan", "file_name": "x"},
        "content": b"x",
    }
    assert (
        grants.call("applications_add_file", city.first, {"Content-Type": "text/html"}, **options).status_code
        == 415
    )
    keyed = {"Content-Type": PDF, "Idempotency-Key": "a-file"}
    content = b"%PDF-1.7 " + b"x" * 1_500_000
    sent = [
        grants.call("applications_add_file", city.first, keyed, **options | {"content": content})
        for _ in range(2)
    ]
    assert sent[0].json() == sent[1].json() and sent[1].headers["Idempotency-Replayed"] == "true"
    made = sent[0].json()
    assert (made["verdict"], made["size"], made["sha256"]) == (
        "pending", len(content), hashlib.sha256(content).hexdigest(),
    )  # fmt: skip

    def opened(by: Caller) -> httpx.Response:
        return grants.call("application_files_content", by, path={"ref": made["id"]})

    stranger = applying.organisation()
    for caller in (city.second, applying.officer):
        assert opened(caller).content == content
    for caller in (stranger.first, applying.stranger):
        assert opened(caller).status_code == 404
        assert applying.file(caller, ref).status_code == 404
    grants.sql(f"UPDATE grants.application_file SET verdict = 'bad' WHERE id = '{made['id']}'")
    for caller in (city.first, applying.officer):
        assert code(opened(caller)) == (409, "file_unsafe")
    held = grants.sql_as(
        f'{{"client": "desk", "role": "organisation", "organisation": "{city.id}", '
        f'"key": "desk/{city.first.person}/organisation/{city.id}"}}',
        f"SELECT FROM grants.blob_chunk WHERE blob_id = (SELECT blob_id FROM grants.application_file WHERE id = '{made['id']}')",
    )
    assert held == []
    applying.approved(city, ref)
    assert wrong(applying.act("submit", ref, city.first)) == {("/files/plan", "file_bad")}
    refused = grants.act("application_files", "remove", made["id"], city.first)
    assert code(refused) == (409, "action_not_available")
    done(applying.act("send_back", ref, city.first, reason="差替え"))
    done(grants.act("application_files", "remove", made["id"], city.second))
    done(applying.file(city.first, ref))
    applying.approved(city, ref)
    done(applying.act("submit", ref, city.first))


@pytest.mark.parametrize("burst", [60, pytest.param(500, marks=pytest.mark.long)])
def test_the_last_ten_seconds(applying: Applying, burst: int) -> None:
    """The clock passes the deadline while they arrive: each is judged by its own arrival, whatever its place in the queue."""
    grants, city = applying.grants, applying.organisation()
    call = applying.round()
    model = applying.ready(city, call)
    grants.sql(
        "WITH made AS (INSERT INTO grants.application SELECT (jsonb_populate_record(a, jsonb_build_object('id', uuidv7(), "
        "'department', 'burst-' || n))).* FROM grants.application AS a, generate_series(1, "
        f"{burst}) AS n WHERE a.id = '{model}' RETURNING id), held AS (INSERT INTO grants.blob (caller, media_type, "
        "file_name, size, sha256) SELECT id::text, 'application/pdf', 'x', 1, sha256('') FROM made RETURNING id, caller) "
        "INSERT INTO grants.application_file (application_id, document_code, blob_id, file_name, media_type, size, sha256) "
        "SELECT caller::uuid, 'plan', id, 'x', 'application/pdf', 1, sha256('') FROM held"
    )
    refs = [
        str(row[0])
        for row in grants.sql(
            f"SELECT id FROM grants.application WHERE department LIKE 'burst-%' AND organisation_id = '{city.id}'"
        )
    ]
    (closes,) = grants.sql(f"SELECT closes_at FROM grants.round WHERE code = '{call}'")[0]
    grants.sql(
        f"UPDATE platform.clock SET offset_by = offset_by + ('{closes}'::timestamptz - interval '10 min' - platform.now())"
    )
    turns = asyncio.Semaphore(20)

    async def arrive(number: int) -> httpx.Response:
        async with turns:
            if number == burst // 2:  # and it is midnight
                await grants._superuser.execute(
                    "UPDATE platform.clock SET offset_by = offset_by + interval '10 min'"
                )
            return await grants.served.send(
                "grants_applications_submit", city.first, path={"ref": refs[number]}
            )

    async def night() -> list[httpx.Response]:
        return list(await asyncio.gather(*(arrive(number) for number in range(burst))))

    answers = grants.served.run(night())
    stored = dict(grants.sql(
        "SELECT application_id::text, arrived_at FROM grants.submission WHERE application_id IN "
        f"(SELECT id FROM grants.application WHERE department LIKE 'burst-%' AND organisation_id = '{city.id}')"
    ))  # fmt: skip
    taken = {ref for ref, one in zip(refs, answers, strict=True) if one.status_code == 201}
    assert taken == stored.keys() and 0 < len(taken) < burst
    assert all(arrived < closes for arrived in stored.values())
    for one in answers:
        if one.status_code != 201:
            assert code(one) == (409, "action_not_available"), one.text
            said = one.json()["detail"].split("到達: ")[1].split("）")[0]
            assert (
                said >= f"{closes.astimezone(moment('2025-01-01T00:00:00+09:00').tzinfo):%Y-%m-%d %H:%M:%S}"
            )
    assert applying.read(refs[0], city.first)["state"] == ("submitted" if refs[0] in taken else "expired")
