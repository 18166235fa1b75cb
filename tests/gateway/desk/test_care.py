"""Counselling at the desk: a participant, a counsellor and an officer of counselling, each in one short story."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from client.api import Api
from client.demo.clients import Wanted, credentials, register
from services.system import System
from tests.support.desk import Visitor
from tests.support.offices import Offices, Somebody
from tests.support.sql import fetch

MINE, SLOTS, BOOKINGS = "/desk/appointments", "/desk/slots", "/desk/bookings"
TELLING = ("相談", "counsel", "care")
TOOL = Wanted(
    "care-figures", "Figures", "care_officer", ("care.figures:read", "care.return:write"),
    acts_for_people=True, keyed=True,
)  # fmt: skip


@dataclass
class Talks:
    """A counsellor of a vendor and an officer, who signed in, a tool of the officer's, and a day far enough ahead."""

    office: Offices
    counsellor: Visitor
    officer: Visitor
    tool: Api
    vendor: str
    day: str

    def participant(self) -> Somebody:
        return self.office.person("participant", participant=uuid4())


@pytest.fixture(scope="module")
def talks(system: System, office: Offices) -> Iterator[Talks]:
    vendor = office.organisation(f"V{uuid4().hex[:8].upper()}", "company", "架空相談室")
    now = datetime.fromisoformat(office.registrar.get("/identity/v1/clock")["now"])
    care = office.staff("care")
    known = credentials(register(office.registrar, TOOL, system.keys), str(care.id))
    with Visitor(system) as counsellor, Visitor(system) as officer, Api(system.url, known) as tool:
        counsellor.sign_in(office.officer(vendor, "counsellor").email)
        officer.sign_in(care.email)
        yield Talks(office, counsellor, officer, tool, vendor, (now + timedelta(days=20)).date().isoformat())


def free_slot(talks: Talks, day: str, hour: int) -> None:
    """Two slots of fifty minutes from this hour in Japan."""
    talks.counsellor.get(SLOTS)
    shown = talks.counsellor.post(SLOTS, {
        "time_zone": "Asia/Tokyo", "local_start": f"{day}T{hour:02d}:00", "until": f"{hour + 2:02d}:00",
        "minutes": "50", "channel": "online", "counsellor_name": f"Sam {hour}",
    })  # fmt: skip
    assert "枠を2件登録しました" in shown.text, shown.text


def button(html: str, start: str) -> dict[str, str]:
    """The hidden fields of the form that books the slot which starts then."""
    row = next(one for one in html.split("<tr>") if f"{start}" in one and 'name="slot"' in one)
    slot = row.split('name="slot" value="', 1)[1].split('"', 1)[0]
    return {"slot": slot, "zone": row.split('name="zone" value="', 1)[1].split('"', 1)[0]}


def test_a_participant_books_by_their_own_clock_and_cancels(system: System, talks: Talks) -> None:
    free_slot(talks, talks.day, 15)
    with Visitor(system, "en") as visitor:
        visitor.sign_in(talks.participant().email)
        shown = visitor.get(MINE, zone="Asia/Bangkok")
        assert "Sam 15" in shown.text and "架空相談室" in shown.text
        title = shown.html.split("<title>", 1)[1].split("</title>", 1)[0].lower()
        assert title.startswith("appointments") and not [word for word in TELLING if word in title + MINE]
        japan = talks.counsellor.get(BOOKINGS, day=talks.day)
        assert "この日の予約はありません" in japan.text
        start = f"{talks.day} 13:00"  # two hours behind Japan
        booked = visitor.post(MINE, button(shown.html, start))
        assert "Your appointment is booked" in booked.text and "neither" in booked.text.lower()
        assert f"{talks.day} 15:00 Asia/Tokyo" in booked.text
        calendar = visitor.http.get("/desk/appointments.ics")
        told = (calendar.text + calendar.headers["content-disposition"]).lower()
        assert "summary:appointment" in told and not [word for word in TELLING if word in told]
        theirs = talks.counsellor.get(BOOKINGS, day=talks.day)
        assert "C-" in theirs.text and "Asia/Bangkok" in theirs.text and "予約済み" in theirs.text
        again = visitor.post(MINE, button(shown.html, start))
        assert again.status == 409 and "not free" in again.text
        address = booked.html.split(f'action="{MINE}/', 1)[1].split('"', 1)[0]
        gone = visitor.post(f"{MINE}/{address}")
        assert "Your appointment is cancelled" in gone.text and "You have no appointment" in gone.text


def test_a_counsellor_adds_slots_and_is_told_what_clocks_do_not_show(talks: Talks) -> None:
    visitor = talks.counsellor
    free_slot(talks, talks.day, 9)
    visitor.get(SLOTS)
    early = {"time_zone": "Europe/Berlin", "minutes": "50", "channel": "phone", "until": ""}
    year = int(talks.day[:4]) + 1
    skipped = _last_sunday(year, 3)
    refused = visitor.post(SLOTS, early | {"local_start": f"{skipped}T02:30"})
    assert (
        refused.status == 409
        and "夏時間への切替え" in refused.text
        and f'value="{skipped}T02:30"' in refused.html
    )
    clash = visitor.post(SLOTS, early | {"time_zone": "Asia/Tokyo", "local_start": f"{talks.day}T09:10"})
    assert clash.status == 409 and "別の枠があります" in clash.text
    shown = visitor.get(SLOTS)
    address = next(one for one in shown.html.split(f'action="{SLOTS}/')[1:] if f"{talks.day} 09:00" in one)
    gone = visitor.post(f"{SLOTS}/{address.split(chr(34), 1)[0]}")
    assert "枠を取り下げました" in gone.text and f"{talks.day} 09:50" in gone.text


def _last_sunday(year: int, month: int) -> str:
    day = datetime(year, month, 31)
    return (day - timedelta(days=(day.weekday() + 1) % 7)).date().isoformat()


PHOTO = b"\xff\xd8\xff\xe0" + b"a photograph" * 50
CLAIM = {
    "currency": "JPY", "amount": "9000", "clinic_name": "Nowhere Clinic", "bank_code": "9999", "branch_code": "999",
    "account_type": "ordinary", "account_number": "0000001", "account_holder_kana": "サンプル テイラー",
}  # fmt: skip


def test_a_first_word_is_assigned_answered_and_read_by_the_two_alone(system: System, talks: Talks) -> None:
    word, answer, note = (f"{said} {uuid4().hex}" for said in ("A word", "An answer", "A note"))
    with Visitor(system, "en") as visitor, Visitor(system, "en") as stranger:
        visitor.sign_in(talks.participant().email)
        stranger.sign_in(talks.participant().email)
        visitor.get(f"{MINE}/messages")
        assert visitor.post(f"{MINE}/messages", {"body": ""}).status == 422
        assert word in visitor.post(f"{MINE}/messages", {"body": f"{word}\r\nand more"}).text
        waiting = talks.officer.get("/desk/care-cases")
        assert word not in waiting.text and talks.officer.get("/desk/cases").status == 404
        address = waiting.html.rsplit('action="/desk/care-cases/', 1)[1].split('"', 1)[0]
        chosen = next(one for one in waiting.html.split('<option value="')[1:] if "架空相談室" in one)
        given = {"counsellor": chosen.split('"', 1)[0]}
        assert "担当を決めました" in talks.officer.post(f"/desk/care-cases/{address}", given).text
        shown = talks.counsellor.get(f"/desk/cases/{address}")
        assert word in shown.text and shown.text.count("C-") == 1
        assert (
            "返信しました" in talks.counsellor.post(f"/desk/cases/{address}/message", {"body": answer}).text
        )
        assert note in talks.counsellor.post(f"/desk/cases/{address}/note", {"content": note}).text
        read = visitor.get(f"{MINE}/messages").text
        assert answer in read and note not in read
        assert answer not in stranger.get(f"{MINE}/messages").text
        referral = {"referred_to": "Nowhere Clinic", "referral_content": "Sleeps badly"}
        asked = talks.counsellor.post(f"/desk/cases/{address}/refer", referral)
        assert "提案中" in asked.text and "送付済みにする" not in asked.text
        consent = visitor.get(f"{MINE}/messages")
        assert "Sleeps badly" in consent.text
        step = consent.html.split(f'action="{MINE}/messages/referrals/', 1)[1].split('"', 1)[0]
        assert (
            step.endswith("/consent")
            and "Consented" in visitor.post(f"{MINE}/messages/referrals/{step}").text
        )
        talks.counsellor.get(f"/desk/cases/{address}")
        sent = talks.counsellor.post(f"/desk/cases/{address}/referrals/{step.split('/')[0]}")
        assert "紹介を送付済みにしました" in sent.text
        assert ">連絡途絶</option>" in sent.html
        closed = talks.counsellor.post(f"/desk/cases/{address}/close", {"outcome": "settled"})
        assert "ケースを終了しました" in closed.text and answer in visitor.get(f"{MINE}/messages").text


def test_a_bill_goes_to_clair_with_its_photograph_and_is_decided_there(system: System, talks: Talks) -> None:
    day = (datetime.fromisoformat(talks.day) - timedelta(days=30)).date().isoformat()
    home = f"{MINE}/refunds"
    with Visitor(system, "en") as visitor, Visitor(system, "en") as stranger:
        visitor.sign_in(talks.participant().email)
        stranger.sign_in(talks.participant().email)
        visitor.get(home)
        wrong = visitor.post(home, CLAIM | {"service_on": day, "amount": "-1"})
        assert wrong.status == 422 and "Nowhere Clinic" in wrong.html
        saved = visitor.post(home, CLAIM | {"service_on": day})
        assert saved.path.startswith(f"{home}/") and "Nowhere Clinic" in saved.text
        early = visitor.post(f"{saved.path}/submit")
        assert early.status == 422 and 'role="alert"' in early.html
        assert visitor.post(f"{saved.path}/receipts").status == 422
        added = visitor.post(f"{saved.path}/receipts", files={"file": ("care at the clinic.JPG", PHOTO, "")})
        assert "The receipt is added" in added.text and "care at" not in added.html
        receipt = added.html.split(f"{saved.path}/receipts/", 1)[1].split('"', 1)[0]
        kept = visitor.http.get(f"{saved.path}/receipts/{receipt}")
        assert kept.content == PHOTO and "clinic" not in kept.headers["content-disposition"]
        assert stranger.get(saved.path).status == 404
        assert "It is submitted" in visitor.post(f"{saved.path}/submit").text
        claim = f"/desk/care-claims/{saved.path.rsplit('/', 1)[1]}"
        shown = talks.officer.get(claim)
        assert "Nowhere Clinic" in shown.text and "C-" in shown.text
        assert talks.officer.http.get(f"{claim}/receipts/{receipt}").content == PHOTO
        talks.officer.get(claim)
        back = talks.officer.post(f"{claim}/return", {"claim_answer": "Which day?"})
        assert "差し戻しました" in back.text
        again = visitor.get(saved.path)
        assert "Which day?" in again.text
        etag = {"etag": again.hidden["etag"]}
        assert (
            "It is saved"
            in visitor.post(saved.path, CLAIM | etag | {"service_on": day, "amount": "8000"}).text
        )
        visitor.post(f"{saved.path}/submit")
        talks.officer.get(claim)
        assert "承認しました" in talks.officer.post(f"{claim}/approve").text
        assert "4,000" in visitor.get(saved.path).text
        listed = talks.officer.get("/desk/care-claims")
        assert re.search(r"承認済みで未払いの申請 ?: [1-9]", listed.text), listed.text
        paid = talks.officer.post("/desk/care-claims/payments", {"pay_on": talks.day})
        assert "振込を作成しました" in paid.text, paid.text
        file = paid.html.split('href="/desk/care-claims/payments/', 1)[1].split('"', 1)[0]
        lines = talks.officer.http.get(f"/desk/care-claims/payments/{file}")
        assert "4000" in lines.text and not [word for word in TELLING if word in lines.text.lower()]


def test_two_persons_open_a_case_and_a_third_sees_each_reading(system: System, talks: Talks) -> None:
    word, glass = f"A word {uuid4().hex}", "/desk/glass"
    second, protector = talks.office.staff("care"), talks.office.staff("protection")
    with Visitor(system, "en") as visitor, Visitor(system) as other, Visitor(system) as watch:
        visitor.sign_in(talks.participant().email)
        other.sign_in(second.email)
        assert watch.sign_in(protector.email).path == "/desk/protection"
        visitor.get(f"{MINE}/messages")
        visitor.post(f"{MINE}/messages", {"body": word})
        waiting = talks.officer.get("/desk/care-cases").html
        case = waiting.rsplit('href="/desk/care-cases/', 1)[1]
        address, pseudonym = case.split('"', 1)[0], case.split(">", 1)[1].split("<", 1)[0]
        assert (
            "この仮名のケースはありません" in talks.officer.get("/desk/care-find", pseudonym="C-000000").text
        )
        shown = talks.officer.get("/desk/care-find", pseudonym=pseudonym.lower())
        assert shown.path == f"/desk/care-cases/{address}" and word not in shown.text
        empty = talks.officer.post(f"{shown.path}/glass", {"reason": ""})
        assert empty.status == 422 and 'id="reason-error"' in empty.html
        mine = talks.officer.post(f"{shown.path}/glass", {"reason": "danger_to_life"})
        assert "生命の危険" in mine.text and "あなた" in mine.text and "承認する" not in mine.text
        assert talks.officer.get(f"{mine.path}/content").status == 404
        assert (
            "あなたの決定を待っています" in other.get(glass).text
            and "あなたの決定を待っています" in watch.get(glass).text
        )
        assert "あなたの決定を待っています" not in talks.officer.get(glass).text
        assert talks.officer.post(f"{mine.path}/approve").status == 409
        opened = other.get(mine.path)
        assert pseudonym in opened.text and pseudonym in watch.get(mine.path).text
        assert f"{mine.path}/approve" in opened.html and f"{mine.path}/refuse" in opened.html
        assert "承認しました" in other.post(f"{mine.path}/approve").text
        assert other.get(f"{mine.path}/content").status == 404
        assert "読むたびに、あなたと時刻が記録されます" in talks.officer.get(mine.path).text
        read = talks.officer.get(f"{mine.path}/content")
        assert word in read.text and "この閲覧は記録されました" in read.text
        assert watch.get(f"{mine.path}/content").status == other.get(f"{mine.path}/readings").status == 404
        told = watch.get(f"{mine.path}/readings")
        assert told.text.count("内容を閲覧") == 1 and word not in told.text and str(second.id) in told.text
        watch.get(mine.path)
        assert "閲覧を終了しました" in watch.post(f"{mine.path}/end").text
        assert talks.officer.get(f"{mine.path}/content").status == 404
        assert "終了" in talks.officer.get(shown.path).text


def test_a_wall_between_two_is_put_up_and_lifted(talks: Talks) -> None:
    walls, somebody = "/desk/care-walls", str(uuid4())
    shown = talks.officer.get(walls)
    options = re.findall(r'<option value="([0-9a-f-]{36})">([^<]*)<', shown.html)
    # who counsels, though no case and no slot names them
    chosen = next(one for one, name in options if "架空相談室" in name)
    given = {"counsellor_id": chosen, "jet_number": "20240000001", "reason": "friend"}
    refused = talks.officer.post(walls, given)
    assert refused.status == 422 and 'id="jet_number-error"' in refused.html
    assert (
        "前日までに名簿に載った人だけが見つかります" in refused.text and 'value="20240000001"' in refused.html
    )
    given["jet_number"] = ""
    assert f'value="{chosen}" selected' in refused.html
    up = talks.officer.post(walls, given | {"participant_id": somebody})
    assert "壁を設定しました" in up.text and somebody in up.text and "友人" in up.text
    assert talks.officer.post(walls, given | {"participant_id": somebody}).status == 409
    row = next(one for one in talks.officer.get(walls).html.split("<tr>") if somebody in one)
    lifted = talks.officer.post(row.split('action="', 1)[1].split('"', 1)[0])
    assert "壁を解除しました" in lifted.text and somebody in lifted.text


def test_a_word_by_telephone_is_noted_and_what_had_begun_is_recorded(system: System, talks: Talks) -> None:
    office, number = "/desk/care-cases", "20249999991"
    fetch(
        system.database,
        "INSERT INTO care.serving (person_id, jet_number, organisation_id, host_id, effective) "
        f"VALUES (uuidv7(), '{number}', uuidv7(), uuidv7(), '[2024-04-01,2099-01-01)')",
    )
    talks.officer.get(office)
    refused = talks.officer.post(office, {"jet_number": number, "channel": ""})
    assert refused.status == 422 and f'value="{number}"' in refused.html
    noted = talks.officer.post(office, {"jet_number": number, "channel": "phone"})
    pseudonym = re.search(r"申出をケース (C-\w{6}) に記録しました", noted.text)
    assert pseudonym is not None and number not in noted.html
    assert talks.officer.get("/desk/care-find", pseudonym=pseudonym[1]).path.startswith(f"{office}/")
    free_slot(talks, talks.day, 12)
    with Visitor(system, "en") as visitor:
        visitor.sign_in(talks.participant().email)
        shown = visitor.get(MINE, zone="Asia/Tokyo")
        assert (
            "Your appointment is booked" in visitor.post(MINE, button(shown.html, f"{talks.day} 12:00")).text
        )
    day = talks.counsellor.get(BOOKINGS, day=talks.day)
    booked = next(one for one in day.text.split() if one.startswith("C-"))
    before = talks.officer.get("/desk/care-find", pseudonym=booked)
    assert "記録されていない予約" not in before.text
    fetch(
        system.database,
        "DO $$ BEGIN PERFORM set_config('session_replication_role', 'replica', true); UPDATE care.booking AS b "
        "SET starts_at = platform.now() - interval '1 hour', ends_at = platform.now() FROM care.care_case AS c "
        f"WHERE c.id = b.case_id AND c.pseudonym = '{booked}'; END $$",
    )
    begun = talks.officer.get(before.path)
    step = begun.html.split(f'action="{before.path}/bookings/', 1)[1].split('"', 1)[0]
    recorded = talks.officer.post(f"{before.path}/bookings/{step}")
    assert "実施を記録しました" in recorded.text and "記録されていない予約" not in recorded.text


def test_terms_and_rates_are_added_and_mended(talks: Talks) -> None:
    home, officer = "/desk/care-terms", talks.officer
    rate = {"currency": "CAD", "valid_from": "2024-04-01", "valid_to": "2024-04-30", "yen_rate": "110.25"}
    officer.get(home)
    wrong = officer.post(f"{home}/rates", rate | {"currency": "JPY"})
    assert wrong.status == 422 and "為替レートが範囲の外です" in wrong.text and 'value="JPY"' in wrong.html
    added = officer.post(f"{home}/rates", rate)
    assert "追加しました" in added.text and "110.25" in added.text
    assert officer.post(f"{home}/rates", rate).status == 409
    row = next(one for one in officer.get(home).html.split("<tr>") if "110.25" in one)
    one = officer.get(row.split('href="', 1)[1].split('"', 1)[0])
    etag = {"etag": one.hidden["etag"]}
    assert "110.5" in officer.post(one.path, rate | etag | {"yen_rate": "110.5"}).text
    assert officer.post(one.path, rate | etag | {"yen_rate": "111"}).status == 412
    term = {"fiscal_year": "2190", "subsidy_percent": "60", "cap_yen": "3万"}
    assert officer.post(f"{home}/terms", term).status == 422
    assert "30,000" in officer.post(f"{home}/terms", term | {"cap_yen": "30000"}).text


def test_who_read_the_figures_is_told(system: System, talks: Talks) -> None:
    year = int(talks.day[:4]) - 2
    talks.tool.post("/care/v1/vendor-returns", {
        "organisation_code": talks.vendor, "fiscal_year": year, "month": 4, "channel": "web_mail", "unit": "cases",
        "value": 40,
    })  # fmt: skip
    release = talks.tool.post("/care/v1/figure-releases", {"fiscal_year": year})
    home, ledger = "/desk/protection", "/desk/released-figures"
    assert (
        str(year) in talks.officer.get(ledger).text
        and "まだだれも読んでいません" in talks.officer.get(ledger).text
    )
    talks.tool.get(f"/care/v1/figure-releases/{release['id']}/tables")
    assert TOOL.client_id in talks.officer.get(ledger).text and talks.officer.get(home).status == 404
    with Visitor(system) as watch:
        shown = watch.sign_in(talks.office.staff("protection").email)
        assert TOOL.client_id in shown.text and "相談事業担当" in shown.text
        assert TOOL.client_id in watch.get(ledger).text
