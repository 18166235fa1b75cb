"""A round decided at the desk: by two people, told at once and not before, and given up again; by its panel; with its money."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest

from tests.gateway.desk.test_grants import (
    DESK,
    HOME,
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
from tests.support.sql import execute, fetch

__all__ = ["section", "stack"]
COSTS = [{"category": "travel", "yen": 40_000, "tax": 0, "note": None}] * 70
# what no caller can do: the clock is the whole system's
PUBLIC = """
SET session_replication_role = replica;
UPDATE grants.round SET publish_at = decided_at WHERE code = '{code}'
"""


class Ranked(NamedTuple):
    """A round of three cities by rank, of which the budget line pays two; `first` and `last` act for the outer two."""

    code: str
    line: str
    refs: list[str]
    first: Visitor
    last: Visitor

    def page(self, rank: int) -> str:
        return f"{HOME}/applications/{self.refs[rank - 1]}"


def ranked(office: Offices, section: Section, stack: ExitStack) -> Ranked:
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
    first, last = (visitor(office, stack, one.email) for one in (officers[0], officers[2]))
    return Ranked(code, line, refs, first, last)


def test_a_round_is_decided_by_two_and_told_to_its_applicants_at_once(
    office: Offices, section: Section, stack: ExitStack
) -> None:
    round_ = ranked(office, section, stack)
    page = f"{DESK}/rounds/{round_.code}"
    author = visitor(office, stack, section.email)
    decider = visitor(office, stack, office.staff(SECTION).email)
    shown = author.get(page)
    assert "選定案を作成できます" not in shown.text and "作成した人は、この選定を決定できません" in shown.text
    drawn = author.post(f"{page}/selection")
    assert "まだ何も決まっていません" in drawn.text and "2,400,000円" in drawn.text
    assert "公表日時が、これから先の日時になっていません" in drawn.text
    early = decider.get(page)
    assert decider.post(f"{page}/decision").status == 409 and "disabled" in early.html
    past = decider.post(f"{page}/publication", {"etag": early.hidden["etag"], "publish_at": ""})
    assert past.status == 409 or "公表日時" in past.text
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

    # before the instant an applicant's page is, to the letter, what it was
    before = round_.first.get(round_.page(1)).html
    decider.get(page)
    decided = decider.post(f"{page}/decision")
    assert "採択を決定しました" in decided.text and "自動で示されます" in decided.text
    assert round_.first.get(round_.page(1)).html == before and "採択" not in before
    assert "申請者には示されません" in decider.get(round_.page(1)).text
    execute(office.system.database, PUBLIC.format(code=round_.code))
    told, waits = round_.first.get(round_.page(1)), round_.last.get(round_.page(3))
    assert "採択（内示）されました" in told.text and "1,400,000" in told.text
    letter = told.html.split(f'href="{HOME}/documents/')[1].partition('"')[0]
    assert "採択（内示）通知" in told.text and round_.first.http.get(f"{HOME}/documents/{letter}").content[:4] == b"%PDF"
    assert round_.last.get(f"{HOME}/documents/{letter}").status == 404 and "補欠通知" in waits.text
    assert "補欠です" in waits.text and "辞退する" not in waits.text

    assert decider.get(page).html.count("disabled") == 1 and "まだ議決されていません" in decider.get(page).text
    section.tool.post(f"/grants/v1/budget-lines/{round_.line}/appropriations", {
        "appropriated_yen": 2_500_000, "appropriated_on": section.now.date().isoformat(),
    })  # fmt: skip
    assert "別の担当者が決定します" in author.get(page).text
    decider.get(page)
    assert "助成を決定しました" in decider.post(f"{page}/awards").text
    granted = round_.first.get(round_.page(1))
    assert "助成が決定しました" in granted.text and "交付決定通知書" in granted.text and "取下げの期限" in granted.text
    assert "元に戻せません" in granted.text and "決定がなかったものとして扱います" in granted.text
    gone = f'{round_.page(1)}/awards/{granted.html.split("/awards/")[1].partition("/")[0]}/withdraw'
    assert round_.first.post(gone, {"ended_reason": ""}).status == 422
    over = round_.first.post(gone, {"ended_reason": "中止のため"})
    assert "助成決定を取り下げました" in over.text and "結果: 取下げ" in over.text and "申請取下書" in over.text
    assert f'{round_.page(1)}/awards/' not in over.html

    # what was freed goes to whoever waits, and is declined again
    assert "採択（内示）されました" in round_.last.get(round_.page(3)).text
    declined = round_.last.post(f"{round_.page(3)}/decline", {"ended_reason": "別の財源"})
    assert "辞退を登録しました" in declined.text and "結果: 辞退" in declined.text
    alone = decider.get(page, standing="declined")
    assert "別の財源" in alone.text and "架空の事業1" not in alone.text

    # a long budget is shown by and by
    assert "70行のうち1行目から" in granted.text and len(granted.html) < 100_000
    assert "70行のうち51行目から" in round_.first.get(round_.page(1), **{"budget.costs": "50"}).text
