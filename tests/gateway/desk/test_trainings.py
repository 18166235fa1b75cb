"""Pages of whoever runs trainings and of organisations: what they say and keep, without a browser."""

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from client.api import Api
from client.demo.clients import PROGRAMME, Wanted, credentials, register
from services.gateway.desk.pages.check_in import current, ticket_of
from services.kit.japan.clock import JST
from tests.support import trainings
from tests.support.desk import Visitor
from tests.support.offices import Offices

LARGEST = 100_000
MANY = 1000
STAFF = ("organisation_staff", "teacher")


@pytest.fixture(scope="module")
def clair(office: Offices) -> Iterator[Api]:
    office.association()
    wanted = Wanted(f"trains-{uuid4().hex[:8]}", "試験", "coordinator", PROGRAMME)
    with Api(office.system.url, credentials(register(office.registrar, wanted, office.system.keys))) as api:
        yield api


@pytest.fixture(scope="module")
def trainer(office: Offices) -> Iterator[Visitor]:
    with Visitor(office.system) as visitor:
        visitor.sign_in(office.staff("jet").email)
        yield visitor


@pytest.fixture(scope="module")
def home(office: Offices) -> str:
    return office.organisation(f"N{uuid4().hex[:7].upper()}")


def guest(clair: Api, code: str, home: str, name: str, **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = clair.post("/jet/v1/training-enrolments", {
        "run_code": code, "audience": "organisation_staff", "organisation_code": home, "attendee_name": name,
        "attendee_email": f"{uuid4().hex[:8]}@example.jp", **given,
    })  # fmt: skip
    return made


def attendance(clair: Api, code: str) -> dict[str, str]:
    found = clair.get("/jet/v1/training-attendances", {"run_code": code})["items"]
    return {one["attendee_name"]: one["attendance"] for one in found}


def test_pages_of_a_run_with_a_thousand_people_stay_small(
    clair: Api, trainer: Visitor, home: str, tmp_path: Path
) -> None:
    run = trainings.run(clair, sessions=3, audiences=STAFF)
    file = tmp_path / "people.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["run_code", "audience", "organisation_code", "attendee_name", "attendee_email"])
        for one in range(MANY):
            writer.writerow(
                [run.code, "organisation_staff", home, f"架空 太郎{one:04d}", f"t{one}@example.jp"]
            )
    clair.submit("jet", "training-enrolments", file)
    for path in (f"/desk/runs/{run.code}", f"/desk/runs/{run.code}/attendance"):
        shown, there = trainer.get(path), set[str]()
        assert shown.status == 200 and len(shown.html.encode()) < LARGEST, (path, len(shown.html.encode()))
        there |= {word for word in shown.text.split() if word.startswith("太郎")}
        following = shown.html.split("次の一覧")[0].rpartition('href="')[2].partition('"')[0]
        after = trainer.get(following.replace("&amp;", "&"))
        assert len(after.html.encode()) < LARGEST
        assert there and not there & {word for word in after.text.split() if word.startswith("太郎")}
    assert f"確定 {MANY:,}" in trainer.get(f"/desk/runs/{run.code}").text


def test_a_list_of_attendance_keeps_what_others_recorded_meanwhile(
    clair: Api, trainer: Visitor, home: str
) -> None:
    run = trainings.run(clair, audiences=STAFF)
    first, second, third = (guest(clair, run.code, home, name) for name in ("霧杜", "星渡", "波岡"))
    path = f"/desk/runs/{run.code}/attendance"
    trainer.get(path)
    clair.post(f"/jet/v1/training-sessions/{run.sessions[0]}/check-ins", {"ticket": first["ticket"]})
    sent = {"session": "1", f"row-{first['id']}": "absent", f"row-{second['id']}": "excused"}
    shown = trainer.post(path, sent)
    assert shown.status == 422 and "この間に別の記録（出席）がありました" in shown.text
    assert attendance(clair, run.code) == {"霧杜": "present", "星渡": "excused"}
    shown = trainer.post(path, {f"shown-{first['id']}": "present", f"shown-{second['id']}": "excused",
                                f"row-{second['id']}": "excused", f"row-{first['id']}": "absent", "session": "1",
                                "all": "present"})  # fmt: skip
    assert shown.status == 200 and "出欠を記録しました" in shown.text
    assert attendance(clair, run.code) == {"霧杜": "absent", "星渡": "excused", "波岡": "present"}
    # a row that was left as it was shown is nobody's wish, whatever it has become
    left = {"session": "1", f"shown-{first['id']}": "present", f"row-{first['id']}": "present"}
    assert trainer.post(path, left).status == 200 and attendance(clair, run.code)["霧杜"] == "absent"
    odd = trainer.post(
        path, {"session": "1", f"row-{third['id']}": "perhaps", f"shown-{third['id']}": "present"}
    )
    assert odd.status == 422 and attendance(clair, run.code)["波岡"] == "present"


def test_who_has_earned_an_award_is_shown_before_it_is_made(clair: Api, trainer: Visitor, home: str) -> None:
    run = trainings.run(clair, audiences=STAFF)
    there, _ = (guest(clair, run.code, home, name) for name in ("来た人", "来ない人"))
    clair.post(f"/jet/v1/training-sessions/{run.sessions[0]}/check-ins", {"ticket": there["ticket"]})
    path = f"/desk/runs/{run.code}/awards"
    trainer.get(path)
    shown = trainer.post(path)
    assert "1名" in shown.text and "来た人" in shown.text and "来ない人" not in shown.text
    assert clair.get("/jet/v1/training-completions", {"run_code": run.code})["items"] == []
    assert "1名の修了を認定しました" in trainer.post(path, {"award": "yes"}).text
    (award,) = clair.get("/jet/v1/training-completions", {"run_code": run.code})["items"]
    paper = trainer.get(f"/desk/runs/{run.code}/certificates/{award['id']}/en")
    assert paper.headers["content-type"] == "application/pdf"
    assert trainer.get(f"/desk/runs/{run.code}/certificates/{award['id']}/fr").status == 400
    assert "新しく修了を認定できる人はいません" in trainer.post(path).text


def test_who_enrols_cancels_and_finds_a_run_again_is_told_how_it_went(
    clair: Api, trainer: Visitor, home: str
) -> None:
    run = trainings.run(clair, seats=2, audiences=STAFF)
    path = f"/desk/runs/{run.code}"
    trainer.get(path)
    wrong = trainer.post(f"{path}/enrolments", {"audience": "organisation_staff", "party": "2"})
    assert wrong.status == 422 and "JET番号と参加者氏名のどちらか" in wrong.text
    given = {"audience": "teacher", "attendee_name": "架空 三人", "organisation_code": home, "party": "2"}
    assert "受講が確定しました" in trainer.post(f"{path}/enrolments", given).text
    again = trainer.post(f"{path}/enrolments", given | {"attendee_name": "架空 待"})
    assert "空席待ちです" in again.text and "1番" in trainer.get(path, state="waiting").text
    board = trainer.get("/desk/runs", fiscal_year=run.fiscal_year, q=run.code.lower())
    assert "2 / 2" in board.text and run.code in board.text
    assert run.code not in trainer.get("/desk/runs", q=run.code, kind="japanese").text
    assert f"架空指導力等向上研修{int(run.code[-4:])}" in trainer.get("/desk/editions").text
    assert trainer.get("/desk/runs", fiscal_year="いつか").status == 400
    assert trainer.get(f"{path}/calendar").headers["content-type"].startswith("text/calendar")
    assert trainer.get("/desk/figures/jet-trainings", by="run_code", edition_code=run.code).status == 200
    trainer.get(path)
    assert trainer.post(f"{path}/cancellations", {"cancelled_reason": ""}).status == 422
    assert "台風のため" in trainer.post(f"{path}/cancellations", {"cancelled_reason": "台風のため"}).text
    assert trainer.post(f"{path}/awards", {"award": "yes"}).status == 409


def test_an_officer_nominates_staff_and_what_is_wrong_stands_at_its_row(
    office: Offices, clair: Api, home: str
) -> None:
    run = trainings.run(clair, audiences=STAFF)
    with Visitor(office.system) as officer:
        officer.sign_in(office.officer(home).email)
        path = f"/desk/nominations/{run.code}"
        assert run.code in officer.get("/desk/nominations").text
        officer.get(path)
        assert officer.post(path).status == 422
        sent = {"name0": "架空 一", "email0": "ichi@example.jp", "audience0": "teacher", "name1": "架空 二"}
        shown = officer.post(path, sent)
        assert (
            shown.status == 422
            and "1名を推薦しました" in shown.text
            and "推薦できなかった人がいます（1名）" in shown.text
        )
        rows = dict(re.findall(r"<legend>(.人目)</legend>(.*?)</fieldset>", shown.html, re.DOTALL))
        assert [row for row, words in rows.items() if 'class="error"' in words] == ["2人目"]
        assert [one["attendee_name"] for one in trainings.enrolments(clair, run.code)] == ["架空 一"]
        shown = officer.post(path, {"name0": "架空 二", "audience0": "organisation_staff"})
        assert "1名を推薦しました（確定 1名" in shown.text and "架空 二" in shown.text
        (one,) = [one for one in trainings.enrolments(clair, run.code) if one["attendee_name"] == "架空 二"]
        assert (
            "取り下げました" in officer.post("/desk/nominations/acts", {"act": f"withdraw {one['id']}"}).text
        )
        assert officer.post("/desk/nominations/acts", {"act": f"confirm {one['id']}"}).status == 409
        assert officer.get("/desk/nominations/calendar").headers["content-type"].startswith("text/calendar")


def test_a_host_authority_reports_the_heads_of_its_own_runs(office: Offices, clair: Api) -> None:
    code = office.organisation(f"H{uuid4().hex[:7].upper()}", "prefecture", "架空県")
    role = {"organisation_code": code, "role": "host_authority", "valid_from": "2020-04-01"}
    office.registrar.post("/directory/v1/organisation-roles", role)
    own = trainings.run(clair, days=0, enrol_by="clair", organiser_code=code)
    other = trainings.run(clair, days=0, enrol_by="clair")
    with Visitor(office.system) as host:
        host.sign_in(office.officer(code, "host").email)
        assert own.code in host.get("/desk/nominations").text
        path = f"/desk/headcounts/{own.code}"
        host.get(path)
        given = {
            "audience": "all",
            "unit": "persons",
            "qualifier": "exact",
            "method": "counted",
            "reported_on": str(own.day),
        }
        assert host.post(path, given | {"value": "たくさん"}).status == 422
        assert "人数を記録しました" in host.post(path, given | {"value": "120"}).text
        part = given | {"audience": "alt", "within": "all", "value": "121"}
        assert "もとの人数より多く" in host.post(path, part).text
        shown = host.post(path, part | {"value": "80"})
        assert "全員 120" in shown.text and "ALT 全員 80" in shown.text
        (first, *_) = clair.get("/jet/v1/training-headcounts", {"run_code": own.code})["items"]
        shown = host.get(f"{path}/{first['id']}")
        assert shown.status == 200
        shown = host.post(
            f"{path}/{first['id']}", dict(shown.hidden) | given | {"value": "130", "within": ""}
        )
        assert "全員 130" in shown.text
        shown = host.get(f"/desk/headcounts/{other.code}")
        assert "報告する" not in shown.text
        assert host.post(f"/desk/headcounts/{other.code}", given | {"value": "1"}).status == 422


def test_a_ticket_is_known_however_it_is_typed(clair: Api, trainer: Visitor, home: str) -> None:
    run = trainings.run(clair, audiences=STAFF)
    ticket = guest(clair, run.code, home, "架空 券")["ticket"]
    for typed in (ticket, f" {trainer.system.url}/desk/check-in/{ticket}/", ticket.upper(), _wide(ticket)):
        assert ticket_of(typed) == ticket
    shown = trainer.get("/desk/check-in", ticket=_wide(ticket))
    assert shown.path == f"/desk/check-in/{ticket}" and "架空 券" in shown.text
    assert trainer.post(shown.path).status == 422
    assert "架空 券 さんを受け付けました" in trainer.post(shown.path, {"session": run.sessions[0]}).text
    twice = trainer.post(shown.path, {"session": run.sessions[0]})
    assert twice.status == 409 and "すでに受付済みです" in twice.text
    assert trainer.get(f"/desk/check-in/{uuid4()}").status == 404


def _wide(text: str) -> str:
    """As an input method writes it that is left on."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def test_the_session_of_now_is_the_one_that_is_meant() -> None:
    held = [
        {"id": str(day), "starts_at": f"2024-07-{day}T09:00:00+09:00", "ends_at": f"2024-07-{day}T17:00:00+09:00"}
        for day in (29, 30)
    ]  # fmt: skip

    def at(day: int, hour: int) -> str | None:
        return current(held, datetime(2024, 7, day, hour, tzinfo=JST))

    assert (at(28, 9), at(29, 8), at(29, 16), at(29, 17), at(30, 10), at(30, 18)) == (
        "29", "29", "29", "30", "30", "30",
    )  # fmt: skip
    assert current([], datetime(2024, 7, 29, tzinfo=JST)) is None
