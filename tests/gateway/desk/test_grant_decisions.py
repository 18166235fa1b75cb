"""A round decided at the desk: by two people, told at once and not before, and given up again; by its panel; with its money."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import NamedTuple
from uuid import uuid4

import pytest

from tests.gateway.desk.test_grants import (
    DESK,
    HOME,
    PAST,
    SECTION,
    Section,
    city,
    section,
    stack,
    typed,
    visitor,
)
from tests.support.desk import Visitor
from tests.support.offices import Offices
from tests.support.sql import execute

__all__ = ["section", "stack"]
COSTS = [{"category": "travel", "yen": 40_000, "tax": 0, "note": None}] * 70
# what no caller can do: the clock is the whole system's
PUBLIC = """
SET session_replication_role = replica;
UPDATE grants.document SET shown_from = shown_from - interval '50 days'
WHERE application_id IN (SELECT a.id FROM grants.application AS a JOIN grants.round AS r ON r.id = a.round_id WHERE r.code = '{code}');
UPDATE grants.round SET publish_at = decided_at WHERE code = '{code}'
"""


class Ranked(NamedTuple):
    """A round of three cities by rank, of which the budget line pays two; `emails` are of who acts for each."""

    code: str
    line: str
    refs: list[str]
    emails: list[str]

    def page(self, rank: int) -> str:
        return f"{HOME}/applications/{self.refs[rank - 1]}"


def ranked(office: Offices, section: Section) -> Ranked:
    """As a panel ranked them, by SQL."""
    code, line, database = section.call(), f"L-{uuid4().hex[:8].upper()}", office.system.database
    section.tool.post("/grants/v1/budget-lines", {
        "code": line, "fiscal_year": 2025, "section": SECTION, "name_ja": "架空交流費", "name_en": "Exchange",
    })  # fmt: skip
    section.tool.post(f"/grants/v1/budget-lines/{line}/plans", {"planned_yen": 2_500_000})
    officers = [office.officer(city(office, f"架空{number}市")) for number in "一二三"]
    refs = [str(uuid4()) for _ in officers]
    for rank, (of, person, yen) in enumerate(
        zip(refs, officers, (1_400_000, 1_000_000, 800_000), strict=True), start=1
    ):
        budget = json.dumps({"costs": COSTS, "income": [], "indirect": 0, "requested": yen})
        execute(database, f"""
INSERT INTO grants.application (id, round_id, section, organisation_id, department, project_number, title, joint, channel,
    budget, state, rank, accepted_on, sent_by, approved_by, member_ids, form_version_id)
SELECT '{of}', r.id, r.section, p.organisation_id, '国際課', 1, '架空の事業{rank}', false, 'online', '{budget}', 'ranked',
    {rank}, platform.today(), '{person.id}', '{officers[0].id if rank > 1 else officers[1].id}', '{{}}', r.form_version_id
FROM grants.round AS r, directory.post AS p WHERE r.code = '{code}' AND p.person_id = '{person.id}'
""")  # fmt: skip
    execute(database, f"""
INSERT INTO grants.panel (round_id, section, rubric, ranked_at, ranked_by)
SELECT id, section, '{{}}', platform.now(), '{officers[0].id}' FROM grants.round WHERE code = '{code}';
SET session_replication_role = replica;
UPDATE grants.round SET budget_line_id = (SELECT id FROM grants.budget_line WHERE code = '{line}'),
    opens_at = opens_at - interval '60 days', closes_at = closes_at - interval '40 days' WHERE code = '{code}'
""")  # fmt: skip
    return Ranked(code, line, refs, [one.email for one in officers])


class Pair(NamedTuple):
    """Two officers of the section, signed in."""

    author: Visitor
    decider: Visitor


@pytest.fixture(scope="module")
def pair(office: Offices, section: Section) -> Iterator[Pair]:
    with ExitStack() as opened:
        yield Pair(*(visitor(office, opened, one) for one in (section.email, office.staff(SECTION).email)))


def proposed(round_: Ranked, section: Section, pair: Pair) -> None:
    """Drawn up, dated, and changed by who drew it up."""
    page, (author, decider) = f"{DESK}/rounds/{round_.code}", pair
    shown = author.get(page)
    assert "選定案を作成できます" not in shown.text and "作成した人は、この選定を決定できません" in shown.text
    drawn = author.post(f"{page}/selection")
    assert "まだ何も決まっていません" in drawn.text and "2,400,000円" in drawn.text
    assert "公表日時が、これから先の日時になっていません" in drawn.text
    early = decider.get(page)
    assert decider.post(f"{page}/decision").status == 409 and "disabled" in early.html
    soon = typed(section.now + timedelta(days=40))
    dated = decider.post(
        f"{page}/publication", {"etag": decider.get(page).hidden["etag"], "publish_at": soon}
    )
    assert "公表日時を登録しました" in dated.text, dated.text

    # the second gets less, with a reason; who changed it decides as little as who drew it up
    entry = f"{DESK}/entries/" + dated.html.split(f'href="{DESK}/entries/')[2].partition('"')[0]
    sheet = author.get(entry)
    assert "架空の事業2" in sheet.text and "助成額の計算" in sheet.text
    less = {"etag": sheet.hidden["etag"], "standing": "selected", "amount_yen": "900000", "reason": ""}
    wrong = author.post(entry, less)
    assert wrong.status == 422 and "理由が必要です" in wrong.text and 'value="900000"' in wrong.html
    assert "内訳を変更しました" in author.post(entry, less | {"reason": "減額"}).text
    closed = author.get(page)
    assert "作成も変更もしていない、別の担当者が決定します" in closed.text
    assert "disabled" in closed.html and author.post(f"{page}/decision").status == 409


def published(office: Offices, round_: Ranked, decider: Visitor, first: Visitor, last: Visitor) -> None:
    """Decided, and told when its instant has come."""
    page = f"{DESK}/rounds/{round_.code}"
    # before the instant an applicant's page is, to the letter, what it was
    before = first.get(round_.page(1)).html
    decider.get(page)
    decided = decider.post(f"{page}/decision")
    assert "採択を決定しました" in decided.text and "自動で示されます" in decided.text
    assert first.get(round_.page(1)).html == before and "採択" not in before
    assert "申請者には示されません" in decider.get(round_.page(1)).text
    execute(office.system.database, PUBLIC.format(code=round_.code))
    told, waits = first.get(round_.page(1)), last.get(round_.page(3))
    assert "採択（内示）されました" in told.text and "1,400,000" in told.text
    letter = told.html.split(f'href="{HOME}/documents/')[1].partition('"')[0]
    assert (
        "採択（内示）通知" in told.text
        and first.http.get(f"{HOME}/documents/{letter}").content[:4] == b"%PDF"
    )
    assert last.get(f"{HOME}/documents/{letter}").status == 404 and "補欠通知" in waits.text
    assert "補欠です" in waits.text and "辞退する" not in waits.text


def test_a_round_is_decided_by_two_and_told_to_its_applicants_at_once(
    office: Offices, section: Section, pair: Pair, stack: ExitStack
) -> None:
    round_ = ranked(office, section)
    page = f"{DESK}/rounds/{round_.code}"
    author, decider = pair
    first, last = (visitor(office, stack, round_.emails[place]) for place in (0, 2))
    proposed(round_, section, pair)
    published(office, round_, decider, first, last)
    assert (
        decider.get(page).html.count("disabled") == 1 and "まだ議決されていません" in decider.get(page).text
    )
    section.tool.post(f"/grants/v1/budget-lines/{round_.line}/appropriations", {
        "appropriated_yen": 2_500_000, "appropriated_on": section.now.date().isoformat(),
    })  # fmt: skip
    assert "別の担当者が決定します" in author.get(page).text
    decider.get(page)
    assert "助成を決定しました" in decider.post(f"{page}/awards").text
    granted = first.get(round_.page(1))
    assert (
        "助成が決定しました" in granted.text
        and "交付決定通知書" in granted.text
        and "取下げの期限" in granted.text
        and 'href="#ending"' in granted.html
    )
    assert "元に戻せません" in granted.text and "決定がなかったものとして扱います" in granted.text
    gone = f"{round_.page(1)}/awards/{granted.html.split('/awards/')[1].partition('/')[0]}/withdraw"
    assert first.post(gone, {"ended_reason": ""}).status == 422
    over = first.post(gone, {"ended_reason": "中止のため"})
    assert (
        "助成決定を取り下げました" in over.text and "結果: 取下げ" in over.text and "申請取下書" in over.text
    )
    assert f"{round_.page(1)}/awards/" not in over.html

    # what was freed goes to whoever waits, and is declined again
    assert "採択（内示）されました" in last.get(round_.page(3)).text
    declined = last.post(f"{round_.page(3)}/decline", {"ended_reason": "別の財源"})
    assert "辞退を登録しました" in declined.text and "結果: 辞退" in declined.text
    alone = decider.get(page, standing="declined")
    assert "別の財源" in alone.text and "架空の事業1" not in alone.text

    # a long budget is shown by and by
    assert "70行のうち1行目から" in granted.text and len(granted.html) < 100_000
    assert "70行のうち51行目から" in first.get(round_.page(1), **{"budget.costs": "50"}).text


def accepted(office: Offices, code: str) -> str:
    """An application of a round, by SQL."""
    of, people = str(uuid4()), [office.officer(city(office)) for _ in range(2)]
    execute(office.system.database, f"""
INSERT INTO grants.application (id, round_id, section, organisation_id, department, project_number, title, joint, channel,
    budget, state, accepted_on, sent_by, approved_by, member_ids, form_version_id)
SELECT '{of}', r.id, r.section, p.organisation_id, '国際課', 1, '架空の事業', false, 'online', '{{"costs": [], "requested": 1}}',
    'accepted', platform.today(), '{people[0].id}', '{people[1].id}', '{{}}', r.form_version_id
FROM grants.round AS r, directory.post AS p WHERE r.code = '{code}' AND p.person_id = '{people[0].id}'
""")  # fmt: skip
    return of


def test_a_panel_scores_and_somebody_else_signs(
    office: Offices, section: Section, pair: Pair, stack: ExitStack
) -> None:
    code = section.call()
    page = f"{DESK}/rounds/{code}/panel"
    of = accepted(office, code)
    (member, head), other = pair, visitor(office, stack, office.staff(SECTION).email, "en")
    assert "審査会を作る" in member.get(page).text
    rubric = {
        "rubric.criteria.0.code": "effect", "rubric.criteria.0.ja": "効果", "rubric.criteria.0.en": "Effect",
        "rubric.criteria.0.weight": "2", "rubric.criteria.0.maximum": "5", "rubric.quorum": "2", "rubric.normalised": "true",
    }  # fmt: skip
    wrong = member.post(page, rubric | {"rubric.criteria.0.maximum": "500"})
    assert wrong.status == 422 and "審査基準 1行目 満点" in wrong.text and 'value="効果"' in wrong.html
    made = member.post(page, rubric)
    assert "審査会を作りました" in made.text and "、委員ごとの甘辛をならす" in made.text
    mended = member.post(
        f"{page}/rubric", rubric | {"etag": made.hidden["etag"], "rubric.normalised": "false"}
    )
    assert "審査基準を変更しました" in mended.text and "、委員ごとの甘辛をならす" not in mended.text
    for one in (member, other):
        mine = one.get(page).hidden["person_id"]
        assert one.post(f"{page}/members", {"person_id": mine}).status == 200
        assert one.post(f"{page}/assignments", {"application_id": of, "reviewer_id": mine}).status == 200
    assert member.post(f"{page}/members", {"person_id": str(uuid4())}).status == 422

    listed = member.get("/desk/grant-reviews")
    review = "/desk/grant-reviews/" + listed.html.split('href="/desk/grant-reviews/')[1].partition('"')[0]
    assert "架空の事業" in listed.text and "0〜5点、重み2" in member.get(review).text
    high = member.post(review, {"scores.effect": "６", "remark": "よい"})
    assert high.status == 422 and "満点を超えています" in high.text and "よい" in high.text
    assert "評価を確定しました" in member.post(review, {"scores.effect": "4", "remark": "よい"}).text
    # the other, who has not scored, finds nothing of it; who is no member sees all
    assert "Sealed" not in other.get(page).text
    assert "よい" in head.get(review).text and other.get(review).status == 404
    assert "確定 1 / 定足数 2" in head.get(page).text
    assert "委員は順位を確定できません" in member.get(page).text
    head.get(page)
    short = head.post(f"{page}/ranking")
    assert short.status == 409 and "評価の数が足りない申請があります" in short.text
    theirs = other.get("/desk/grant-reviews")
    review = "/desk/grant-reviews/" + theirs.html.split('href="/desk/grant-reviews/')[1].partition('"')[0]
    other.get(review)
    assert "sealed" in other.post(review, {"scores.effect": "5", "remark": ""}).text
    execute(office.system.database, PAST.format(code=code))
    head.get(page)
    signed = head.post(f"{page}/ranking")
    assert "順位を確定しました" in signed.text and "順位確定" in signed.text, signed.text


def test_a_budget_line_is_kept_and_a_cut_is_shown_before_it_is_done(
    office: Offices, section: Section, pair: Pair
) -> None:
    officer, decider = pair
    code = f"L-{uuid4().hex[:8].upper()}"
    home = f"/desk/grant-budget/{code}"
    assert officer.get("/desk/grant-budget").status == 200
    body = {"code": code, "fiscal_year": "2025", "section": SECTION, "name_ja": "架空費", "name_en": "Costs"}
    wrong = officer.post("/desk/grant-budget", body | {"fiscal_year": "x"})
    assert wrong.status == 422 and 'value="架空費"' in wrong.html
    assert "予算科目を作りました" in officer.post("/desk/grant-budget", body).text
    planned = officer.post(f"{home}/plan", {"planned_yen": "2,500,000"})
    assert "見込額を登録しました" in planned.text and "2,500,000" in planned.text and "見込" in planned.text

    round_ = ranked(office, section)
    home, page = f"/desk/grant-budget/{round_.line}", f"{DESK}/rounds/{round_.code}"
    officer.get(page)
    officer.post(f"{page}/selection")
    soon = typed(section.now + timedelta(days=40))
    decider.post(f"{page}/publication", {"etag": decider.get(page).hidden["etag"], "publish_at": soon})
    decider.get(page)
    assert "採択を決定しました" in decider.post(f"{page}/decision").text
    officer.get(home)
    day = section.now.date().isoformat()
    less = {"appropriated_yen": "1500000", "appropriated_on": day}
    refused = officer.post(f"{home}/appropriate", less)
    assert refused.status == 409 and "再配分" in refused.text and 'value="1500000"' in refused.html
    tried = officer.post(f"{home}/recut", {"total_yen": "1,500,000", "method": "tail"})
    assert "まだ何も変わっていません" in tried.text and "2,400,000 → 1,400,000円" in tried.text
    assert "架空二市" in tried.text and "-1,000,000" in tried.text
    assert "内示額 2,400,000" in officer.get(home).text
    officer.get(home)
    done = officer.post(f"{home}/recut", {"total_yen": "1500000", "method": "tail", "do": "yes"})
    assert "再配分しました" in done.text and "内示額 1,400,000" in done.text and "再配分" in done.text
    assert "議決を登録しました" in officer.post(f"{home}/appropriate", less).text
    assert "補欠" in officer.get(page, standing="waitlisted").text
    papers(officer)


def papers(officer: Visitor) -> None:
    """Letters of a decision: filed, to officers alone so far, issued anew where one is wrong, and void."""
    register = officer.get("/desk/grant-documents", kind="selection_notice")
    paper = (
        "/desk/grant-documents/" + register.html.split('href="/desk/grant-documents/')[1].partition('"')[0]
    )
    assert "採択（内示）通知" in register.text
    officer.get(paper)
    assert officer.post(paper, {"reason": ""}).status == 422
    anew = officer.post(f"{paper}/reissue", {"reason": "宛先の誤り"})
    assert "新しい番号で発行しました" in anew.text and anew.path != paper
    assert "宛先の誤り" in officer.get(paper).text
    officer.get(anew.path)
    assert "無効にしました" in officer.post(anew.path, {"reason": "取消し"}).text
    assert officer.get("/desk/grant-documents", fiscal_year="x").status == 400
