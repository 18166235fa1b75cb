"""The round is scored blind, selected by one and decided by another, public in one instant, cut to what the Board gives,
awarded, and told: letters with numbers, the public list without a key, figures and the ledger."""

import csv
import io
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx

from client.api import Api
from client.demo.calls import comparable, move_clock, problem_of, refusal
from client.demo.granting import (
    APPLICATIONS,
    FIRST,
    GIVEN,
    JOINT,
    LAST,
    LINE,
    NOT_ADMITTED,
    PLANNED,
    POST,
    PUBLISH_AT,
    ROUND,
    SECOND,
    Bid,
    Cast,
)
from client.demo.stage import Stage

REVIEWED_AT, DECIDED_AT = "2025-12-10T10:00:00+09:00", "2026-01-15T10:00:00+09:00"
BOARD_AT, AWARDED_AT, DECLINED_AT = (
    "2026-03-23T15:00:00+09:00", "2026-04-01T10:00:00+09:00", "2026-05-11T10:00:00+09:00",
)  # fmt: skip
GIVES = PLANNED * 9 // 10
# effect of 5 and plan of 10, by three members
SCORES = {
    JOINT: ((5, 9), (5, 10), (4, 9)),
    FIRST: ((5, 8), (4, 9), (4, 8)),
    POST: ((4, 7), (4, 8), (4, 7)),
    SECOND: ((3, 7), (4, 6), (3, 7)),
    LAST: ((3, 5), (3, 6), (3, 5)),
    NOT_ADMITTED: ((2, 5), (3, 4), (2, 5)),
}
DOCUMENTS = "/grants/v1/documents"
LETTERS = (
    (FIRST, "application", "交付申請書"),
    (FIRST, "selection_notice", "採択（内示）通知"),
    (FIRST, "decision_notice", "交付決定通知書"),
    (FIRST, "declination", "辞退届"),
    (SECOND, "waitlist_notice", "補欠通知"),
    (NOT_ADMITTED, "rejection_notice", "不採択通知"),
)
TITLES = {bid.name: bid.title for bid in SCORES}
STANDINGS = {
    "selected": "採択",
    "waitlisted": "補欠",
    "not_selected": "不採択",
    "awarded": "決定",
    "declined": "辞退",
}
ACCOUNTS = ("source", "available", "reserved", "committed")
COUNTED = ("received", "adopted", "declined", "not_adopted")


def play(stage: Stage, cast: Cast, bids: dict[str, str], out: Path) -> None:
    """`bids`: the accepted applications by the names of the bids."""
    told = Awarding(stage, cast, bids)
    told.is_reviewed()
    told.is_selected()
    told.is_published()
    told.is_awarded()
    told.is_declined()
    told.is_told(out)


class Awarding:
    def __init__(self, stage: Stage, cast: Cast, bids: dict[str, str]) -> None:
        self._stage, self._cast, self._bids = stage, cast, bids
        self._selection = ""

    def is_reviewed(self) -> None:
        stage, cast = self._stage, self._cast
        stage.act("審査会が採点し、順位を確定する", "A panel scores, and the ranking is signed")
        move_clock(stage, cast.registrar, REVIEWED_AT)
        panel = cast.officer.post("/grants/v1/panels", {"round_code": ROUND, "rubric": GIVEN["rubric"]})["id"]
        members = [cast.ids[role] for role in ("panel_first", "panel_second", "panel_third")]
        for person in (*members, cast.ids["grant_secondee"]):
            cast.officer.post(f"/grants/v1/panels/{panel}/members", {"person_id": person})
        self._hides(panel)
        for bid, scores in SCORES.items():
            for member, person, (effect, plan) in zip(cast.panel, members, scores, strict=True):
                asked = {"application_id": self._bids[bid.name], "reviewer_id": person}
                review = cast.officer.post(f"/grants/v1/panels/{panel}/assignments", asked)["id"]
                if bid is JOINT and member is cast.panel[-1]:
                    seen = member.get("/grants/v1/reviews", {"application_id": asked["application_id"]})
                    stage.expect("採点前の委員に見える採点", "reviews that a member sees before scoring",
                                 [one["state"] for one in seen["items"]], ["assigned"])  # fmt: skip
                scored = {"scores": {"effect": effect, "plan": plan}}
                member.post(f"/grants/v1/reviews/{review}/seals", scored)
        own = refusal(lambda: cast.panel[0].post(f"/grants/v1/panels/{panel}/rankings"))
        stage.expect("委員本人による順位の確定", "the ranking signed by a member", own[:2],
                     (409, "ranking_by_member"))  # fmt: skip
        cast.officer.post(f"/grants/v1/panels/{panel}/rankings")
        ranked = {one["id"]: one["rank"] for one in self._read(cast.officer)}
        stage.expect("確定した順位", "the ranks that were signed",
                     [ranked[self._bids[bid.name]] for bid in SCORES], [*range(1, len(SCORES) + 1)])  # fmt: skip

    def _hides(self, panel: str) -> None:
        """To whom the city has lent CLAIR, its applications are not there."""
        stage, cast = self._stage, self._cast
        of_city = {self._bids[bid.name] for bid in (FIRST, SECOND, JOINT)}
        found = {one["id"] for one in self._read(cast.secondee)}
        stage.expect("市からの派遣職員に見える、市の申請", "the city's applications, to whom the city has seconded",
                     len(found & of_city), 0)  # fmt: skip
        hidden = problem_of(cast.secondee, f"{APPLICATIONS}/{self._bids[FIRST.name]}")
        unknown = problem_of(cast.secondee, f"{APPLICATIONS}/{panel}")
        stage.expect("あることも分からない", "it is as if there were none",
                     (hidden.status, comparable(hidden) == comparable(unknown)), (404, True))  # fmt: skip
        asked = {"application_id": self._bids[FIRST.name], "reviewer_id": cast.ids["grant_secondee"]}
        refused = refusal(lambda: cast.officer.post(f"/grants/v1/panels/{panel}/assignments", asked))
        stage.expect("その職員への割当て", "an assignment to that person", refused[0], 422)

    def _read(self, by: Api) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = by.get(APPLICATIONS, {"round_code": ROUND, "limit": 100})["items"]
        return found

    def is_selected(self) -> None:
        stage, cast = self._stage, self._cast
        stage.act(
            "選定案を作り、別の人が決定する", "The selection is drawn up by one, and decided by another"
        )
        move_clock(stage, cast.registrar, DECIDED_AT)
        made = cast.officer.post("/grants/v1/selections", {"round_code": ROUND})["id"]
        self._selection = f"/grants/v1/selections/{made}"
        self._entries()
        stage.say(
            "市の2課は1つの年度上限（3,000,000円）を分け合い、順位の低い課は残りの1,000,000円です。",
            "Two departments of one city share its cap of the year.",
        )
        same = refusal(lambda: cast.officer.post(f"{self._selection}/decisions"))
        stage.expect(
            "案を作った本人の決定", "decided by who drew it up", same[:2], (409, "selection_two_people")
        )
        before = self._seen()
        cast.deputy.post(f"{self._selection}/decisions")
        self._balance("決定後の予算", "the line after the decision", (200_000, 5_300_000, 0))
        (notice,) = self._documents(cast.officer, FIRST, "selection_notice")
        stage.say(
            f"内示通知は決定と同時に {notice['code']} として登録され、公表日時まで申請者には見えません。",
            "Letters are filed with the decision, and wait for the instant.",
        )
        hidden = self._documents(cast.city[0], FIRST, "selection_notice")
        stage.expect("申請者に見える内示通知", "letters that the applicant finds", len(hidden), 0)
        stage.expect("公表前に申請者に見える状態は変わらない", "before the publication applicants see no change",
                     (self._seen() == before, sorted({one["state"] for one in before})), (True, ["ranked"]))  # fmt: skip

    def _entries(self) -> None:
        asked = {"round_code": ROUND, "sort": "rank"}
        entries = self._cast.officer.get("/grants/v1/selection-entries", asked)["items"]
        self._stage.table(
            ("順位", "団体 organisation", "事業 project", "結果 standing", "額 yen", "理由 reason"),
            [
                (one["rank"], f"{one['organisation_name']}・{one['department']}", one["title"],
                 STANDINGS[one["standing"]], one["amount_yen"], one["reason"])
                for one in entries
            ],
            right=(0, 4),
        )  # fmt: skip

    def _seen(self) -> list[dict[str, Any]]:
        """All that the applicants find."""
        return [one for by in (self._cast.city[0], self._cast.neighbour[0]) for one in self._read(by)
                if one["state"] != "expired"]  # fmt: skip

    def _balance(self, ja: str, en: str, expected: tuple[int, int, int]) -> None:
        line = self._cast.officer.get(f"/grants/v1/budget-lines/{LINE}")
        told = tuple(line[f"{name}_yen"] for name in ("available", "reserved", "committed"))
        self._stage.expect(f"{ja}（残額/内示/決定）", f"{en}: available, reserved, committed", told, expected)

    def is_published(self) -> None:
        stage, cast = self._stage, self._cast
        stage.act("公表日時に、すべての結果が同時に出る", "All results are public in one instant")
        move_clock(stage, cast.registrar, PUBLISH_AT)
        told = {one["id"]: one["state"] for one in self._seen()}
        own = [STANDINGS[told[self._bids[bid.name]]] for bid in (JOINT, FIRST, SECOND, LAST)]
        stage.expect("市と隣の市に見える結果", "what the two cities see", own,
                     ["採択", "採択", "補欠", "補欠"])  # fmt: skip

    def is_awarded(self) -> None:
        stage, cast = self._stage, self._cast
        stage.act("理事会の議決は1割減", "The Board gives a tenth less")
        move_clock(stage, cast.registrar, BOARD_AT)
        line = f"/grants/v1/budget-lines/{LINE}"
        board = {"appropriated_yen": GIVES, "appropriated_on": BOARD_AT[:10]}
        short = refusal(lambda: cast.officer.post(f"{line}/appropriations", board))
        stage.expect(f"{GIVES:,}円の登録（内示額に足りない）", "what the Board gives is less than is promised",
                     short[:2], (409, "budget_recut_needed"))  # fmt: skip
        cut = {"total_yen": GIVES, "method": "pro_rata"}
        tried = cast.officer.post(f"{line}/recuts", cut | {"dry_run": True})
        done = cast.officer.post(f"{line}/recuts", cut)
        stage.expect("再配分は試算のとおり", "the cut is as it was tried", done == tried, True)
        names = {identity: TITLES[name] for name, identity in self._bids.items()}
        stage.table(
            ("順位", "事業 project", "内示 before", "再配分 after"),
            [
                (one["rank"], names[one["application_id"]], one["before"], one["after"])
                for one in done["items"]
            ],
            right=(0, 2, 3),
        )
        cast.officer.post(f"{line}/appropriations", board)
        self._balance("議決後の予算", "the line after the Board", (0, GIVES, 0))
        move_clock(stage, cast.registrar, AWARDED_AT)
        cast.deputy.post(f"{self._selection}/awards", {})
        self._balance("交付決定後の予算", "the line after the awards", (0, 0, GIVES))

    def is_declined(self) -> None:
        stage, cast = self._stage, self._cast
        stage.act("1団体が辞退し、補欠が繰り上がる", "One declines, and one who waits is promoted")
        move_clock(stage, cast.registrar, DECLINED_AT)
        (award,) = cast.city[0].get("/grants/v1/awards", {"application_id": self._bids[FIRST.name]})["items"]
        body = {"ended_reason": "姉妹都市の都合により実施できなくなったため"}
        cast.city[0].post(f"/grants/v1/awards/{award['id']}/declinations", body)
        promoted = cast.city[0].get(f"{APPLICATIONS}/{self._bids[SECOND.name]}")
        stage.expect("同じ市の次点の課（年度上限も戻る）", "the next, of the same city: its cap is free again",
                     (STANDINGS[promoted["state"]], promoted["selected_yen"]), ("採択", 1_600_000))  # fmt: skip
        cast.deputy.post(f"{self._selection}/awards", {})
        self._entries()

    def is_told(self, out: Path) -> None:
        stage, cast = self._stage, self._cast
        stage.act("文書、公表、統計、台帳", "Letters, the public list, figures and the ledger")
        folder = out / "grants"
        folder.mkdir(exist_ok=True)
        self._letters(folder)
        self._public(folder / "awards.csv")
        figures = cast.officer.get(
            "/grants/v1/statistics/grant-applications", {"programme_code": GIVEN["programme"]["code"]}
        )
        counts = {one["metric"]: one["value"] for one in figures["totals"]}
        stage.expect("統計（受付/採択/うち辞退/不採択）", "received, adopted, of them declined, not adopted",
                     [counts[name] for name in COUNTED], [6, 4, 1, 2])  # fmt: skip
        sums: defaultdict[str, int] = defaultdict(int)
        for one in cast.officer.iterate("/grants/v1/ledger-entries", {"line_code": LINE}):
            sums[one["account"]] += one["entry_yen"]
        stage.expect("台帳の合計（財源/残額/内示/決定）", "the ledger's sums", [sums[one] for one in ACCOUNTS],
                     [-GIVES, 268_000, 0, GIVES - 268_000])  # fmt: skip
        stage.expect("台帳の総計", "and all together", sum(sums.values()), 0)

    def _letters(self, folder: Path) -> None:
        """Each kind of paper, of one application; and all numbers of the register."""
        stage, officer = self._stage, self._cast.officer
        for bid, kind, ja in LETTERS:
            *_, one = self._documents(officer, bid, kind)
            path = officer.download(f"{DOCUMENTS}/{one['id']}/paper", folder / f"{kind}.pdf")
            stage.say(f"  {one['code']}　{ja}（{one['issued_on']}）　{bid.title}", kind.replace("_", " "))
            stage.wrote(path)
        numbers: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        for one in officer.iterate(DOCUMENTS, {"sort": "number"}):
            numbers[one["fiscal_year"], one["series"]].append(one["number"])
        whole = all(found == [*range(1, len(found) + 1)] for found in numbers.values())
        stage.expect("文書番号に欠番も重複もない", "no number is missing or given twice", whole, True)

    def _documents(self, by: Api, bid: Bid, kind: str) -> list[dict[str, Any]]:
        asked = {"application_id": self._bids[bid.name], "kind": kind, "sort": "issued_on"}
        found: list[dict[str, Any]] = by.get(DOCUMENTS, asked)["items"]
        return found

    def _public(self, path: Path) -> None:
        answer = httpx.get(
            f"{self._cast.officer.url}/grants/v1/public/awards",
            params={"programme_code": GIVEN["programme"]["code"], "sort": "organisation_code"},
            headers={"Accept": "text/csv"},
        )  # fmt: skip
        path.write_bytes(answer.raise_for_status().content)
        rows = [*csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))]
        self._stage.wrote(path)
        self._stage.expect(
            "鍵なしで読める採択一覧（件数）", "adopted projects, read without a key", len(rows), 4
        )
