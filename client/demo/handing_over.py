"""The officer leaves: what is open stands on one page, is signed, ticked one by one and taken over; and the quarter's
figures, as headquarters read them."""

from pathlib import Path
from typing import Any

from client.demo.abroad import OFFICE, YEAR, ZONE, Cast, add, figures, folder, totals
from client.demo.browser import Browser
from client.demo.calls import refusal
from client.demo.cast import ADDRESSES
from client.demo.office_log import LINES, MESSAGES
from client.demo.stage import Stage

EVENT, EDITION, LEG = "PARIS-AUTUMN", "PARIS-AUTUMN-2026", "PARIS-AUTUMN-2026-1"
SURVEY, VISIT = "SURVEY-2026-07", "PARIS-VISIT-2026"
PATH, MATTERS = "/events/v1/hand-overs", "/events/v1/hand-over-matters"
# as the page has them, by their days
OPEN = ("support", "survey", "registration", "mission", "edition")
KINDS = {"support": "対応中の記録", "survey": "海外依頼調査", "registration": "受付中の申込み", "mission": "派遣・訪問",
         "edition": "行事の開催"}  # fmt: skip


def play(stage: Stage, cast: Cast, url: str, mail: Path, out: Path) -> None:
    stage.act(
        "異動：引継ぎに署名し、後任が一つずつ確かめる", "A change of officers: signed, ticked, and taken over"
    )
    _ahead(cast)
    drafted = add(cast.officer, "hand-overs", office_code=OFFICE, leaves_on="2026-07-31")
    ref = drafted["id"]
    stage.table(
        ("期限 due", "種類 kind", "記録 record", "内容 what"),
        [(one["due_on"], KINDS[one["kind"]], one["reference"], one["title"]) for one in drafted["matters"]],
    )
    stage.expect("記録から集めた引き継ぐ事項", "what is open, told from the records",
                 tuple(one["kind"] for one in drafted["matters"]), OPEN)  # fmt: skip
    other = refusal(lambda: cast.successor.post(f"{PATH}/{ref}/signatures"))
    stage.expect("後任が代わりに署名", "signed by the successor", other[:2], (409, "hand_over_not_leaving"))
    cast.officer.post(f"{PATH}/{ref}/signatures")
    cast.successor.post(f"{PATH}/{ref}/successions")
    _ticked(stage, cast, ref)
    with Browser(url, mail) as browser:
        browser.sign_in(ADDRESSES["paris_successor"])
        stage.wrote(browser.keep(f"/desk/office/{OFFICE}/hand-over", folder(out) / "hand-over.html"))
    taken = cast.successor.post(f"{PATH}/{ref}/takeovers")
    stage.expect("引継ぎの状態", "the hand-over", taken["state"], "taken_over")
    _quarter(stage, cast)


def _ahead(cast: Cast) -> None:
    """What the office has yet to do."""
    add(cast.headquarters, "surveys", code=SURVEY, title="欧州の自治体の多言語の窓口", office_codes=[OFFICE, "london"],
        organisation_code="220001", requested_on="2026-06-20", due_on="2026-08-14")  # fmt: skip
    add(
        cast.officer,
        "events",
        code=EVENT,
        programme="economic_seminar",
        office_code=OFFICE,
        name_ja="秋の商談会",
    )
    add(cast.officer, "editions", code=EDITION, event_code=EVENT, fiscal_year=YEAR, title_ja="秋の商談会2026",
        public=True)  # fmt: skip
    add(cast.officer, "legs", code=LEG, edition_code=EDITION, time_zone=ZONE, starts_on="2026-10-22", ends_on="2026-10-22",
        registers_from="2026-06-25T09:00:00+02:00", registers_until="2026-09-30T12:00:00+02:00")  # fmt: skip
    add(cast.officer, "missions", code=VISIT, programme="protocol_visit", office_code=OFFICE, title_ja="市長の表敬訪問",
        starts_on="2026-10-05", ends_on="2026-10-07", countries=["FR"])  # fmt: skip


def _ticked(stage: Stage, cast: Cast, ref: str) -> None:
    matters = [
        one["id"] for one in cast.successor.get(MATTERS, {"hand_over": ref, "sort": "number"})["items"]
    ]
    for matter in matters[:-1]:
        cast.successor.post(f"{MATTERS}/{matter}/ticks")
    early = refusal(lambda: cast.successor.post(f"{PATH}/{ref}/takeovers"))
    stage.expect(
        "1件を残して引き継ぐ", "taken over with one matter left", early[:2], (409, "hand_over_unticked")
    )
    cast.successor.post(f"{MATTERS}/{matters[-1]}/ticks")


def _quarter(stage: Stage, cast: Cast) -> None:
    stage.act("四半期の数字（本部が読む）", "The quarter's figures, as headquarters read them")
    clair = cast.headquarters
    support = totals(figures(clair, "overseas-support-counts"))
    counted = figures(clair, "event-counts", dimensions="subject,counted_for")["cells"]
    counts = [one for one in counted if one["metric"] == "count"]
    rows: list[tuple[Any, ...]] = [
        ("活動支援 supported", support["cases", "sum"], "件"),
        ("うち都道府県・指定都市 prefectures", support["prefectures_and_designated_cities", "sum"], "件"),
        ("うち市区町村 municipalities", support["municipalities", "sum"], "件"),
        ("ニューズレター newsletters", totals(figures(clair, "newsletters"))["", "sum"], "号"),
    ]
    rows += [(f"{one['subject']} ({one['counted_for']})", one["value"], one["unit"]) for one in counts]
    stage.table(("", "計 total", ""), rows, right=(1,))
    stage.expect(
        "活動支援＝数える記録", "supported: the lines that are counted", rows[0][1], len(LINES) - MESSAGES
    )
    stage.expect("主催者の約18,000と自らの数は足されない", "the host's figure and one's own are never added",
                 sorted(one["value"] for one in counts), [3 + 3, 128, 18_000])  # fmt: skip
