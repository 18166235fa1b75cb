"""Grants at the desk: an organisation applies and corrects, a section accepts, and nobody else sees any of it."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from client.api import Api
from client.credentials import ActingFor, new_key, public_part
from services.kit.japan.clock import JST
from tests.grants.applying import RULES
from tests.grants.forming import FORM
from tests.grants.test_form import NEXT
from tests.grants.test_papers import book
from tests.support.desk import Visitor
from tests.support.offices import Offices
from tests.support.sql import execute

HOME, DESK, SECTION = "/desk/grants", "/desk/grant-desk", "grants-exchange"
SCOPES = ("directory:read", *(f"grants.{at}" for at in ("programme:read", "programme:write", "budget:write")))
RATE = {
    "rate": {"numerator": 1, "denominator": 2},
    "applicants": {"kinds": ["city"], "joint_kinds": ["city"]},
}
PDF = ("計画.pdf", b"%PDF-1.7 plan", "application/pdf")
FILLED = {
    "answers.title": "架空の交流会", "answers.kind": "overseas", "answers.starts_on": "2030-06-01",
    "answers.partners.0.name": "架空市", "answers.partners.0.persons": "1,200", "answers.partners.0.days": "５",
    "answers.partners.2.name": "見本協会", "answers.own": "",
}  # fmt: skip
MONEY = {
    "budget.costs.0.category": "travel", "budget.costs.0.yen": "2,000,000", "budget.costs.0.tax": "",
    "budget.costs.1.category": "fees", "budget.costs.1.yen": "1000000円", "budget.indirect": "",
    "budget.income.0.source": "参加費", "budget.income.0.yen": "200000", "budget.requested": "1,400,000",
}  # fmt: skip
# the clock is the whole system's: a round that has closed is made by what no caller can do
PAST = """
SET session_replication_role = replica;
UPDATE grants.round SET opens_at = opens_at - interval '60 days', closes_at = closes_at - interval '40 days'
WHERE code = '{code}'
"""
_NUMBERS = count(1)


class Section(NamedTuple):
    """An officer's tool, where the officer signs in, and the edition, rules and form that its calls are made of."""

    tool: Api
    email: str
    edition: str
    rules: str
    form: str
    now: datetime

    def call(self) -> str:
        """The code of one that is open."""
        code, number = f"R-{uuid4().hex[:8].upper()}", next(_NUMBERS)
        self.tool.post("/grants/v1/rounds", {
            "code": code, "edition_code": self.edition, "rules_code": self.rules, "form_code": self.form,
            "number": number, "opens_at": (self.now - timedelta(hours=1)).isoformat(),
            "closes_at": (self.now + timedelta(days=30)).isoformat(), "projects_from": "2025-04-01",
            "projects_to": "2026-02-28", "budget_conditional": True,
        })  # fmt: skip
        self.tool.post(f"/grants/v1/rounds/{code}/announcements")
        return code


@pytest.fixture(scope="module")
def section(office: Offices) -> Iterator[Section]:
    key, client, officer = new_key(), f"grants-{uuid4().hex[:8]}", office.staff(SECTION)
    office.registrar.post("/identity/v1/clients", {
        "client_id": client, "name": "試験", "role": "service", "scopes": list(SCOPES), "acts_for_people": True,
        "public_jwk": public_part(key),
    })  # fmt: skip
    with Api(office.system.url, ActingFor(client, key, str(officer.id))) as tool:
        mark = uuid4().hex[:6].upper()
        named = {"name_ja": f"架空助成{mark}", "name_en": f"Invented grants {mark}"}
        tool.post(
            "/grants/v1/programmes",
            {"code": f"P-{mark}", "section": SECTION, "kind": "organisation", **named},
        )
        tool.post(
            "/grants/v1/editions",
            {"code": f"E-{mark}", "programme_code": f"P-{mark}", "fiscal_year": 2025, **named},
        )
        rules = tool.post("/grants/v1/rule-versions", {"edition_code": f"E-{mark}", "rules": RATE | RULES})[
            "code"
        ]
        form = tool.post("/grants/v1/form-versions", {"edition_code": f"E-{mark}", "form_schema": FORM})[
            "code"
        ]
        tool.post(f"/grants/v1/rule-versions/{rules}/freezes")
        tool.post(f"/grants/v1/form-versions/{form}/freezes")
        now = datetime.fromisoformat(tool.get("/identity/v1/clock")["now"])
        yield Section(tool, officer.email, f"E-{mark}", rules, form, now)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def typed(moment: datetime) -> str:
    """As a browser's input of date and time sends it: by Japan's clock."""
    return moment.astimezone(JST).strftime("%Y-%m-%dT%H:%M")


def visitor(office: Offices, stack: ExitStack, email: str, language: str = "ja") -> Visitor:
    made = stack.enter_context(Visitor(office.system, language))
    made.sign_in(email)
    if language == "en":
        made.post("/desk/language", {"language": "en", "back": "/desk"})
    return made


def city(office: Offices, name: str = "架空市") -> str:
    return office.organisation(f"G{uuid4().hex[:7].upper()}", name=name)


def drafted(first: Visitor, code: str, **about: str) -> str:
    first.get(f"{HOME}/rounds/{code}")
    about = {"title": "架空の交流", "department": "国際課", "project_number": "1", "joint": "false"} | about
    made = first.post(f"{HOME}/rounds/{code}", about)
    assert made.status == 200 and "/applications/" in made.path, made.text
    return made.path


def saved(first: Visitor, path: str, **given: Any) -> Any:
    shown = first.get(path)
    return first.post(path, {"etag": shown.hidden["etag"], **given})


def filled(first: Visitor, home: str) -> None:
    about = {"title": "架空の交流", "department": "国際課", "project_number": "1", "joint": "false"}
    assert "保存しました" in saved(first, f"{home}/answers", **about, **FILLED).text
    assert "保存しました" in saved(first, f"{home}/budget", **MONEY).text
    added = first.post(f"{home}/files", {"document": "plan"}, {"file": PDF})
    assert "書類を追加しました" in added.text and "計画.pdf" in added.text


def countries(office: Offices, first: Visitor, home: str) -> None:
    """Their codes stand in one line, however they are typed."""
    about = {"title": "架空の交流", "department": "国際課", "project_number": "1", "joint": "false"}
    country = {"alpha2": "XG", "alpha3": "XXG", "name_ja": "架空国", "name_en": "Nowhere"}
    office.registrar.post("/directory/v1/countries", country)
    wrong = saved(first, f"{home}/answers", **about, country_codes="XG QQ")
    assert (
        wrong.status == 422
        and "対象国: 登録されていない国コードがあります" in wrong.text
        and "XG QQ" in wrong.html
    )
    assert saved(first, f"{home}/answers", **about, country_codes="ｘｇ、xg").status == 200
    assert "対象国 XG" in first.get(home).text


def submitted(office: Offices, stack: ExitStack, code: str) -> tuple[Visitor, Visitor, str]:
    place = city(office)
    first, second = (visitor(office, stack, office.officer(place).email) for _ in range(2))
    home = drafted(first, code)
    filled(first, home)
    assert first.post(f"{home}/send").status == 200
    second.get(home)
    assert second.post(f"{home}/approve").status == 200
    first.get(home)
    shown = first.post(f"{home}/submit")
    assert shown.status == 200 and "提出しました" in shown.text, shown.text
    return first, second, home


def test_an_organisation_applies_from_the_call_to_its_receipt(
    office: Offices, section: Section, stack: ExitStack
) -> None:
    code, place = section.call(), city(office)
    first, second = (visitor(office, stack, office.officer(place).email) for _ in range(2))
    calls = first.get(HOME)
    assert code in calls.text and "あと29日" in calls.text and "まだ申請はありません" in calls.text
    assert "補助率 1/2" in first.get(f"{HOME}/rounds/{code}").text
    wrong = first.post(f"{HOME}/rounds/{code}", {"title": "", "department": "国際課", "project_number": "1"})
    assert wrong.status == 422 and "事業名" in wrong.text
    home = drafted(first, code)
    shown = first.get(home)
    assert "まだ足りない項目" in shown.text and "参加者" in shown.text and "disabled" in shown.html

    # what cannot be is told at its cell, by the name that the form gives it, and nothing typed is lost
    sheet = first.get(f"{home}/answers")
    assert sheet.text.count("開始日") == 1 and "数字とハイフンだけで" in sheet.text
    wrong = first.post(f"{home}/answers", {
        "etag": sheet.hidden["etag"], "title": "架空の交流", "department": "国際課", "project_number": "1",
        "joint": "false", **FILLED, "answers.partners.2.days": "五",
    })  # fmt: skip
    assert wrong.status == 422 and "参加者 2行目 日数" in wrong.text and "架空の交流会" in wrong.html
    assert 'aria-invalid="true"' in wrong.html

    countries(office, first, home)

    # another officer saves between opening and saving: both are shown, and the second save is on what is there
    mine = first.get(f"{home}/answers").hidden["etag"]
    about = {"title": "架空の交流", "department": "国際課", "project_number": "1", "joint": "false"}
    assert saved(second, f"{home}/answers", **about, **{"answers.title": "後から"}).status == 200
    first.get(f"{home}/answers")
    clash = first.post(f"{home}/answers", {"etag": mine, **about, **FILLED})
    assert clash.status == 412 and "ほかの人が保存しました" in clash.text and "事業名: 後から" in clash.text
    assert "架空の交流会" in clash.html
    shown = first.post(f"{home}/answers", {"etag": clash.hidden["etag"], **about, **FILLED, "more": "yes"})
    assert shown.path == f"{home}/answers" and "6,000" in shown.text

    over = saved(first, f"{home}/budget", **MONEY | {"budget.requested": "たくさん"})
    assert over.status == 422 and "助成申請額" in over.text
    assert saved(first, f"{home}/budget", **MONEY).status == 200
    assert "支出の合計（間接経費を含む） 3,000,000" in first.get(f"{home}/budget").text
    assert "自己負担 1,400,000" in first.get(home).text

    assert first.post(f"{home}/files", {"document": "plan"}).status == 422
    assert (
        first.post(f"{home}/files", {"document": "plan"}, {"file": ("x.txt", b"x", "text/plain")}).status
        == 415
    )
    added = first.post(f"{home}/files", {"document": "plan"}, {"file": PDF})
    link = added.html.split(f'href="{home}/files/')[1].partition('"')[0]
    assert first.http.get(f"{home}/files/{link}").content == PDF[1]
    assert "外しました" in first.post(f"{home}/files/{link}/remove").text
    first.post(f"{home}/files", {"document": "plan"}, {"file": PDF})


def test_two_people_approve_and_the_receipt_tells_what_arrived(
    office: Offices, section: Section, stack: ExitStack
) -> None:
    place = city(office)
    first, second = (visitor(office, stack, office.officer(place).email) for _ in range(2))
    home = drafted(first, section.call())
    filled(first, home)
    assert "別の担当者が承認します" in first.post(f"{home}/send").text
    alone = first.post(f"{home}/approve")
    assert alone.status == 409 and "承認できません" in alone.text
    second.get(home)
    assert "下書きに戻しました" in second.post(f"{home}/send_back", {"reason": "金額の確認"}).text
    assert first.get(home).status == 200 and first.post(f"{home}/send").status == 200
    second.get(home)
    assert "承認しました" in second.post(f"{home}/approve").text
    first.get(home)
    done = first.post(f"{home}/submit")
    assert "提出しました" in done.text and "提出の控え" in done.text and "1,400,000" in done.text
    receipt = first.get(
        done.html.split('href="/desk/grants/submissions/')[1]
        .partition('"')[0]
        .join((f"{HOME}/submissions/", ""))
    )
    assert receipt.status == 200 and "SHA-256" in receipt.text and "計画.pdf" in receipt.text
    assert "2,800,000 × 1 ÷ 2" in receipt.text and "延べ人数" in receipt.text
    stranger = visitor(office, stack, office.officer(city(office)).email)
    assert stranger.get(home).status == stranger.get(receipt.path).status == 404


def test_a_new_form_is_told_on_the_page_and_a_cost_sheet_is_read(
    office: Offices, section: Section, stack: ExitStack
) -> None:
    code, place = section.call(), city(office)
    first = visitor(office, stack, office.officer(place).email)
    home = drafted(first, code)
    filled(first, home)
    mine = first.get(f"{home}/answers").hidden["etag"]
    newer = section.tool.post("/grants/v1/form-versions", {"edition_code": section.edition, "form_schema": NEXT})["code"]  # fmt: skip
    section.tool.post(f"/grants/v1/form-versions/{newer}/freezes")
    section.tool.post(f"/grants/v1/rounds/{code}/form-publications", {"form_code": newer})
    # who was writing just then sees what they typed in cells that are gone
    about = {"title": "架空の交流", "department": "国際課", "project_number": "1", "joint": "false"}
    clash = first.post(f"{home}/answers", {"etag": mine, **about, **FILLED, "answers.own": "77"})
    assert clash.status == 412 and "次の欄はなくなりました" in clash.text and "うち職員: 77" in clash.text
    shown = first.get(home)
    assert "様式が新しくなりました" in shown.text and "なくなった欄 合計、共同申請" in shown.text
    assert "参加者 人数" in shown.text and "架空の交流会" in shown.text and "移せなかった内容" in shown.text
    refused = first.post(f"{home}/send")
    assert refused.status == 409 and "様式の変更を確認した" in refused.text
    first.get(home)
    looked = first.post(f"{home}/acknowledge")
    assert "様式の変更を確認しました" in looked.text and "様式が新しくなりました" not in looked.text
    assert "移せなかった内容" in looked.text
    assert first.http.get(f"{home}/form").content.startswith(b"PK")

    sheet = first.http.get(f"{home}/cost-sheet").content
    page = first.get(f"{home}/budget")
    assert first.post(f"{home}/cost-sheet", {"etag": page.hidden["etag"]}).status == 422
    wrong = first.post(
        f"{home}/cost-sheet", {"etag": page.hidden["etag"]}, {"file": ("予算.xlsx", book(("経費", "宿泊費", None, 1, None)), "x")}
    )  # fmt: skip
    assert wrong.status == 422 and "予算 B3" in wrong.text and "直すセル" in wrong.text
    assert saved(first, f"{home}/budget", **MONEY | {"budget.costs.0.yen": "1"}).status == 200
    tag = first.get(f"{home}/budget").hidden["etag"]
    read = first.post(f"{home}/cost-sheet", {"etag": tag}, {"file": ("予算.xlsx", sheet, "x")})
    assert "読み込み、保存しました" in read.text and "支出の合計（間接経費を含む） 3,000,000" in read.text


def test_a_section_asks_for_a_correction_and_accepts(
    office: Offices, section: Section, stack: ExitStack
) -> None:
    code = section.call()
    first, second, home = submitted(office, stack, code)
    officer = visitor(office, stack, section.email)
    board = officer.get(DESK, round_code=code, state="submitted")
    assert code in board.text and "架空の交流" in board.text
    assert "あてはまる申請はありません" in officer.get(DESK, round_code=code, state="accepted").text
    shown = officer.get(home)
    assert (
        "助成額の計算" in shown.text
        and "資格の条件を満たしています" in shown.text
        and "1,400,000" in shown.text
    )
    assert f'href="{home}/answers"' not in shown.html
    due = typed(section.now + timedelta(days=9))
    asked = {
        "fields": ["/answers/title", "/budget/costs"],
        "documents": ["photo"],
        "reason": "",
        "due_at": due,
    }
    wrong = officer.post(f"{home}/request_correction", asked)
    assert wrong.status == 422 and 'value="/answers/title" checked' in wrong.html
    assert (
        "補正を求めました"
        in officer.post(f"{home}/request_correction", asked | {"reason": "名称が違います"}).text
    )

    shown = first.get(home)
    assert "名称が違います" in shown.text and "補正依頼中" in shown.text
    sheet = first.get(f"{home}/answers")
    assert 'name="answers.title"' in sheet.html and 'name="answers.kind"' not in sheet.html
    assert 'name="title"' not in sheet.html
    assert 'name="budget.requested"' not in first.get(f"{home}/budget").html
    assert saved(first, f"{home}/answers", **{"answers.title": "正しい名称"}).status == 200
    assert "正しい名称" not in officer.get(home).text  # what is being mended has not arrived
    first.get(home)
    assert "提出しました" in first.post(f"{home}/submit").text
    shown = officer.get(home)
    assert "正しい名称" in shown.text and shown.html.count('href="/desk/grants/submissions/') == 2
    assert "受理しました" in officer.post(f"{home}/accept").text
    assert "受理日" in second.get(home).text
    assert "取り下げました" in second.post(f"{home}/withdraw", {"ended_reason": "中止のため"}).text
    other = visitor(office, stack, office.staff("grants-economy").email)
    assert other.get(home).status == 404 and code not in other.get(DESK).text


def test_what_came_by_post_is_entered_with_its_arrival(
    office: Offices, section: Section, stack: ExitStack
) -> None:
    code, place = section.call(), city(office)
    officer = visitor(office, stack, section.email, "en")
    home = drafted(officer, code, organisation_code=place, channel="mail")
    about = {"title": "架空の交流", "department": "国際課", "project_number": "1", "joint": "false"}
    assert "It is not submitted yet" in saved(officer, f"{home}/answers", **about, **FILLED).text
    assert saved(officer, f"{home}/budget", **MONEY).status == 200
    officer.post(f"{home}/files", {"document": "plan"}, {"file": PDF})
    early = officer.post(f"{home}/extend", {"closes_at": "2020-01-01T00:00", "reason": "x"})
    assert early.status == 422 and 'value="2020-01-01T00:00"' in early.html
    later = typed(section.now + timedelta(days=40))
    assert "extended" in officer.post(f"{home}/extend", {"closes_at": later, "reason": "A storm"}).text
    arrived = typed(section.now + timedelta(days=1))
    ahead = officer.post(f"{home}/enter", {"channel": "mail", "arrived_at": arrived})
    assert ahead.status == 422 and "lies ahead" in ahead.text
    arrived = typed(section.now)
    done = officer.post(f"{home}/enter", {"channel": "mail", "arrived_at": arrived})
    assert "The arrival is entered" in done.text and "By post" in done.text
    mine = visitor(office, stack, office.officer(place).email, "en")
    assert mine.get(home).status == 200 and mine.get(f"{HOME}/rounds/{code}/paper").status == 200


def test_a_member_consents_to_its_share_and_writes_nothing(
    office: Offices, section: Section, stack: ExitStack
) -> None:
    code, lead, member = section.call(), city(office), city(office, "見本市")
    first, other = (visitor(office, stack, office.officer(one).email) for one in (lead, member))
    home = drafted(first, code, joint="true")
    filled(first, home)
    first.get(f"{home}/answers")
    assert (
        "同意が必要です"
        in first.post(f"{home}/members", {"organisation_code": member, "share_yen": "400000"}).text
    )
    listed = other.get(HOME)
    assert "構成団体として" in listed.text
    shown = other.get(home)
    assert "この負担額に同意する" in shown.text and f'href="{home}/answers"' not in shown.html
    consent = shown.html.split("/consent")[0].rpartition('action="')[2]
    assert "同意を登録しました" in other.post(f"{consent}/consent").text
    assert "同意を取り消しました" in other.post(f"{consent}/withdraw_consent").text
    assert other.post(f"{home}/withdraw", {"ended_reason": "x"}).status == 409
    first.get(home)
    assert "外しました" in first.post(f"{consent}/remove").text and other.get(home).status == 404
    execute(office.system.database, PAST.format(code=code))
    shown = first.get(home)
    assert "disabled" in shown.html and "締切（" in shown.text and "を過ぎました" in shown.text
    assert f'href="{home}/answers"' not in shown.html
    assert "新しい申請はできません" in first.get(f"{HOME}/rounds/{code}").text
    first.get(home)
    assert first.post(f"{home}/submit").status == 409
