"""A case is kept for its time and then shredded: with its key it is gone, and the proof says which key that was."""

import asyncio
import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.jet.care import keys
from services.jet.care.cases.domain import keep_until
from services.jet.care.cases.service import shred_due
from services.jet.care.claims.service import close_over
from services.kit.japan.fiscal_year import fiscal_year_of
from tests.care.claiming import a_day_later, granted, paid_today
from tests.care.claiming import act as decided
from tests.care.claiming import submitted as claimed
from tests.care.claiming import written as draft
from tests.care.counselling import Story, assign, closed, counselled, listed, written
from tests.care.test_bookings import act, book, slot
from tests.care.test_glass import look, opened
from tests.support.care import OFFICER, PROTECTOR, Care, done, participant
from tests.support.serving import Caller


@given(st.dates(date(1990, 1, 1), date(2150, 1, 1)), st.integers(0, 30))
def test_it_is_kept_for_whole_fiscal_years(closed_on: date, years: int) -> None:
    last = keep_until(closed_on, years)
    assert (last.month, last.day) == (3, 31)
    assert fiscal_year_of(last) - fiscal_year_of(closed_on) == years
    assert keep_until(closed_on, years) <= keep_until(closed_on, years + 1)


def shred(care: Care) -> int:
    return care.served.run(shred_due(care.served.app.state.service.database))


def over(care: Care, story: Story, day: str = "2024-07-07") -> bytes:
    """Closed, its time past; the key that it has still."""
    closed(care, story)
    care.sql(f"UPDATE care.care_case SET keep_until = '{day}' WHERE id = '{story.case}'")
    (row,) = care.sql(f"SELECT wrapped FROM care.case_key WHERE case_id = '{story.case}'")
    wrapped: bytes = row["wrapped"]
    return keys.master().decrypt(wrapped[:12], wrapped[12:], story.case.bytes)


def test_a_shredded_case_is_opened_by_nobody_and_its_proof_is_of_its_key(care: Care) -> None:
    story = counselled(care, "消える話")
    done(care.call("care_cases_note", story.counsellor, path=story.at, json={"content": "消える記録"}))
    at, key = opened(care, story), over(care, story)
    assert len(listed(care, "care_messages_list", story.participant)) == 1
    assert shred(care) >= 1
    assert done(look(care, at))["messages"] == []  # the glass is still broken, and nothing is behind it
    for caller in (story.participant, story.counsellor):
        assert listed(care, "care_messages_list", caller) == []
    assert listed(care, "care_notes_list", story.counsellor) == []
    assert care.call("care_cases_read", story.counsellor, path=story.at).status_code == 404
    refused = care.call("care_cases_break_glass", OFFICER, path=story.at, json={"reason": "court_order"})
    assert refused.status_code == 409
    assert care.sql(f"SELECT FROM care.case_key WHERE case_id = '{story.case}'") == []
    (proof,) = listed(care, "care_shred_proofs_list", PROTECTOR, case_id=str(story.case))
    assert proof["fingerprint"] == hashlib.sha256(key).hexdigest() and proof["kept_until"] == "2024-07-07"
    assert done(care.call("care_cases_read", OFFICER, path=story.at))["state"] == "shredded"
    assert care.call("care_shred_proofs_list", story.counsellor).status_code == 404


# the copy of the roster, walls between persons, and answers for a retry are of no case, and end by themselves
OF_NO_CASE = {"serving", "person_wall", "idempotency"}


def traces(care: Care, *signs: object) -> set[str]:
    """Tables of counselling in which one of these still stands."""
    tables = {row["relname"] for row in care.sql("SELECT relname FROM pg_class WHERE relnamespace = 'care'::regnamespace AND relkind = 'r'")}  # fmt: skip
    found = " OR ".join(f"t::text LIKE '%{sign}%'" for sign in signs)
    return {
        table for table in tables - OF_NO_CASE if care.sql(f"SELECT FROM care.{table} AS t WHERE {found} LIMIT 1")
    }  # fmt: skip


def test_whose_it_was_is_forgotten_by_the_case_and_told_by_no_audit(care: Care) -> None:
    story = counselled(care)
    done(book(care, story.participant, slot(care, story.counsellor), "Asia/Kathmandu"))
    done(decided(care, "refuse", claimed(care, story.participant), json={"claim_answer": "対象外です"}))
    granted(care, claimed(care, story.participant))
    paid_today(care)
    a_day_later(care)
    done(
        care.call(
            "care_cases_refer", story.counsellor, path=story.at, json={"referred_to": "窓口", "content": "x"}
        )
    )
    signs = (story.participant.person, "Asia/Kathmandu")
    assert traces(care, *signs) == {"care_case", "allowance", "booking"}
    over(care, story)
    shred(care)
    assert traces(care, *signs) == set()
    (booking,) = (one for one in listed(care, "care_bookings_list", OFFICER) if one["time_zone"] is None)
    assert (booking["state"], booking["local_start"]) == ("cancelled", None)
    found = listed(care, "care_audit_entries_list", PROTECTOR, record=str(story.case), action="shred")
    assert [(one["client"], one["from_state"], one["to_state"]) for one in found] == [
        ("worker-care", "closed", "shredded")
    ]
    assert written(care, story.participant) != story.case


def test_a_case_in_which_a_claim_waits_is_decided_and_paid_before_it_is_shredded(care: Care) -> None:
    """What lies there of the fiscal year before last is handed in by nobody any more, and goes with its case."""
    stories = [counselled(care) for _ in range(6)]
    waiting, to_pay, drafted, returned, long_ago, refused = stories
    claim, paid = (claimed(care, one.participant) for one in (waiting, to_pay))
    granted(care, paid)
    draft(care, drafted.participant, on="2023-11-10")
    sent_back = claimed(care, returned.participant)
    done(decided(care, "return", sent_back, json={"claim_answer": "日付をご確認ください"}))
    draft(care, long_ago.participant, on="2022-11-10")
    done(decided(care, "refuse", claimed(care, refused.participant), json={"claim_answer": "対象外です"}))
    for story in stories:
        over(care, story)

    def left() -> list[Story]:
        shred(care)
        states = [done(care.call("care_cases_read", OFFICER, path=one.at))["state"] for one in stories]
        return [one for one, state in zip(stories, states, strict=True) if state == "closed"]

    assert left() == [waiting, to_pay, drafted, returned]
    for story in left():
        with pytest.raises(Exception, match="a claim in the case waits"):
            care.sql(
                "UPDATE care.care_case SET state = 'shredded', shredded_at = platform.now(), person_id = NULL "
                f"WHERE id = '{story.case}'"
            )
    # a case that is closed keeps nobody from deciding and paying, nor from handing in what was returned
    done(decided(care, "submit", sent_back, returned.participant))
    done(decided(care, "refuse", sent_back, json={"claim_answer": "対象外です"}))
    granted(care, claim)
    payment = paid_today(care)
    assert left() == [waiting, to_pay, drafted]
    file = care.call("care_claim_payments_file", OFFICER, path={"ref": payment["id"]})
    assert file.status_code == 200
    a_day_later(care)
    assert left() == [drafted]


def test_a_case_that_claims_alone_opened_is_closed_by_itself_and_no_other(care: Care) -> None:
    def refused(who: Caller) -> None:
        done(decided(care, "refuse", claimed(care, who), json={"claim_answer": "対象外です"}))

    def state(who: Caller) -> tuple[str, str]:
        (row,) = care.sql(
            f"SELECT state, coalesce(outcome, '') FROM care.care_case WHERE person_id = '{who.person}'"
        )
        return row[0], row[1]

    people = [participant() for _ in range(9)]
    over_, drafted, long_ago, waiting, approved, spoken, given, booked, twice = people
    for who in (over_, spoken, given, booked, twice):
        refused(who)
    draft(care, drafted)
    draft(care, long_ago, on="2022-11-10")
    claimed(care, waiting)
    to_pay = claimed(care, approved)
    granted(care, to_pay)
    written(care, spoken)
    (case,) = care.sql(f"SELECT id FROM care.care_case WHERE person_id = '{given.person}'")
    done(assign(care, case["id"], care.counsellor()))
    done(act(care, booked, "cancel", done(book(care, booked, slot(care, care.counsellor())))))
    claimed(care, twice)
    assert care.served.run(close_over(care.served.app.state.service.database)) >= 2
    closed_ = {who.person for who in people if state(who) == ("closed", "settled")}
    assert closed_ == {over_.person, long_ago.person}
    (kept,) = care.sql(
        f"SELECT id, keep_until, closed_on FROM care.care_case WHERE person_id = '{over_.person}'"
    )
    assert (kept["closed_on"], kept["keep_until"]) == (date(2024, 7, 8), date(2030, 3, 31))
    (entry,) = listed(care, "care_audit_entries_list", PROTECTOR, record=str(kept["id"]), action="close")
    assert (entry["client"], entry["from_state"], entry["to_state"]) == ("worker-care", "open", "closed")
    done(care.call("care_claim_payments_create", OFFICER, json={"pay_on": "2024-07-31"}))
    care.served.run(close_over(care.served.app.state.service.database))
    assert state(approved) == ("closed", "settled")
    # what is said next opens another
    assert written(care, over_) != kept["id"]


def test_what_is_kept_yet_stays_and_two_workers_shred_once(care: Care) -> None:
    kept, open_one, due = counselled(care), counselled(care), [counselled(care) for _ in range(3)]
    over(care, kept, "2024-07-08")
    for story in due:
        over(care, story)

    async def at_once() -> list[int]:
        database = care.served.app.state.service.database
        return list(await asyncio.gather(*(shred_due(database) for _ in range(3))))

    assert sum(care.served.run(at_once())) == 3
    for story in due:
        assert len(listed(care, "care_shred_proofs_list", PROTECTOR, case_id=str(story.case))) == 1
    for story in (kept, open_one):
        assert len(listed(care, "care_messages_list", story.participant)) == 1


def test_stored_answers_that_name_a_caller_go_after_seven_days(care: Care) -> None:
    story = counselled(care)
    mine = f"caller LIKE '%{story.participant.person}%'"
    shred(care)
    assert len(care.sql(f"SELECT FROM care.idempotency WHERE {mine}")) == 1
    care.sql(f"UPDATE care.idempotency SET created_at = created_at - interval '8 days' WHERE {mine}")
    shred(care)
    assert care.sql(f"SELECT FROM care.idempotency WHERE {mine}") == []
