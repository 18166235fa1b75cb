"""Events at the desk: an officer abroad enters a fair with two legs, counts and who took part; what is missing is shown as
missing; the records of another office are refused; every page stays small."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from client.api import Api
from client.credentials import ActingFor, new_key, public_part
from tests.support.desk import Shown, Visitor
from tests.support.offices import Offices, Somebody

HOME, EVENTS, NEW, MISSIONS = "/desk/office", "/desk/events", "/desk/events/new", "/desk/missions"
LARGEST = 100_000  # bytes: offices have slow lines
SCOPES = [
    "events.event:read",
    "events.event:write",
    "events.registration:read",
    "events.registration:write",
    "imports:write",
]
MANY = 200


@pytest.fixture(scope="module")
def officer(office: Offices) -> Somebody:
    # of its own: what is there by the hundred is in nobody else's way
    office.abroad("lyon", "リヨン")
    return office.staff("office-lyon")


@pytest.fixture(scope="module")
def tool(office: Offices, officer: Somebody) -> Iterator[Api]:
    key, client = new_key(), f"events-{uuid4().hex[:8]}"
    office.registrar.post("/identity/v1/clients", {
        "client_id": client, "name": "試験", "role": "service", "scopes": SCOPES, "acts_for_people": True,
        "public_jwk": public_part(key),
    })  # fmt: skip
    with Api(office.system.url, ActingFor(client, key, str(officer.id))) as acting:
        yield acting


@pytest.fixture(scope="module")
def city(office: Offices) -> tuple[str, str]:
    """A city's code and name."""
    name = f"架空港市{uuid4().hex[:6]}"
    return office.organisation("239992", name=name), name


@pytest.fixture(scope="module")
def visitor(office: Offices, officer: Somebody) -> Iterator[Visitor]:
    with Visitor(office.system) as one:
        one.sign_in(officer.email)
        yield one


@pytest.fixture(scope="module")
def today(tool: Api) -> date:
    return date.fromisoformat(tool.get("/identity/v1/clock")["today"])


def fair(today: date, title: str, **given: str) -> dict[str, str]:
    day = str(today - timedelta(days=9))
    return {
        "event_code": "", "office_code": "lyon", "programme": "joined_economic_event", "title_ja": title, "part": "joined",
        "host": "架空市役所", "counted_at": "leg", "starts_on": day, "ends_on": day, "opens_at": "10:00",
        "closes_at": "18:00", "time_zone": "", "venue": "架空広場", "place": "パリ", "country": "FR",
    } | given  # fmt: skip


def made(visitor: Visitor, today: date, **given: str) -> Shown:
    title = f"架空日本祭{uuid4().hex[:6]}"
    visitor.get(NEW, office="lyon")
    return visitor.post(NEW, fair(today, title, mark=visitor.get(NEW).hidden["mark"], **given))


def codes(path: str, shown: Shown) -> list[str]:
    return re.findall(rf'href="{path}/([^"/?#]+)"', shown.html)


def test_a_fair_is_entered_counted_and_announced(visitor: Visitor, tool: Api, today: date) -> None:
    shown = visitor.get(NEW, office="lyon")
    mark = shown.hidden["mark"]
    assert '<option value="Europe/Paris" selected>' in shown.html and "<script>" not in shown.html
    wrong = visitor.post(NEW, fair(today, "架空日本祭", opens_at="18:00", closes_at="10:00", mark=mark))
    assert wrong.status == 422 and "終了が開始より前です" in wrong.text and 'value="架空広場"' in wrong.html
    # the event and its edition of the refused form are gone on with, under the title that was mended
    shown = visitor.post(NEW, fair(today, "架空日本祭 秋", mark=mark))
    assert shown.status == 200 and "架空日本祭 秋" in shown.text, shown.text
    here, edition = shown.path, shown.path.rpartition("/")[2]
    assert edition == f"ED-{mark}" and "10:00–18:00" in shown.text and "Europe/Paris" in shown.text
    assert "まだ集計していません" in shown.text
    day = str(today + timedelta(days=1))
    second = visitor.get(f"{here}/legs")
    assert 'value="2"' in second.html and '<option value="Europe/Paris" selected>' in second.html
    shown = visitor.post(f"{here}/legs", {
        "mark": second.hidden["mark"], "number": "2", "label": "リヨン", "starts_on": day, "ends_on": day,
        "time_zone": "Europe/Paris", "registers_from": f"{today}T09:00", "registers_until": f"{day}T09:00", "seats": "40",
    })  # fmt: skip
    first, lyon = (
        one["code"] for one in tool.iterate("/events/v1/legs", {"edition": edition, "sort": "starts_on"})
    )
    assert "2 リヨン" in shown.text and f"{today} 09:00–{day} 09:00（Europe/Paris）" in shown.text
    assert f"/desk/events/legs/{lyon}/check-in" in shown.html
    window = tool.get(f"/events/v1/legs/{lyon}")["registers_from"]
    assert date.fromisoformat(window[:10]) == today and window[11:13] in ("07", "08")
    # a leg that is to come is not missing, and one that is over is
    assert f"counts?leg={first}" in shown.html and f"counts?leg={lyon}" not in shown.html
    assert "架空日本祭 秋" in visitor.get(HOME, office="lyon").text
    form = visitor.get(f"{here}/counts", leg=first)
    assert f'<option value="{first}" selected>' in form.html
    count = {
        "mark": form.hidden["mark"],
        "leg_code": first,
        "subject": "visitors",
        "value": "約一万",
        "unit": "名",
    }
    assert visitor.post(f"{here}/counts", count).status == 422
    shown = visitor.post(
        f"{here}/counts", count | {"value": "18,000", "qualifier": "about", "method": "organiser"}
    )
    assert "約18,000名" in shown.text and "まだ集計していません" not in shown.text
    assert "架空日本祭 秋" not in visitor.get(HOME, office="lyon").text.partition("指標の未入力")[0]
    again = visitor.post(f"{here}/counts", count | {"value": "5"})
    assert again.status == 409
    shown = visitor.get(here)
    assert "未公開" in shown.text and "架空広場" in shown.text.partition("未公開")[2]
    stale = shown.hidden["etag"]
    shown = visitor.post(f"{here}/public", {"etag": stale, "public": "yes"})
    assert "公開しました" in shown.text and "/events/v1/public/calendar?office=lyon" in shown.html
    assert visitor.post(f"{here}/public", {"etag": stale, "public": ""}).status == 412


def test_who_took_part_stands_once(visitor: Visitor, city: tuple[str, str], today: date) -> None:
    code, name = city
    here = made(visitor, today).path
    body = {"capacity": "exhibitor", "leg_numbers": "1", "seq": "1", "organisation_code": name}
    shown = visitor.post(f"{here}/participants", body)
    assert f"{name} {code}" in shown.text and "出展" in shown.text
    twice = visitor.post(f"{here}/participants", body | {"organisation_code": code, "seq": "2"})
    assert twice.status == 409, twice.text
    elsewhere = visitor.post(
        f"{here}/participants", body | {"organisation_code": "架空商会", "leg_numbers": "7"}
    )
    assert elsewhere.status == 422 and "この開催にない日程の番号があります" in elsewhere.text
    shown = visitor.post(f"{here}/talks", {"number": "1", "title": "架空の講演", "speaker_name": "見本 花子"})
    assert "架空の講演" in shown.text and "見本 花子" in shown.text
    form = visitor.get(f"{here}/coverage")
    shown = visitor.post(f"{here}/coverage", {
        "mark": form.hidden["mark"], "medium": "架空新聞", "published_on": str(today), "title": "架空の記事",
    })  # fmt: skip
    assert "架空新聞" in shown.text


def test_what_changed_meanwhile_is_shown_and_kept(visitor: Visitor, tool: Api, today: date) -> None:
    here = made(visitor, today).path
    code = here.rpartition("/")[2]
    leg = next(tool.iterate("/events/v1/legs", {"edition": code}))
    form = visitor.get(f"{here}/legs/{leg['code']}")
    change = {name: leg[name] or "" for name in (
        "number", "starts_on", "ends_on", "opens_at", "closes_at", "time_zone", "place", "country", "venue",
    )} | {"etag": form.hidden["etag"]}  # fmt: skip
    moved = visitor.post(f"{here}/legs/{leg['code']}", change | {"venue": "架空会館"})
    assert moved.status == 200 and "架空会館" in moved.text and "変更を保存しました" in moved.text
    stale = visitor.post(f"{here}/legs/{leg['code']}", change | {"venue": "架空講堂"})
    assert stale.status == 412 and 'value="架空講堂"' in stale.html and "架空会館" in stale.text
    off = {"etag": stale.hidden["etag"], "venue": "架空会館", "cancelled_on": str(today)}
    refused = visitor.post(f"{here}/legs/{leg['code']}", change | off)
    assert refused.status == 422 and "中止日と中止の理由はそろって必要です" in refused.text
    called_off = visitor.post(f"{here}/legs/{leg['code']}", change | off | {"cancelled_reason": "架空の荒天"})
    assert "中止: 架空の荒天" in called_off.text and "まだ集計していません" not in called_off.text
    about = visitor.get(f"{here}/edit")
    body = {
        "title_ja": "架空日本祭",
        "part": "joined",
        "counted_at": "leg",
        "standing": "postponed",
        "listing": "whole",
    }
    postponed = visitor.post(f"{here}/edit", body | {"etag": about.hidden["etag"]})
    assert postponed.status == 422 and "理由が必要です" in postponed.text
    reason = {"standing_reason": "会場の都合", "next_plan": "来春"}
    postponed = visitor.post(f"{here}/edit", body | reason | {"etag": about.hidden["etag"]})
    assert "延期 会場の都合" in postponed.text and "来春" in postponed.text


def test_a_mission_with_who_goes_and_what_came_of_it(visitor: Visitor, tool: Api, today: date) -> None:
    mark = visitor.get(f"{MISSIONS}/new", office="lyon").hidden["mark"]
    body = {
        "mark": mark, "programme": "study_visit", "office_code": "lyon", "title_ja": f"架空視察{mark}",
        "starts_on": str(today - timedelta(days=5)), "ends_on": str(today - timedelta(days=4)), "places": "架空市、見本町",
        "countries": "FR",
    }  # fmt: skip
    assert visitor.post(f"{MISSIONS}/new", body | {"programme": ""}).status == 422
    shown = visitor.post(f"{MISSIONS}/new", body)
    here = shown.path
    assert here == f"{MISSIONS}/MS-{mark}" and "架空市、見本町" in shown.text and "未記入" in shown.text
    shown = visitor.post(
        f"{here}/members", {"number": "1", "capacity": "leader", "name": "見本 太郎", "title": "団長"}
    )
    assert "見本 太郎" in shown.text
    stop = {"number": "1", "held_on": str(today), "place": "架空役場"}
    outside = visitor.post(f"{here}/stops", stop)
    assert outside.status == 422 and 'value="架空役場"' in outside.html
    assert (
        "架空役場"
        in visitor.post(f"{here}/stops", stop | {"held_on": body["starts_on"], "begins_at": "09:30"}).text
    )
    assert "架空農園" in visitor.post(f"{here}/hosts", {"number": "1", "organisation_code": "架空農園"}).text
    form = visitor.get(f"{here}/counts")
    counted = {"mark": form.hidden["mark"], "subject": "participants", "value": "12", "unit": "名"}
    assert "12名" in visitor.post(f"{here}/counts", counted).text
    about = visitor.get(f"{here}/edit")
    kept = {name: value for name, value in body.items() if name not in ("mark", "office_code")}
    done = visitor.post(f"{here}/edit", kept | {"etag": about.hidden["etag"], "outcome": "覚書の準備"})
    assert "覚書の準備" in done.text and "未記入" not in done.text
    assert visitor.get(f"{here}/programme.pdf").headers["content-type"] == "application/pdf"
    assert f"架空視察{mark}" in visitor.get(MISSIONS, office="lyon").text


def test_another_office_reads_and_does_not_write(
    office: Offices, visitor: Visitor, city: tuple[str, str], today: date
) -> None:
    here = made(visitor, today).path
    elsewhere = office.staff("office-london")
    body = {"number": "2", "starts_on": str(today), "ends_on": str(today), "time_zone": "Europe/Paris"}
    with Visitor(office.system) as other:
        other.sign_in(elsewhere.email)
        shown = other.get(here)
        assert shown.status == 200
        refused = other.post(f"{here}/legs", body | {"mark": other.get(f"{here}/legs").hidden["mark"]})
        assert refused.status == 422 and "担当していない事務所の記録です" in refused.text
        etag = other.get(here).hidden["etag"]
        assert other.post(f"{here}/public", {"etag": etag, "public": "yes"}).status in (403, 404, 422)
        assert "未公開" in other.get(here).text
        assert other.post(NEW, fair(today, "架空", mark="ABCDEF01")).status == 422
    clerk = office.officer(city[0])
    with Visitor(office.system) as outside:
        outside.sign_in(clerk.email)
        for page in (HOME, EVENTS, NEW, here, f"{here}/legs", MISSIONS, "/desk/event-figures"):
            assert outside.get(page).status == 404
    assert visitor.get(f"{EVENTS}/NONE").status == visitor.get(f"{MISSIONS}/NONE").status == 404


def test_who_telephones_is_registered(visitor: Visitor, today: date) -> None:
    day = str(today)
    opens = {
        "registers_from": f"{today - timedelta(days=2)}T00:00",
        "registers_until": f"{today + timedelta(days=1)}T00:00",
    }
    here = made(visitor, today).path
    form = visitor.get(f"{here}/legs")
    leg = {
        "mark": form.hidden["mark"],
        "number": "2",
        "starts_on": day,
        "ends_on": day,
        "time_zone": "Europe/Paris",
    }
    shown = visitor.post(f"{here}/legs", leg | opens | {"seats": "2"})
    path = f"/desk/events/legs/LG-{form.hidden['mark']}/register"
    assert f'href="{path}"' in shown.html
    body = {"name": "見本 花子", "email": "hanako@example.jp", "affiliation": "架空商会", "party": "2"}
    assert visitor.post(path, body | {"email": "hanako"}).status == 422
    shown = visitor.post(path, body)
    assert "見本 花子 さんの申込みを登録しました" in shown.text and "申込み 2 / 定員 2" in shown.text
    full = visitor.post(path, body | {"name": "見本 次郎", "email": "jiro@example.jp", "party": "1"})
    assert full.status == 409 and "空席が足りません" in full.text and 'value="見本 次郎"' in full.html


def stored(tool: Api, folder: Path, kind: str, rows: list[dict[str, Any]]) -> None:
    path = folder / f"{kind}.ndjson"
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in rows), encoding="utf-8")
    made = tool.submit("events", kind, path)
    assert made.stored and made.created == len(rows), made


def test_pages_stay_small(visitor: Visitor, tool: Api, today: date, tmp_path: Path) -> None:
    mark, long = uuid4().hex[:6].upper(), "長い名前の架空の行事" * 12
    day, year = str(today - timedelta(days=3)), today.year - (today.month < 4)
    numbers = range(1, MANY + 1)
    stored(tool, tmp_path, "events", [
        {"code": f"EV-{mark}-{n}", "programme": "other", "office_code": "lyon", "name_ja": long} for n in numbers
    ])  # fmt: skip
    stored(tool, tmp_path, "editions", [
        {"code": f"ED-{mark}-{n}", "event_code": f"EV-{mark}-{n}", "fiscal_year": year, "title_ja": f"{long}{n}",
         "counted_at": "leg"} for n in numbers
    ])  # fmt: skip
    one, opens = f"ED-{mark}-1", f"{today - timedelta(days=30)}T00:00:00+09:00"
    stored(tool, tmp_path, "legs", [
        {"code": f"LG-{mark}-{n}", "edition_code": one if n > 1 else f"ED-{mark}-2", "number": n, "time_zone": "Europe/Paris",
         "starts_on": day, "ends_on": day, "venue": long[:60], "registers_from": opens,
         "registers_until": f"{today + timedelta(days=9)}T00:00:00+09:00", "label": long[:40]} for n in numbers
    ])  # fmt: skip
    stored(tool, tmp_path, "attendance-counts", [
        {"code": f"N-{mark}-{n}", "leg_code": f"LG-{mark}-{n}", "subject": "visitors", "value": 10 * n, "unit": "名",
         "source": long[:60]} for n in numbers if n > 100
    ])  # fmt: skip
    stored(tool, tmp_path, "edition-participants", [
        {"edition_code": one, "name": f"{long}{n}", "seq": n} for n in numbers
    ])  # fmt: skip
    stored(tool, tmp_path, "missions", [
        {"code": f"MS-{mark}-{n}", "programme": "delegation", "office_code": "lyon", "title_ja": f"{long}{n}",
         "starts_on": day, "ends_on": day, "places": [long[:30]] * 5} for n in numbers
    ])  # fmt: skip
    stored(tool, tmp_path, "mission-members", [
        {"mission_code": f"MS-{mark}-1", "number": n, "capacity": "participant", "name": "見本 太郎",
         "affiliation": long, "title": long} for n in numbers
    ])  # fmt: skip
    leaves = str(today + timedelta(days=30))
    assert visitor.post("/desk/office/lyon/hand-over", {"act": "begin", "leaves_on": leaves}).status == 200
    pages = [
        HOME, EVENTS, NEW, MISSIONS, "/desk/office-log", "/desk/readings", "/desk/events/check-in",
        "/desk/office/lyon/hand-over", "/desk/event-figures", "/desk/event-figures/event-counts",
        f"{EVENTS}/{one}", f"{EVENTS}/{one}/edit", f"{MISSIONS}/new", f"{MISSIONS}/MS-{mark}-1", f"{MISSIONS}/MS-{mark}-1/edit",
        *(f"{EVENTS}/{one}/{part}" for part in ("legs", "counts", "participants", "talks", "coverage")),
        *(f"{MISSIONS}/MS-{mark}-1/{part}" for part in ("members", "stops", "hosts", "counts")),
        f"{EVENTS}/{one}/legs/LG-{mark}-9",
    ]  # fmt: skip
    for page in pages:
        shown = visitor.get(page)
        assert shown.status == 200 and len(shown.html.encode()) < LARGEST, (
            page,
            shown.status,
            len(shown.html.encode()),
        )
    listed = visitor.get(EVENTS, office="lyon", fiscal_year=year)
    assert "次の一覧" in listed.text and listed.html.count("<tr>") > 90
    assert "未集計" in visitor.get(f"{EVENTS}/{one}").text
    assert "すべて見る（199）" in visitor.get(f"{EVENTS}/{one}").text
    rest = visitor.get(f"{EVENTS}/{one}/participants", after=100)
    assert f"{long[:40]}" in rest.text and "次の一覧" not in rest.text
    assert "fiscal_year" in visitor.get("/desk/event-figures/event-counts").html
    assert visitor.get(EVENTS, fiscal_year="昨年").status == 400
