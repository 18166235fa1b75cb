"""What the two write to each other: read by them alone, counted by channel, and nowhere in the database in plain."""

import asyncio
import hashlib
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.care.counselling import Story, assign, closed, counselled, listed, written
from tests.support.care import ANOTHER_OFFICER, OFFICER, PROTECTOR, Care, done, participant
from tests.support.serving import Caller

TODAY = "2024-07-08"


def tables(care: Care) -> list[str]:
    rows = care.sql(
        "SELECT c.oid::regclass::text AS name FROM pg_class AS c WHERE relkind = 'r' AND relnamespace = 'care'::regnamespace"
    )
    return [row["name"] for row in rows]


def dump(care: Care) -> str:
    """Every column of every table of counselling, as text; what is binary also as the text that it would be."""
    said = []
    for table in tables(care):
        for row in care.sql(f"SELECT t.* FROM {table} AS t"):
            for value in row.values():
                said.append(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))
    return "\n".join(said)


def test_canary_words_stand_nowhere_in_the_database(care: Care) -> None:
    words = [f"カナリア{uuid4().hex}" for _ in range(9)]
    story = counselled(care, words[0])
    done(care.call("care_cases_message", story.counsellor, path=story.at, json={"body": words[1]}))
    done(care.call("care_cases_note", story.counsellor, path=story.at, json={"content": words[2]}))
    body = {"channel": "phone", "held_on": TODAY, "content": words[3]}
    done(care.call("care_cases_contact", story.counsellor, path=story.at, json=body))
    body = {"due_on": "2024-08-01", "content": words[4]}
    done(care.call("care_cases_follow_up", story.counsellor, path=story.at, json=body))
    body = {"referred_to": words[5], "content": words[6]}
    made = done(care.call("care_cases_refer", story.counsellor, path=story.at, json=body))
    done(care.call("care_referrals_consent", story.participant, path={"ref": made["id"]}))
    refused = care.call("care_cases_note", story.counsellor, path=story.at, json={"content": words[7] * 400})
    assert refused.status_code == 422 and words[7] not in refused.text
    search = {"q": words[8]}
    assert done(care.call("care_case_searches_run", story.counsellor, json=search))["items"] == []
    for operation in ("care_messages_list", "care_notes_list", "care_contacts_list", "care_referrals_list"):
        assert "カナリア" in str(listed(care, operation, story.counsellor))
    found = dump(care)
    assert str(story.case) in found and "web_mail" in found  # it is a dump
    assert [word for word in words if word in found or word.encode().hex() in found] == []


def test_both_read_what_was_written_and_nobody_else_does(care: Care) -> None:
    story, other = counselled(care, "眠れません"), counselled(care, "別の話")
    answer = done(
        care.call("care_cases_message", story.counsellor, path=story.at, json={"body": "いつから？"})
    )
    assert answer["body"] is None and answer["written_by"] == "counsellor"
    for caller in (story.participant, story.counsellor):
        found = [(one["written_by"], one["body"]) for one in listed(care, "care_messages_list", caller)]
        assert found == [("participant", "眠れません"), ("counsellor", "いつから？")]
        assert (
            done(care.call("care_messages_read", caller, path={"ref": answer["id"]}))["body"] == "いつから？"
        )
    for caller in (other.participant, other.counsellor, participant()):
        assert "眠れません" not in str(listed(care, "care_messages_list", caller))
        assert care.call("care_messages_read", caller, path={"ref": answer["id"]}).status_code == 404
        assert care.call("care_cases_message", caller, path=story.at, json={"body": "x"}).status_code == 404
    for caller in (OFFICER, PROTECTOR, Caller("coordinator", person=uuid4()), Caller("service")):
        assert care.call("care_messages_list", caller).status_code == 404


def test_a_file_of_messages_is_opened_for_who_may_read_them(care: Care) -> None:
    story = counselled(care, "ファイルの中")
    answer = care.call("care_messages_list", story.participant, {"Accept": "text/csv"})
    assert answer.status_code == 200 and "ファイルの中" in answer.text
    line = care.call("care_messages_list", story.participant, {"Accept": "application/x-ndjson"}).json()
    assert line["body"] == "ファイルの中" and "wrapped" not in line


def test_the_answer_to_a_retry_is_the_first(care: Care) -> None:
    caller, key = participant(), {"Idempotency-Key": str(uuid4())}
    first, again = (care.call("care_messages_create", caller, key, json={"body": "一度"}) for _ in range(2))
    assert first.json() == again.json() and first.json()["body"] is None
    assert len(listed(care, "care_messages_list", caller)) == 1


def test_what_was_sent_is_not_guessed_from_what_is_kept_for_a_retry(care: Care) -> None:
    caller, key = participant(), {"Idempotency-Key": str(uuid4())}
    sent = care.call("care_messages_create", caller, key, json={"body": "はい"}).request
    plain = f"POST {sent.url.path}? {sent.headers['content-type']}".encode() + b"\0" + sent.content
    (kept,) = care.sql(f"SELECT body_hash FROM care.idempotency WHERE key = '{key['Idempotency-Key']}'")
    assert kept["body_hash"] != hashlib.sha256(plain).digest()
    other = care.call("care_messages_create", caller, key, json={"body": "いいえ"})
    assert other.json()["code"] == "idempotency_key_reused"


def test_each_message_is_a_contact_and_other_channels_are_noted(care: Care) -> None:
    story = counselled(care)
    for channel, content in (("skype", None), ("in_person", "駅で会った")):
        noted = {"channel": channel, "held_on": TODAY, "content": content}
        done(care.call("care_cases_contact", story.counsellor, path=story.at, json=noted))
    found = listed(care, "care_contacts_list", story.counsellor)
    assert {(one["channel"], one["content"]) for one in found} == {
        ("web_mail", None), ("skype", None), ("in_person", "駅で会った"),
    }  # fmt: skip
    for body, code in (
        ({"channel": "pigeon", "held_on": TODAY}, "channel_unknown"),
        ({"channel": "phone", "held_on": "2024-07-09"}, "contact_not_to_come"),
    ):
        refused = care.call("care_cases_contact", story.counsellor, path=story.at, json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    labels = {
        one["code"]: (one["label_ja"], one["unit"]) for one in listed(care, "care_channels_list", OFFICER)
    }
    assert labels["web_mail"] == ("ウェブメール", "件") and labels["in_person"] == ("対面", "件")


def test_notes_are_their_writers_own_also_when_another_has_the_case(care: Care) -> None:
    story, next_one = counselled(care), care.counsellor()
    done(care.call("care_cases_note", story.counsellor, path=story.at, json={"content": "内緒"}))
    assert care.call("care_notes_list", story.participant).status_code == 404
    done(assign(care, story.case, next_one))
    assert len(listed(care, "care_messages_list", next_one)) == 1
    assert (
        listed(care, "care_notes_list", next_one) == listed(care, "care_notes_list", story.counsellor) == []
    )


def test_assignment_is_an_officers_and_never_beyond_a_wall(care: Care) -> None:
    caller, counsellor = participant(), care.counsellor()
    case = written(care, caller)
    wall = {"counsellor_id": str(counsellor.person), "participant_id": str(caller.person), "reason": "friend"}
    made = done(care.call("care_person_walls_create", OFFICER, json=wall))
    refused = assign(care, case, counsellor)
    assert (refused.status_code, refused.json()["code"]) == (409, "counsellor_walled_off")
    assert assign(care, case, care.counsellor(person=caller.person)).json()["code"] == "counsellor_walled_off"
    code = {"counsellor_id": str(counsellor.person), "organisation_code": "NOWHERE"}
    other = care.call("care_cases_assign", OFFICER, path={"ref": written(care, participant())}, json=code)
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "/organisation_code")
    again = care.call("care_person_walls_create", ANOTHER_OFFICER, json=wall)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    done(care.call("care_person_walls_lift", OFFICER, path={"ref": made["id"]}))
    assert care.call("care_person_walls_lift", OFFICER, path={"ref": made["id"]}).status_code == 409
    done(assign(care, case, counsellor))
    assert done(care.call("care_person_walls_create", OFFICER, json=wall))["id"] == made["id"]
    assert listed(care, "care_messages_list", counsellor) == []
    shown = done(care.call("care_cases_read", OFFICER, path={"ref": case}))
    assert shown["walled"] is False and shown["counsellor_id"] is None
    for other_one in (counsellor, caller, PROTECTOR):
        assert care.call("care_person_walls_list", other_one).status_code == 404


def test_a_closed_case_takes_no_word_and_the_next_one_opens_another(care: Care) -> None:
    story = counselled(care)
    shown = closed(care, story)
    assert (shown["state"], shown["closed_on"], shown["keep_until"]) == ("closed", TODAY, "2030-03-31")
    for operation, body in (
        ("care_cases_message", {"body": "まだ？"}), ("care_cases_contact", {"channel": "phone", "held_on": TODAY}),
    ):  # fmt: skip
        refused = care.call(operation, story.counsellor, path=story.at, json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "action_not_available")
    again = care.call("care_cases_close", story.counsellor, path=story.at, json={"outcome": "other"})
    assert again.status_code == 409 and assign(care, story.case, care.counsellor()).status_code == 409
    assert written(care, story.participant, "また相談") != story.case
    assert len(listed(care, "care_messages_list", story.participant)) == 2


def test_words_that_come_while_a_case_is_being_closed_open_another(care: Care) -> None:
    """They wait for the closing, and are neither lost nor refused nor in the case that is closed."""
    story = counselled(care)
    close = (
        "UPDATE care.care_case SET state = 'closed', closed_on = platform.today(), keep_until = platform.today(), "
        f"outcome = 'settled' WHERE id = '{story.case}'"
    )

    async def meanwhile() -> httpx.Response:
        connection = await asyncpg.connect(care.postgres.url())
        try:
            async with connection.transaction():
                await connection.execute(close)
                saying = asyncio.create_task(
                    care.served.send("care_messages_create", story.participant, json={"body": "今"})
                )
                await asyncio.wait([saying], timeout=0.4)
                assert not saying.done()
            return await saying
        finally:
            await connection.close()

    assert done(care.served.run(meanwhile()))["case_id"] != str(story.case)


@pytest.mark.parametrize("words", ["ｶﾅﾘｱ", "かなりあ", "CANARY ねむれ", "canary"])
def test_search_finds_ones_own_words_however_they_are_typed(care: Care, words: str) -> None:
    story, other = (
        counselled(care, "カナリア Canary 眠れ ねむれない"),
        counselled(care, "カナリア Canary ねむれない"),
    )
    hits = done(care.call("care_case_searches_run", story.counsellor, json={"q": words}))["items"]
    assert [(one["kind"], one["case_id"]) for one in hits] == [("messages", str(story.case))]
    for caller in (story.participant, OFFICER, PROTECTOR):
        assert care.call("care_case_searches_run", caller, json={"q": words}).status_code == 404
    assert other.case != story.case


def referral(care: Care, story: Story) -> str:
    body = {"referred_to": "架空クリニック", "content": "状況の説明"}
    made = done(care.call("care_cases_refer", story.counsellor, path=story.at, json=body))
    assert made["state"] == "proposed" and made["content"] is None
    return str(made["id"])


def test_nothing_is_sent_without_consent_and_consent_is_withdrawn_at_any_time(care: Care) -> None:
    story = counselled(care)
    at = {"ref": referral(care, story)}
    refused = care.call("care_referrals_send", story.counsellor, path=at)
    assert (refused.status_code, refused.json()["code"]) == (409, "action_not_available")
    shown = done(care.call("care_referrals_read", story.participant, path=at))
    assert (shown["referred_to"], shown["content"]) == ("架空クリニック", "状況の説明")
    assert care.call("care_referrals_consent", counselled(care).participant, path=at).status_code == 404
    assert care.call("care_referrals_send", story.participant, path=at).status_code == 404
    assert (
        done(care.call("care_referrals_consent", story.participant, path=at))["consented_by"] == "participant"
    )
    assert done(care.call("care_referrals_send", story.counsellor, path=at))["sent_at"] is not None
    assert done(care.call("care_referrals_withdraw", story.participant, path=at))["state"] == "withdrawn"
    declined = {"ref": referral(care, story)}
    done(care.call("care_referrals_withdraw", story.participant, path=declined))
    assert care.call("care_referrals_consent", story.counsellor, path=declined).status_code == 409
    with pytest.raises(Exception, match="referral_consent"):
        care.sql("UPDATE care.referral SET state = 'sent', sent_at = platform.now(), withdrawn_at = NULL "
                 f"WHERE id = '{declined['ref']}'")  # fmt: skip


def test_of_a_sending_and_a_withdrawal_at_once_the_last_word_is_the_withdrawal(care: Care) -> None:
    story = counselled(care)
    at = {"ref": referral(care, story)}
    done(care.call("care_referrals_consent", story.counsellor, path=at))

    async def at_once() -> list[httpx.Response]:
        acts = [("care_referrals_send", story.counsellor)] * 3 + [
            ("care_referrals_withdraw", story.participant)
        ] * 3
        return list(await asyncio.gather(*(care.served.send(name, who, path=at) for name, who in acts)))

    answers = [one.status_code for one in care.served.run(at_once())]
    assert answers.count(201) in (1, 2) and answers[3:].count(201) == 1
    assert done(care.call("care_referrals_read", story.counsellor, path=at))["state"] == "withdrawn"


def test_follow_ups_are_done_once(care: Care) -> None:
    story = counselled(care)
    body = {"due_on": "2024-08-01", "content": "電話する"}
    made = done(care.call("care_cases_follow_up", story.counsellor, path=story.at, json=body))
    due = listed(care, "care_follow_ups_list", story.counsellor, done="false")
    assert [one["content"] for one in due] == ["電話する"]
    done(care.call("care_follow_ups_finish", story.counsellor, path={"ref": made["id"]}))
    assert care.call("care_follow_ups_finish", story.counsellor, path={"ref": made["id"]}).status_code == 409
    assert listed(care, "care_follow_ups_list", story.counsellor, done="false") == []
    assert care.call("care_follow_ups_list", OFFICER).status_code == 404


def test_readings_are_noted_and_a_participant_is_not_named_in_the_audit(care: Care) -> None:
    story = counselled(care)
    for caller in (story.participant, story.counsellor):
        listed(care, "care_messages_list", caller)
    found = listed(care, "care_audit_entries_list", PROTECTOR, record=str(story.case), sort="-at")
    read = {one["role"]: one for one in found if one["action"] == "read" and one["resource"] == "messages"}
    assert set(read) == {"participant", "counsellor"}
    assert read["counsellor"]["person_id"] == str(story.counsellor.person)
    assert str(story.participant.person) not in str(found)
    assert care.call("care_audit_entries_list", OFFICER).status_code == 404
