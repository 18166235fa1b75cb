"""Documents: numbers without gaps, a void one that stays, what is not shown before its instant, and each as a paper."""

import asyncio
import hashlib
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
import rfc8785

from services.grants.app import create_app
from services.grants.documents import service
from services.grants.documents.content import (
    Content,
    DecisionNotice,
    Declination,
    Rejection,
    SelectionNotice,
    WaitlistNotice,
)
from services.grants.documents.domain import Kind, sign
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.ids import OrganisationId, PersonId
from services.kit.japan.fiscal_year import FiscalYear
from services.kit.operations import worker_scope
from services.postgres import SUPERUSER
from tests.grants.applying import OTHER, SECTION, Applying, Body, code
from tests.support.grants import Grants, done
from tests.support.paper import pages, words
from tests.support.serving import Caller

NOTICE = SelectionNotice(
    1_234_000, budget_conditional=True, panel_on=date(2026, 2, 3), requested_yen=1_400_000
)
DECISION = DecisionNotice(
    date(2026, 4, 1), 1_234_000, 1_400_000, 3_000_000, 2_800_000, (1, 2), date(2026, 4, 15), date(2026, 4, 1),
    date(2027, 2, 28), date(2027, 3, 15), 3_000_000, ("帳簿を5年間保存すること。",), "食糧費は対象としないため。", "令7発第9号",
)  # fmt: skip


class Filing:
    """Whoever decides, before there is a decision to make: calls the service as an officer, an applicant or the worker."""

    def __init__(self, applying: Applying) -> None:
        self.applying, self.grants = applying, applying.grants
        self.database = self.grants.served.app.state.service.database

    def scope(self, by: Caller | None) -> Scope:
        if by is None:
            return worker_scope("grants")
        organisation = OrganisationId(by.organisation) if by.organisation else None
        person = PersonId(by.person) if by.person else None
        return Scope(Principal(by.client, person, by.role, organisation, frozenset()), "own", "test")

    async def file(
        self, by: Caller | None, of: str, kind: Kind, content: Content, *, section: str = SECTION,
        shown_from: datetime | None = None, fails: bool = False,
    ) -> UUID:  # fmt: skip
        async with self.database.writing(self.scope(by)) as session:
            made = await service.issue(
                session, section=section, kind=kind, application=UUID(of), content=content, shown_from=shown_from
            )  # fmt: skip
            await asyncio.sleep(0)
            if fails:
                raise KeyError(made)
        return made

    def filed(self, by: Caller | None, of: str, kind: Kind, content: Content, **more: Any) -> str:
        return str(self.grants.served.run(self.file(by, of, kind, content, **more)))

    def read(self, ref: str, by: Caller) -> dict[str, Any]:
        found: dict[str, Any] = done(self.grants.call("documents_read", by, path={"ref": ref}))
        return found

    def paper(self, ref: str, by: Caller) -> bytes:
        answer = self.grants.call("documents_paper", by, path={"ref": ref})
        assert answer.status_code == 200, answer.text
        return answer.content


@pytest.fixture(scope="module")
def filing(grants: Grants) -> Filing:
    return Filing(Applying(grants))


def test_an_application_is_received_under_a_number_and_is_a_paper(filing: Filing) -> None:
    applying, grants = filing.applying, filing.grants
    lead, member, other = (applying.organisation() for _ in range(3))
    call = applying.round()
    ref = str(applying.draft(lead.first, call, joint=True)["id"])
    done(applying.file(lead.first, ref))
    joined = done(
        applying.act("add_member", ref, lead.first, organisation_code=member.code, share_yen=123_456)
    )
    done(grants.act("application_members", "consent", joined["id"], member.first))
    applying.approved(lead, ref)
    made = done(applying.act("submit", ref, lead.first))

    (identity,) = grants.codes("documents", lead.first, "id", application_id=ref)
    one = filing.read(identity, lead.first)
    assert (one["kind"], one["series"], one["organisation_code"], one["round_code"]) == (
        "application", "received", lead.code, call,
    )  # fmt: skip
    assert one["code"].endswith(f"収見本交第{one['number']}号") and "shown_from" not in one
    assert filing.read(one["code"], applying.officer)["available_actions"] == [
        {"action": "void", "href": f"/grants/v1/documents/{identity}/voids"},
        {"action": "reissue", "href": f"/grants/v1/documents/{identity}/reissues"},
    ]
    for caller in (other.first, applying.stranger):
        for operation in ("documents_read", "documents_paper", "documents_content"):
            assert grants.call(operation, caller, path={"ref": identity}).status_code == 404
    for name, value in (("kind", "application"), ("fiscal_year", one["fiscal_year"]), ("series", "received")):
        assert identity in grants.codes("documents", applying.officer, "id", **{name: value})
    assert grants.codes("documents", lead.first, "id", kind="declination") == []

    content = grants.call("documents_content", member.first, path={"ref": identity})
    told = content.json()
    assert (
        hashlib.sha256(content.content).hexdigest() == one["sha256"]
        and rfc8785.dumps(told) == content.content
    )
    assert told["content"]["snapshot_sha256"] == made["sha256"]

    answer = grants.call("documents_paper", member.first, path={"ref": identity})
    assert f"filename*=UTF-8''{quote(one['code'])}.pdf" in answer.headers["Content-Disposition"]
    assert answer.content == filing.paper(one["code"], applying.officer)
    text = words(answer.content)
    for part in (
        one["code"], "様式第1号", "架空助成 申請書", "一般財団法人自治体国際化協会　理事長様", f"架空市{lead.code}長", "国際課",
        "金1,400,000円", made["receipt_number"], f"架空市{member.code}", "123,456円", "1 概要", "事業名架空の交流", "種類海外",
        "開始日令和7年（2025年）6月1日", "共同申請いいえ", "見本協会1,00033,000", "合計3,060", "旅費2,000,000円0円",
        "参加費200,000円", "自己負担額1,400,000円", "合計3,000,000円", "事業計画書計画.pdf",
        hashlib.sha256(b"%PDF-1.7 plan").hexdigest(), made["sha256"], "この様式・規定は見本です", "以上",
    ):  # fmt: skip
        assert part in text, (part, text)
    refused = grants.call("documents_paper", lead.first, {"Accept": "text/csv"}, path={"ref": identity})
    assert refused.status_code == 406


def test_what_is_submitted_again_is_received_again_and_no_gap_is_left_in_a_paper(filing: Filing) -> None:
    applying, grants = filing.applying, filing.grants
    city = applying.organisation()
    ref, _ = applying.submitted(city, applying.round())
    due = applying.at(days=9)
    done(applying.act("request_correction", ref, applying.officer, fields=["/title"], reason="x", due_at=due))
    done(grants.change("applications", ref, city.first, title="架空の交流😀"))
    done(applying.act("submit", ref, city.first))
    first, second = grants.codes("documents", city.first, "id", application_id=ref, sort="number")
    assert "第2回提出" not in words(filing.paper(first, city.first))
    refused = grants.call("documents_paper", city.first, path={"ref": second})
    assert code(refused) == (409, "character_unprintable") and "U+1F600" in refused.json()["detail"]


def test_numbers_have_no_gap_whoever_fails(filing: Filing) -> None:
    """Sixty at once into two registers, of which a third is undone after its number was drawn."""
    applying, grants = filing.applying, filing.grants
    city = applying.organisation()
    ref, _ = applying.submitted(city, applying.round())
    declined = Declination(date(2026, 4, 10), "都合により", 1)

    async def one(number: int) -> bool:
        by = (None, applying.officer, city.first)[number % 3]
        kind: Kind = "declination" if by is city.first else "selection_notice"
        try:
            await filing.file(
                by, ref, kind, declined if by is city.first else NOTICE, fails=number % 7 % 3 == 0
            )
        except KeyError:
            return False
        return True

    async def all_at_once() -> list[bool]:
        return list(await asyncio.gather(*(one(number) for number in range(60))))

    kept = grants.served.run(all_at_once())
    assert 0 < kept.count(False) < 60
    rows = grants.sql(
        "SELECT series, array_agg(number ORDER BY number), (SELECT c.drawn FROM grants.document_counter AS c "
        "WHERE (c.section, c.fiscal_year, c.series) = (d.section, d.fiscal_year, d.series)) "
        f"FROM grants.document AS d WHERE section = '{SECTION}' GROUP BY section, fiscal_year, series"
    )
    assert len(rows) == 2
    for _, numbers, drawn in rows:
        assert numbers == list(range(1, drawn + 1))
    assert sum(kept) == grants.sql(
        f"SELECT count(*) FROM grants.document WHERE application_id = '{ref}' AND kind <> 'application'"
    )[0][0]  # fmt: skip

    # who may not file what, and that what is filed stays: the database's own word
    caller = f'{{"client": "desk", "role": "organisation", "organisation": "{city.id}", "key": "k"}}'
    assert grants.sql_as(caller, "SELECT FROM grants.document_counter") == []
    with pytest.raises(Exception, match="permission denied"):
        grants.sql_as(caller, "UPDATE grants.document_counter SET drawn = 99")
    with pytest.raises(Exception, match="row-level security"):
        filing.filed(city.first, ref, "selection_notice", NOTICE)
    with pytest.raises(Exception, match="row-level security"):
        filing.filed(applying.officer, ref, "selection_notice", NOTICE, section=OTHER)
    voided = f"void_at = now(), void_by = '{city.first.person}', void_reason = 'x'"
    for statement in (
        "DELETE FROM grants.document", "UPDATE grants.document SET row_version = 7",
        f"UPDATE grants.document SET {voided}, content = '{{}}', sha256 = sha256('{{}}')",
        f"UPDATE grants.document SET {voided}, shown_from = now()", f"UPDATE grants.document SET {voided}, sign = 'x'",
    ):  # fmt: skip
        with pytest.raises(Exception, match="stays as it was filed"):
            grants.sql_as("", f"{statement} WHERE application_id = '{ref}'", SUPERUSER)


def test_a_void_number_stays_and_is_given_to_no_other(filing: Filing) -> None:
    applying, grants = filing.applying, filing.grants
    city = applying.organisation()
    ref, _ = applying.submitted(city, applying.round())
    wrong_one = filing.filed(applying.officer, ref, "rejection_notice", Rejection("予算の範囲を超えたため。"))
    before = filing.read(wrong_one, city.first)

    def void(by: Caller) -> Any:
        return grants.act("documents", "void", wrong_one, by, reason="宛先の誤り")

    assert void(applying.stranger).status_code == 404 and void(city.first).status_code == 403
    assert void(Caller("grant_officer", "tool")).status_code == 403
    assert "無効" not in words(filing.paper(wrong_one, applying.officer))
    done(void(applying.officer))
    assert code(void(applying.officer)) == (409, "action_not_available")
    one = filing.read(wrong_one, applying.officer)
    assert (one["void_reason"], one["available_actions"][0]["closed"]) == (
        "宛先の誤り", "この文書はすでに無効です。",
    )  # fmt: skip
    assert one["void_at"] is not None and one["code"] == before["code"]
    assert wrong_one in grants.codes("documents", applying.officer, "id", application_id=ref)
    assert "この文書は無効です" in words(filing.paper(wrong_one, applying.officer))
    assert grants.call("documents_read", city.first, path={"ref": one["code"]}).status_code == 404
    assert wrong_one not in grants.codes("documents", city.first, "id")
    again = filing.filed(applying.officer, ref, "rejection_notice", Rejection("予算の範囲を超えたため。"))
    assert filing.read(again, city.first)["number"] == one["number"] + 1
    grants.sql(f"UPDATE grants.application SET department = '新しい課' WHERE id = '{ref}'")
    anew = done(grants.act("documents", "reissue", again, applying.officer, reason="部署名の誤り"))
    assert (anew["kind"], anew["number"]) == ("rejection_notice", one["number"] + 2)
    said = words(filing.paper(anew["id"], city.first))
    assert "新しい課" in said and "予算の範囲を超えたため" in said
    assert filing.read(again, applying.officer)["void_reason"] == "部署名の誤り"
    assert code(grants.act("documents", "reissue", again, applying.officer, reason="x"))[0] == 409
    audited = grants.sql(
        f"SELECT action, from_state, to_state, person_id FROM grants.audit_entry WHERE resource_id = '{wrong_one}' ORDER BY id"
    )
    assert [row[:3] for row in audited] == [("issue", None, "filed"), ("void", "filed", "void")]
    assert {row[3] for row in audited} == {applying.officer.person}


def test_nothing_differs_before_the_instant_at_which_it_is_shown(filing: Filing) -> None:
    applying, grants = filing.applying, filing.grants
    lead = applying.organisation()
    ref, _ = applying.submitted(lead, applying.round())
    until = grants.now() + timedelta(hours=1)

    def seen() -> list[object]:
        """All that its applicant can ask."""
        listed = grants.call("documents_list", lead.first, params={"include": "total"})
        files = [
            grants.call("documents_list", lead.first, {"Accept": media}).content
            for media in ("text/csv", "application/x-ndjson")
        ]
        asked = grants.call("applications_read", lead.first, path={"ref": ref})
        return [listed.content, listed.headers["ETag"], *files, asked.content, asked.headers["ETag"]]

    before = seen()
    made = filing.filed(None, ref, "selection_notice", NOTICE, shown_from=until)
    one = filing.read(made, applying.officer)
    assert seen() == before
    for address in (made, one["code"]):
        for operation in ("documents_read", "documents_paper", "documents_content"):
            assert grants.call(operation, lead.first, path={"ref": address}).status_code == 404
    setting = f'{{"client": "desk", "role": "organisation", "organisation": "{lead.id}", "key": "k"}}'
    asked = f"SELECT FROM grants.document WHERE id = '{made}'"
    assert grants.sql_as(setting, asked) == []
    assert datetime.fromisoformat(one["shown_from"]) == until
    assert words(filing.paper(made, applying.officer))
    applying.later(hours=1)
    assert seen() != before and len(grants.sql_as(setting, asked)) == 1
    assert filing.paper(made, lead.first) == filing.paper(made, applying.officer)
    assert "shown_from" not in filing.read(made, lead.second)


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        ("selection_notice", NOTICE, (
            "採択（内示）", "内示額金1,234,000円", "予算が成立することを条件", "審査会令和8年（2026年）2月3日", "交付の決定ではありません",
        )),
        ("waitlist_notice", WaitlistNotice(2, valid_until=date(2026, 9, 30)), (
            "審査結果（補欠）", "補欠順位第2位", "補欠の期限令和8年（2026年）9月30日",
        )),
        ("rejection_notice", Rejection("予算の範囲を超えたため。"), ("不採択", "採択しない", "理由予算の範囲を超えたため。")),
        ("dismissal_notice", Rejection("補正書が提出されなかったため。"), ("申請の却下", "申請を却下しました")),
        ("decision_notice", DECISION, (
            "助成金交付（修正）決定通知書", "申請の内容を一部修正して", "交付決定額金1,234,000円", "申請額金1,400,000円",
            "修正の理由食糧費は対象としないため。", "助成対象経費2,800,000円", "助成率2分の1以内", "上限額3,000,000円",
            "申請の取下期限令和8年（2026年）4月15日", "2027年）2月28日まで", "実績報告の期限令和9年（2027年）3月15日",
            "帳簿を5年間保存すること。", "令7発第9号で内示",
        )),
        ("declination", Declination(date(2026, 4, 10), "相手都市の事情", 1_234_000, "令8発第1号", date(2026, 4, 1)), (
            "辞退届", "令和8年（2026年）4月1日付け令8発第1号で通知のありました", "辞退する額金1,234,000円", "相手都市の事情",
            "自治体国際化協会　理事長様",
        )),
        ("withdrawal", Declination(date(2026, 4, 10), "日程の都合"), ("取下書", "取下げの日", "日程の都合")),
    ],
)  # fmt: skip
def test_each_says_what_was_decided(
    filing: Filing, applied: tuple[str, Body], kind: Kind, content: Content, says: tuple[str, ...]
) -> None:
    ref, city = applied
    made = filing.filed(filing.applying.officer, ref, kind, content)
    one, paper = filing.read(made, city.first), filing.paper(made, city.first)
    text = words(paper)
    for part in (*says, one["code"], "架空の交流", "以上", "この様式・規定は見本です"):
        assert part in text, (part, text)
    assert pages(paper) == 1 and "None" not in text
    if one["series"] == "issued":
        assert f"架空市{city.code}長様" in text and "公印省略" in text and "交流支援担当課" in text


@pytest.fixture(scope="module")
def applied(filing: Filing) -> tuple[str, Body]:
    city = filing.applying.organisation()
    return filing.applying.submitted(city, filing.applying.round())[0], city


def test_a_decision_as_applied_for_is_not_amended(filing: Filing, applied: tuple[str, Body]) -> None:
    whole = replace(DECISION, amount_yen=DECISION.requested_yen)
    made = filing.filed(None, applied[0], "decision_notice", whole)
    text = words(filing.paper(made, applied[1].first))
    assert "決定通知書" in text and "修正" not in text


def test_a_section_signs_as_it_is_told_to(
    filing: Filing, applied: tuple[str, Body], monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {SECTION: {"name": "交流課", "sign": "自交", "contact": "電話 03-0000-0000"}}
    monkeypatch.setenv("KAKEHASHI_GRANT_SECTIONS", json.dumps(named))
    made = filing.filed(None, applied[0], "waitlist_notice", WaitlistNotice())
    one, text = filing.read(made, applied[1].first), words(filing.paper(made, applied[1].first))
    assert "発自交第" in one["code"] and "交流課電話 03-0000-0000" in text
    monkeypatch.setenv("KAKEHASHI_GRANT_SECTIONS", json.dumps(named | {OTHER: {"name": "x", "sign": "自交"}}))
    with pytest.raises(ValueError, match="one sign"):
        create_app()
    # one that another section signed by before is told, and nothing is submitted
    applying, grants = filing.applying, filing.grants
    monkeypatch.setenv("KAKEHASHI_GRANT_SECTIONS", json.dumps(named))
    grants.sql(
        "WITH counted AS (INSERT INTO grants.document_counter SELECT 'grants-past', fiscal_year, series, drawn "
        f"FROM grants.document_counter WHERE section = '{SECTION}' AND series = 'received' RETURNING fiscal_year) "
        "SELECT FROM counted"
    )
    (year,) = grants.sql("SELECT fiscal_year FROM grants.document_counter WHERE section = 'grants-past'")[0]
    grants.sql(
        "INSERT INTO grants.document (section, fiscal_year, series, number, sign, kind, application_id, issued_on, "
        f"content, sha256) SELECT 'grants-past', {year}, 'received', 0, '{sign('自交', year, 'received')}', 'application', "
        f"'{applied[0]}', platform.today(), '{{}}', sha256('{{}}')"
    )
    ref = applying.ready(city := applying.organisation(), applying.round())
    assert code(applying.act("submit", ref, city.first)) == (409, "document_sign_taken")
    assert applying.read(ref, city.first)["state"] == "ready"


def test_the_year_of_a_number_is_that_of_its_october() -> None:
    told = [sign("交", FiscalYear(year), "issued") for year in (2018, 2019, 2025)]
    assert told == ["平30発交", "令元発交", "令7発交"]
    assert sign("交", FiscalYear(2025), "received") == "令7収交"
