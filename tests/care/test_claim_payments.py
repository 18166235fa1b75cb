"""A payment's file tells a bank whom to pay, and nobody what for."""

from uuid import uuid4

import httpx

from tests.care.claiming import CLINIC, CONTENT, granted, persists, submitted, walled
from tests.support.care import ANOTHER_OFFICER, OFFICER, PROTECTOR, Care, at_once, done, participant
from tests.support.serving import Caller

# in any case, in the file, its name, its headings and the headers of its answer
TELLING = (
    "相談", "カウンセ", "助成", "補助", "医療", "診療", "受診", "病院", "クリニック", "心", "こころ", "メンタル", "申請",
    "counsel", "care", "clinic", "mental", "claim", "subsid", "health", "support", "medical", "therap",
)  # fmt: skip


def paid(care: Care, officer: Caller = OFFICER, day: str = "2024-07-31") -> httpx.Response:
    return care.call("care_claim_payments_create", officer, json={"pay_on": day})


def emptied(care: Care) -> None:
    """Nothing that other tests approved waits any more."""
    assert paid(care).status_code in (201, 409)


def test_what_is_approved_is_paid_and_the_file_reads_as_any_other_of_the_programme(care: Care) -> None:
    emptied(care)
    who, other = participant(), participant()
    amounts = {
        granted(care, submitted(care, who)): who,
        granted(care, submitted(care, other, amount="999")): other,
    }
    assert list(amounts) == [4200, 499]
    payment = done(paid(care))
    assert (payment["claims"], payment["total_yen"]) == (2, 4699)
    (mine,) = done(care.call("care_claims_list", who))["items"]
    assert (mine["state"], mine["pay_on"]) == ("paid", "2024-07-31")
    answer = care.call("care_claim_payments_file", OFFICER, path={"ref": payment["id"]})
    assert answer.status_code == 200, answer.text
    head, *lines = answer.text.removeprefix("\ufeff").splitlines()
    assert head == "金融機関コード,支店コード,預金種目,口座番号,受取人名,振込金額,振込依頼人名,振込指定日"
    account = f"{CONTENT['bank_code']},{CONTENT['branch_code']},1,{CONTENT['account_number']},ジエ－ン ドウ－"
    assert lines == [f"{account},{yen},ジエツトプログラム,20240731" for yen in (4200, 499)]
    told = (answer.text + str(dict(answer.headers))).lower()
    assert [word for word in (*TELLING, CLINIC) if word in told] == []
    sjis = care.call(
        "care_claim_payments_file",
        OFFICER,
        headers={"Accept": "text/csv; charset=cp932"},
        path={"ref": payment["id"]},
    )
    assert "ジエツトプログラム" in sjis.content.decode("cp932")
    (entry,) = care.sql(
        "SELECT cardinality(subjects) AS n FROM care.audit_entry WHERE resource = 'claim-payments' AND action = 'read' "
        f"AND resource_id = '{payment['id']}' LIMIT 1"
    )
    assert entry["n"] == 2
    again = paid(care)
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_pay")


def test_each_claim_is_paid_once_however_many_officers_pay_at_once(care: Care) -> None:
    emptied(care)
    claims = [submitted(care, participant(), amount="1000") for _ in range(6)]
    for claim in claims:
        granted(care, claim)
    answers = at_once(
        care,
        *(
            persists(care, "care_claim_payments_create", officer, json={"pay_on": "2024-08-01"})
            for officer in (OFFICER, ANOTHER_OFFICER) * 4
        ),
    )
    made = [one.json() for one in answers if one.status_code == 201]
    assert sum(one["claims"] for one in made) == 6 and sum(one["total_yen"] for one in made) == 3000


def test_payments_are_the_officers_and_not_for_whom_a_wall_parts(care: Care) -> None:
    emptied(care)
    who, other = participant(), participant()
    granted(care, submitted(care, who))
    friend = Caller("care_officer", person=uuid4())
    walled(care, friend.person, who.person)
    assert paid(care, friend).json()["code"] == "nothing_to_pay"
    granted(care, submitted(care, other))
    theirs = done(paid(care, friend))
    assert theirs["claims"] == 1
    rest = done(paid(care))
    for ref, caller, status in (
        (theirs["id"], friend, 200), (rest["id"], friend, 404), (rest["id"], OFFICER, 200),
        (rest["id"], who, 404), (rest["id"], PROTECTOR, 404), (rest["id"], Caller("care_officer"), 403),
    ):  # fmt: skip
        assert care.call("care_claim_payments_file", caller, path={"ref": ref}).status_code == status
    assert care.call("care_claim_payments_read", friend, path={"ref": rest["id"]}).status_code == 404


def test_a_payment_is_of_today_or_later(care: Care) -> None:
    granted(care, submitted(care, participant()))
    late = paid(care, day="2024-07-07")
    assert (late.status_code, late.json()["code"]) == (422, "pay_day_past")
