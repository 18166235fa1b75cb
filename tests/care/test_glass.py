"""Two persons open a case in an emergency: for some hours, for who asked alone, and each reading is noted."""

import asyncio
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.jet.care.glass.service import NOTICE, notices
from services.kit.mail import MailSettings
from tests.care.counselling import Story, counselled, listed
from tests.support.care import ANOTHER_OFFICER, OFFICER, PROTECTOR, Care, done
from tests.support.serving import Caller


def asked(care: Care, story: Story, caller: Caller = OFFICER) -> dict[str, Any]:
    body = {"reason": "danger_to_life"}
    return {"ref": done(care.call("care_cases_break_glass", caller, path=story.at, json=body))["id"]}


def opened(care: Care, story: Story) -> dict[str, Any]:
    at = asked(care, story)
    done(care.call("care_glass_openings_approve", PROTECTOR, path=at))
    return at


def look(care: Care, at: dict[str, Any], caller: Caller = OFFICER) -> httpx.Response:
    return care.call("care_glass_openings_look", caller, path=at)


def test_who_asked_reads_when_another_has_approved_and_nobody_else_ever(care: Care) -> None:
    story, other = counselled(care, "助けて"), counselled(care, "別の人")
    done(care.call("care_cases_note", story.counsellor, path=story.at, json={"content": "緊急"}))
    at = asked(care, story)
    assert look(care, at).status_code == 404
    refused = care.call("care_glass_openings_approve", OFFICER, path=at)
    assert (refused.status_code, refused.json()["code"]) == (409, "second_person_needed")
    shown = done(care.call("care_glass_openings_approve", ANOTHER_OFFICER, path=at))
    assert (shown["state"], shown["expires_at"] > shown["decided_at"]) == ("open", True)
    content = done(look(care, at))
    assert [one["body"] for one in content["messages"]] == ["助けて"]
    assert [one["content"] for one in content["notes"]] == ["緊急"]
    assert "別の人" not in str(content) and other.case != story.case
    for caller in (ANOTHER_OFFICER, PROTECTOR, story.counsellor, story.participant):
        assert look(care, at, caller).status_code == 404
    # the broken glass opens no list
    assert care.call("care_messages_list", OFFICER).status_code == 404


def test_each_reading_is_in_the_audit(care: Care) -> None:
    story = counselled(care)
    at = opened(care, story)
    done(look(care, at))
    done(look(care, at))
    found = listed(care, "care_audit_entries_list", PROTECTOR, record=str(story.case), action="read")
    read = [one for one in found if one["resource"] == "glass-openings"]
    assert [(one["person_id"], one["resource_id"]) for one in read] == [(str(OFFICER.person), at["ref"])] * 2
    log = listed(care, "care_glass_openings_list", PROTECTOR, case_id=str(story.case))
    assert [(one["reason"], one["decided_by"]) for one in log] == [("danger_to_life", str(PROTECTOR.person))]
    case = done(care.call("care_cases_read", OFFICER, path=story.at))
    assert [one["pseudonym"] for one in log] == [case["pseudonym"]]
    assert care.call("care_glass_openings_list", story.counsellor).status_code == 404


def test_it_ends_at_its_expiry_and_before_that_when_it_is_ended(care: Care) -> None:
    story = counselled(care)
    at, second = opened(care, story), opened(care, story)
    done(look(care, at))
    care.sql(
        "UPDATE care.glass_opening SET decided_at = decided_at - interval '4 hours', "
        f"expires_at = expires_at - interval '4 hours' WHERE id = '{at['ref']}'"
    )
    assert look(care, at).status_code == 404
    assert done(care.call("care_glass_openings_read", PROTECTOR, path=at))["state"] == "expired"
    assert look(care, second).status_code == 200
    done(care.call("care_glass_openings_end", PROTECTOR, path=second))
    assert look(care, second).status_code == 404
    with pytest.raises(Exception, match="glass_opening_expires"):
        care.sql(
            f"UPDATE care.glass_opening SET expires_at = decided_at + interval '25 hours' WHERE id = '{at['ref']}'"
        )


def test_the_database_shows_an_officer_nothing_once_it_is_over(care: Care) -> None:
    """Past the service's own question: the second wall alone."""
    story = counselled(care)
    count = f"SELECT count(*) AS n FROM care.message WHERE case_id = '{story.case}'"

    def seen() -> int:
        caller = f'{{"role": "care_officer", "person": "{OFFICER.person}", "client": "x", "key": "x"}}'
        rows = care.sql_as("care_app", caller, count)
        return int(rows[0]["n"])

    assert seen() == 0
    at = opened(care, story)
    assert seen() == 1
    done(care.call("care_glass_openings_end", OFFICER, path=at))
    assert seen() == 0


def test_one_decision_is_taken_and_a_wall_holds_here_too(care: Care) -> None:
    story = counselled(care)
    at = asked(care, story)

    async def at_once() -> list[httpx.Response]:
        acts = [("approve", PROTECTOR), ("refuse", ANOTHER_OFFICER)] * 3
        sent = (care.served.send(f"care_glass_openings_{name}", who, path=at) for name, who in acts)
        return list(await asyncio.gather(*sent))

    assert sorted(one.status_code for one in care.served.run(at_once())) == [201] + [409] * 5
    wall = {
        "counsellor_id": str(OFFICER.person),
        "participant_id": str(story.participant.person),
        "reason": "relative",
    }
    done(care.call("care_person_walls_create", ANOTHER_OFFICER, json=wall))
    refused = care.call("care_cases_break_glass", OFFICER, path=story.at, json={"reason": "abuse"})
    assert (refused.status_code, refused.json()["code"]) == (409, "counsellor_walled_off")
    for caller in (PROTECTOR, story.counsellor):
        assert (
            care.call("care_cases_break_glass", caller, path=story.at, json={"reason": "abuse"}).status_code
            == 404
        )


def test_who_protects_the_data_is_told_without_a_name(care: Care, tmp_path: Path) -> None:
    story = counselled(care, "名前のある話")
    at = opened(care, story)
    (job,) = care.sql(
        f"SELECT count(*) AS n FROM care.pgqueuer WHERE entrypoint = '{NOTICE}' "
        f"AND encode(payload, 'hex') = '{UUID(at['ref']).hex}'"
    )
    assert job["n"] == 1
    work = notices(care.served.app.state.service.database, MailSettings(mail_folder=tmp_path))[NOTICE]
    for _ in range(2):
        care.served.run(work(UUID(at["ref"]), 1))  # type: ignore[arg-type]
    (letter,) = tmp_path.glob("*.eml")
    told = message_from_bytes(letter.read_bytes(), policy=default)
    said = str(told["Subject"]) + told.get_content()
    pseudonym = done(care.call("care_cases_read", OFFICER, path=story.at))["pseudonym"]
    assert at["ref"] in said and "生命の危険" in said
    assert not any(
        one in said for one in (str(story.participant.person), pseudonym, str(story.case), "名前のある話")
    )
    assert done(care.call("care_glass_openings_read", PROTECTOR, path=at))["told_at"] is not None
