"""A participant claims a clinic's bill, with nobody in between; an officer who is another person decides it."""

from collections import Counter
from uuid import UUID, uuid4

import pytest

from services.jet.care.cases.service import shred_due
from services.jet.care.rates.resource import exchange_rates
from services.kit.imports.engine import Importer
from tests.care.claiming import (
    CLINIC,
    CONTENT,
    HEIC,
    JPEG,
    PDF,
    PNG,
    a_day_later,
    act,
    granted,
    left,
    paid_today,
    persists,
    photographed,
    submitted,
    walled,
    written,
)
from tests.support.care import ANOTHER_OFFICER, OFFICER, PROTECTOR, Care, at_once, done, participant
from tests.support.serving import Caller


def test_a_claim_goes_from_draft_to_its_decision(care: Care) -> None:
    who = participant()
    claim = written(care, who)
    assert (claim["state"], claim["fiscal_year"], claim["amount"]) == ("draft", 2024, "8400")
    assert [one["action"] for one in claim["available_actions"] if "closed" not in one] == ["submit"]
    lacking = act(care, "submit", claim["id"], who)
    assert [one["pointer"] for one in lacking.json()["errors"]] == ["/receipts"]
    done(photographed(care, who, claim["id"]))
    assert done(act(care, "submit", claim["id"], who))["state"] == "submitted"
    assert photographed(care, who, claim["id"]).status_code == 409
    again = act(care, "submit", claim["id"], who)
    assert (again.status_code, again.json()["code"]) == (409, "action_not_available")
    approved = done(act(care, "approve", claim["id"]))
    assert (approved["state"], approved["amount_yen"], approved["granted_yen"]) == ("approved", 8400, 4200)
    assert left(care, who) == {2024: 15800}
    assert act(care, "refuse", claim["id"], json={"claim_answer": "二重です。"}).status_code == 409


def test_a_returned_claim_is_mended_and_submitted_again(care: Care) -> None:
    who = participant()
    claim = submitted(care, who)
    read = care.call("care_claims_read", who, path={"ref": claim})
    change = {"path": {"ref": claim}, "json": {"amount": "8000"}}
    assert (
        care.call("care_claims_change", who, headers={"If-Match": read.headers["ETag"]}, **change).status_code
        == 409
    )
    done(act(care, "return", claim, json={"claim_answer": "金額を確認してください。"}))
    read = care.call("care_claims_read", who, path={"ref": claim})
    mended = care.call("care_claims_change", who, headers={"If-Match": read.headers["ETag"]}, **change)
    assert (done(mended)["amount"], mended.json()["state"]) == ("8000", "returned")
    told = done(care.call("care_claims_details", who, path={"ref": claim}))
    assert told == CONTENT | {"claim_answer": "金額を確認してください。"}
    done(act(care, "submit", claim, who))
    assert done(act(care, "refuse", claim, json={"claim_answer": "対象外です。"}))["state"] == "refused"


def test_a_bill_of_march_filed_in_april_touches_the_old_years_cap_only(care: Care) -> None:
    """Filed on 8 July, the clock's today, or on 4 April: the day of the service alone decides."""
    who = participant()
    assert granted(care, submitted(care, who, on="2024-03-28", amount="30000")) == 15000
    assert left(care, who) == {2023: 5000}
    assert granted(care, submitted(care, who, on="2024-04-01", amount="60000")) == 20000
    assert left(care, who) == {2023: 5000, 2024: 0}
    assert granted(care, submitted(care, who, on="2024-03-31", amount="60000")) == 5000


def test_two_claims_at_once_against_what_is_left_get_exactly_that(care: Care) -> None:
    """4,200 yen are left, and each of the two would get 3,000; of several people, so that some do meet."""
    pairs = {}
    for who in (participant() for _ in range(4)):
        assert granted(care, submitted(care, who, amount="31600")) == 15800
        pairs[who] = [submitted(care, who, amount="6000") for _ in range(2)]
    answers = at_once(
        care,
        *(
            persists(care, "care_claims_approve", officer, path={"ref": claim})
            for claims in pairs.values()
            for claim, officer in zip(claims, (OFFICER, ANOTHER_OFFICER), strict=True)
        ),
    )
    for who, *both in zip(pairs, answers[::2], answers[1::2], strict=True):
        assert sorted(done(one)["granted_yen"] for one in both) == [1200, 3000]
        assert left(care, who) == {2024: 0}


def test_many_claims_and_many_officers_at_once_grant_what_is_left_and_each_claim_once(care: Care) -> None:
    who = participant()
    assert granted(care, submitted(care, who, amount="31600")) == 15800
    claims = [submitted(care, who, amount="2000") for _ in range(8)]
    officers = [OFFICER, ANOTHER_OFFICER, Caller("care_officer", person=uuid4())]
    answers = at_once(
        care,
        *(
            persists(care, "care_claims_approve", officer, path={"ref": claim})
            for officer in officers
            for claim in claims
        ),
    )
    won = [one.json()["granted_yen"] for one in answers if one.status_code == 201]
    assert sorted(won) == [200, 1000, 1000, 1000, 1000]
    codes = Counter(one.json()["code"] for one in answers if one.status_code != 201)
    assert codes.keys() <= {"allowance_spent", "action_not_available"} and codes.total() == 19
    assert left(care, who) == {2024: 0}
    (figure,) = care.sql(
        "SELECT sum(granted_yen)::integer AS yen FROM care.claim AS m JOIN care.care_case AS c ON c.id = m.case_id "
        f"WHERE c.person_id = '{who.person}'"
    )
    assert figure["yen"] == 20000


def test_the_database_holds_the_cap(care: Care) -> None:
    who = participant()
    claim = submitted(care, who, amount="60000")
    take = (
        "UPDATE care.claim SET state = 'approved', amount_yen = 60000, granted_yen = {yen}, "
        f"decided_at = platform.now(), decided_by = '{{by}}' WHERE id = '{claim}'"
    )
    with pytest.raises(Exception, match="there is no allowance of this year"):
        care.sql(take.format(yen=1, by=uuid4()))
    care.sql(
        f"INSERT INTO care.allowance (person_id, fiscal_year, cap_yen) VALUES ('{who.person}', 2024, 20000)"
    )
    with pytest.raises(Exception, match="allowance_within_cap"):
        care.sql(take.format(yen=20001, by=uuid4()))
    with pytest.raises(Exception, match="nobody decides a claim of their own"):
        care.sql(take.format(yen=20000, by=who.person))
    care.sql(take.format(yen=20000, by=uuid4()))
    with pytest.raises(Exception, match="what was granted is not taken back"):
        care.sql(f"UPDATE care.claim SET granted_yen = 1 WHERE id = '{claim}'")


def test_a_bill_from_abroad_is_exchanged_at_the_rate_of_its_day(care: Care) -> None:
    who = participant()
    claim = submitted(care, who, on="2024-05-02", currency="NZD", amount="85.50")
    missing = act(care, "approve", claim)
    assert (missing.status_code, missing.json()["code"]) == (409, "exchange_rate_missing")
    for first, last, rate in (("2024-04-01", "2024-05-01", "90"), ("2024-05-02", "2024-05-31", "93.4567")):
        body = {"currency": "NZD", "valid_from": first, "valid_to": last, "yen_rate": rate}
        assert done(care.call("care_exchange_rates_create", OFFICER, json=body))["yen_rate"] == rate
    approved = done(act(care, "approve", claim))
    assert (approved["amount"], approved["amount_yen"], approved["granted_yen"]) == ("85.5", 7990, 3995)
    body = {"currency": "NZD", "valid_from": "2024-05-31", "valid_to": "2024-06-30", "yen_rate": "91"}
    again = care.call("care_exchange_rates_create", OFFICER, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "exchange_rate_overlaps")
    body |= {"valid_from": "2024-07-01"}
    wrong = care.call("care_exchange_rates_create", OFFICER, json=body)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "exchange_rate_days")


def test_rates_are_loaded_from_a_file_and_the_same_file_changes_nothing(care: Care) -> None:
    file = "通貨,有効開始日,有効終了日,1単位あたりの円\nCHF,2024/5/1,2024/5/31,１７１．６２\nKRW,R6.5.1,2024-05-31,0.1141\n"
    headers, wanted = {"Content-Type": "text/csv"}, {"kind": "exchange-rates"}
    database = care.served.app.state.service.database
    importer = Importer("care", "care", database, [exchange_rates])
    for _ in range(2):
        sent = done(
            care.call("care_imports_create", OFFICER, headers=headers, content=file.encode(), params=wanted)
        )
        care.served.run(importer.work(UUID(sent["id"]), 1))
        told = done(care.call("care_operations_read", OFFICER, path={"operation_id": sent["id"]}))
        assert told["state"] == "succeeded", told
    rates = {
        one["currency"]: (one["valid_to"], one["yen_rate"])
        for one in done(
            care.call("care_exchange_rates_list", participant(), params={"holds_on": "2024-05-15"})
        )["items"]
        if one["currency"] in ("CHF", "KRW")
    }
    assert rates == {"CHF": ("2024-05-31", "171.62"), "KRW": ("2024-05-31", "0.1141")}
    assert (
        care.call(
            "care_imports_create", participant(), headers=headers, content=b"", params=wanted
        ).status_code
        == 404
    )


def test_terms_hold_from_their_fiscal_year_on(care: Care) -> None:
    body = {"fiscal_year": 2021, "subsidy_percent": 70, "cap_yen": 30000}
    done(care.call("care_subsidy_terms_create", OFFICER, json=body))
    done(
        care.call(
            "care_subsidy_terms_create", OFFICER, json=body | {"fiscal_year": 2022, "subsidy_percent": 50}
        )
    )
    who = participant()
    assert granted(care, submitted(care, who, on="2022-03-31", amount="10001")) == 7000
    assert granted(care, submitted(care, who, on="2021-03-31", amount="10001")) == 5000
    early = act(care, "approve", submitted(care, who, on="2017-03-31"))
    assert (early.status_code, early.json()["code"]) == (409, "subsidy_terms_missing")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"service_on": "2024-07-09"}, "/service_on"),
        ({"amount": "100.5"}, "/amount"),
        ({"amount": "0"}, "/amount"),
        ({"amount": "1000000000"}, "/amount"),
        ({"amount": "-5"}, "/amount"),
        ({"currency": "yen"}, "/currency"),
        ({"account_number": "12"}, "/account_number"),
        ({"account_holder_kana": "Jane"}, "/account_holder_kana"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(care: Care, body: dict[str, str], pointer: str) -> None:
    sound = {"service_on": "2024-06-10", "currency": "JPY", "amount": "100"}
    answer = care.call("care_claims_create", participant(), json=sound | body)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


def test_a_claim_is_its_participants_and_the_officers(care: Care) -> None:
    who, other = participant(), participant()
    claim, theirs = submitted(care, who), submitted(care, other)
    found = done(care.call("care_claims_list", who))["items"]
    assert [one["id"] for one in found] == [claim]
    employer = Caller("organisation", organisation=uuid4(), person=uuid4())
    for caller in (other, PROTECTOR, care.counsellor(), Caller("coordinator", person=uuid4()), employer):
        for operation in ("care_claims_read", "care_claims_details", "care_claims_approve"):
            assert care.call(operation, caller, path={"ref": claim}).status_code == 404
    listed = done(care.call("care_claims_list", OFFICER, params={"limit": 500}))["items"]
    assert {claim, theirs} <= {one["id"] for one in listed}
    machine = Caller("care_officer")
    assert care.call("care_claims_approve", machine, path={"ref": claim}).status_code == 403
    assert care.call("care_claims_details", machine, path={"ref": claim}).status_code == 403


def test_nobody_decides_a_claim_of_their_own_nor_beyond_a_wall(care: Care) -> None:
    who = participant()
    claim = submitted(care, who)
    friend = Caller("care_officer", person=uuid4())
    walled(care, friend.person, who.person)
    for officer in (Caller("care_officer", person=who.person), friend):
        assert act(care, "approve", claim, officer).status_code == 404
        assert care.call("care_claims_details", officer, path={"ref": claim}).status_code == 404
        listed = done(care.call("care_claims_list", officer, params={"limit": 500}))["items"]
        assert claim not in {one["id"] for one in listed}
    assert granted(care, claim) == 4200


def test_a_receipt_is_what_its_first_bytes_say_and_sealed(care: Care) -> None:
    who = participant()
    claim = written(care, who)["id"]
    kinds = {"image/jpeg": JPEG, "image/png": PNG, "image/heic": HEIC, "application/pdf": PDF}
    for media, content in kinds.items():
        made = done(photographed(care, who, claim, content, "image/jpeg"))
        assert (made["media_type"], made["size"]) == (media, len(content))
        path = {"ref": made["id"]}
        shown = care.call("care_claim_receipts_file", who, path=path)
        assert (shown.content, shown.headers["content-type"]) == (content, media)
        assert shown.headers["cache-control"] == "no-store"
        # what is not handed in is its writer's alone
        for caller in (participant(), PROTECTOR, care.counsellor(), OFFICER):
            assert care.call("care_claim_receipts_file", caller, path=path).status_code == 404
    stored = care.sql(f"SELECT content FROM care.claim_receipt WHERE claim_id = '{claim}'")
    assert not any(b"photograph" in row["content"] or b"paper" in row["content"] for row in stored)
    assert photographed(care, who, claim, b"GIF89a" + b"x" * 50).json()["code"] == "receipt_unreadable"
    assert photographed(care, who, claim, JPEG, "image/gif").status_code == 415
    assert photographed(care, who, claim, JPEG + bytes(10 * 1024 * 1024)).status_code == 413
    full = JPEG + bytes(10 * 1024 * 1024 - len(JPEG))
    big = done(photographed(care, who, claim, full))
    assert care.call("care_claim_receipts_file", who, path={"ref": big["id"]}).content == full
    assert done(care.call("care_claim_receipts_remove", who, path={"ref": big["id"]}))["receipts"] == 4
    for _ in range(6):
        done(photographed(care, who, claim))
    assert photographed(care, who, claim).json()["code"] == "too_many_receipts"
    done(act(care, "submit", claim, who))
    assert care.call("care_claim_receipts_file", OFFICER, path=path).content == PDF


def test_a_receipt_sent_twice_with_one_key_is_there_once(care: Care) -> None:
    who = participant()
    claim = written(care, who)["id"]
    headers = {"Content-Type": "image/jpeg", "Idempotency-Key": str(uuid4())}
    options = {"path": {"ref": claim}, "content": JPEG}
    first, second = (care.call("care_claim_receipts_add", who, headers=headers, **options) for _ in range(2))
    assert first.json() == second.json() and second.headers["idempotency-replayed"] == "true"
    assert done(care.call("care_claims_read", who, path={"ref": claim}))["receipts"] == 1


def test_what_a_claim_says_stands_nowhere_in_the_clear(care: Care) -> None:
    """In no table of the schema: not in the audit, the outbox, or an answer that is kept for a retry."""
    who = participant()
    claim = submitted(care, who)
    done(act(care, "return", claim, json={"claim_answer": "秘密の返事です。"}))
    care.call("care_claims_details", OFFICER, path={"ref": claim})
    tables = [
        row["name"] for row in care.sql("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'care'")
    ]
    words = [
        word.encode()
        for word in (CLINIC, "7654321", "ジェーン", "カウンセリング", "秘密の返事", "photograph")
    ]
    for table in tables:
        for row in care.sql(f"SELECT t::text AS said, t AS whole FROM care.{table} AS t"):
            said = row["said"].encode() + b"".join(one for one in row["whole"] if isinstance(one, bytes))
            assert not any(word in said or word.hex().encode() in said for word in words), table
    assert care.sql("SELECT FROM care.outbox") == []
    (entry,) = care.sql(
        f"SELECT before, after FROM care.audit_entry WHERE resource_id = '{claim}' AND action = 'read'"
    )
    assert (entry["before"], entry["after"]) == (None, None)


def test_figures_count_claims_persons_and_yen_of_each_year(care: Care) -> None:
    def figures() -> dict[int, tuple[int, int, int]]:
        rows = care.sql("SELECT * FROM care.claim_figure")
        return {row["fiscal_year"]: (row["claims"], row["persons"], row["yen"]) for row in rows}

    before = figures().get(2019, (0, 0, 0))
    who, other = participant(), participant()
    for caller, amount in ((who, "3000"), (who, "5000"), (other, "7001")):
        granted(care, submitted(care, caller, on="2019-10-10", amount=amount))
    after = figures()[2019]
    assert tuple(now - then for now, then in zip(after, before, strict=True)) == (3, 2, 7500)


def test_what_a_shredded_case_leaves_of_its_claims_is_sums(care: Care) -> None:
    who = participant()
    claim = submitted(care, who, on="2018-05-05")
    assert granted(care, claim) == 4200
    paid_today(care)
    a_day_later(care)
    care.sql(
        "UPDATE care.care_case SET state = 'closed', closed_on = '2018-06-01', keep_until = '2023-06-01', "
        f"outcome = 'settled' WHERE person_id = '{who.person}'"
    )
    assert care.served.run(shred_due(care.served.app.state.service.database)) >= 1
    assert care.sql(f"SELECT FROM care.claim_receipt WHERE claim_id = '{claim}'") == []
    assert care.sql(f"SELECT FROM care.allowance WHERE person_id = '{who.person}'") == []
    assert care.call("care_claims_details", OFFICER, path={"ref": claim}).status_code == 404
    (figure,) = care.sql("SELECT yen FROM care.claim_figure WHERE fiscal_year = 2018")
    assert figure["yen"] >= 4200
