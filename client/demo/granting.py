"""A grant programme that nobody knew yesterday is set up by calls alone, and organisations apply to it: departments of one
city, a joint bid, and two that come by post."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.api import Api
from client.demo.calls import move_clock, refusal
from client.demo.stage import Stage

GIVEN: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
EDITION, ROUND, LINE = GIVEN["edition"]["code"], "CHIIKI-2026-1", "CHIIKI-2026"
SET_UP_AT, OPENS_AT = "2025-08-01T10:00:00+09:00", "2025-09-01T00:00:00+09:00"
APPLIES_AT, CLOSES_AT = "2025-10-20T10:00:00+09:00", "2025-11-01T00:00:00+09:00"
BY_POST_AT, PUBLISH_AT = "2025-10-17T11:30:00+09:00", "2026-02-02T10:00:00+09:00"
PLANNED = 5_500_000
TOWN, PREFECTURE = "373249", "360007"  # 小豆島町, 徳島県
APPLICATIONS = "/grants/v1/applications"
PARTNER = {"partner": "架空島の図書館"}
ANSWERS = {
    "outline": "架空の島の物語を、姉妹都市の子どもたちと訳して上演する。",
    "visits": [{"place": "架空島", "persons": 12}, {"place": "見本港", "persons": 8}],
}
SAFETY = "引率者を2人置き、緊急連絡先を全員に配る。"


@dataclass(frozen=True, slots=True)
class Cast:
    """CLAIR's two officers, a secondee from the city, and three who score; of the city and of its neighbour two each, of
    whom the second approves. `ids`: of all of them, by role."""

    registrar: Api
    officer: Api
    deputy: Api
    secondee: Api
    panel: tuple[Api, Api, Api]
    city: tuple[Api, Api]
    neighbour: tuple[Api, Api]
    ids: Mapping[str, str]


def play(stage: Stage, cast: Cast, story: dict[str, Any]) -> dict[str, str]:
    told = Granting(stage, cast, story)
    told.is_set_up()
    told.is_applied_to()
    told.is_closed()
    return told.bids


@dataclass(frozen=True, slots=True)
class Bid:
    """What is asked for is a half of what the project costs."""

    name: str
    title: str
    department: str
    category: str
    requested: int
    joint: bool = False

    def body(self, **more: Any) -> dict[str, Any]:
        return {
            "round_code": ROUND, "department": self.department, "category_code": self.category, "title": self.title,
            "joint": self.joint, "answers": ANSWERS | {"safety": SAFETY}, "country_codes": ["FR"],
            "budget": {
                "costs": [{"category": "travel", "yen": self.requested * 2 - 300_000}, {"category": "fees", "yen": 300_000}],
                "requested": self.requested,
            },
        } | more  # fmt: skip


JOINT = Bid("joint", "海峡をつなぐ食の交流", "企画課", "economy", 2_500_000, joint=True)
FIRST = Bid("first", "島の物語を訳す", "国際交流課", "culture", 2_000_000)
POST = Bid("post", "オリーブの姉妹島交流", "企画財政課", "culture", 800_000)
SECOND = Bid("second", "庭園の案内人を育てる", "観光交流課", "economy", 1_600_000)
LAST = Bid("last", "山里の音楽交流", "文化課", "culture", 900_000)
NOT_ADMITTED = Bid("prefecture", "阿波の踊りの交流", "国際課", "culture", 700_000)
LATE = Bid("late", "港の写真展", "文化芸術振興課", "culture", 600_000)


class Granting:
    """`bids`: the applications' ids by the names of the bids."""

    def __init__(self, stage: Stage, cast: Cast, story: dict[str, Any]) -> None:
        self._stage, self._cast, self._city = stage, cast, story["organisation_code"]
        self.bids: dict[str, str] = {}
        self._receipts: list[tuple[Any, ...]] = []

    def is_set_up(self) -> None:
        stage, officer = self._stage, self._cast.officer
        stage.act(
            "新しい助成制度を登録し、募集を公表する",
            "A new grant programme is set up, and its call is published",
        )
        move_clock(stage, self._cast.registrar, SET_UP_AT)
        officer.post("/grants/v1/programmes", GIVEN["programme"])
        officer.post("/grants/v1/editions", GIVEN["edition"])
        for one in GIVEN["categories"]:
            officer.post("/grants/v1/edition-categories", one | {"edition_code": EDITION})
        body = {"edition_code": EDITION, "sample": True, "rules": GIVEN["rules"]}
        rules = officer.post("/grants/v1/rule-versions", body)["code"]
        frozen = officer.post(f"/grants/v1/rule-versions/{rules}/freezes")
        form = self._frozen_form(GIVEN["form"])
        officer.post("/grants/v1/budget-lines", {
            "code": LINE, "fiscal_year": 2026, "section": GIVEN["programme"]["section"],
            "name_ja": "地域国際交流助成費", "name_en": "Grants for exchange in the regions",
        })  # fmt: skip
        line = officer.post(f"/grants/v1/budget-lines/{LINE}/plans", {"planned_yen": PLANNED})
        officer.post("/grants/v1/rounds", {
            "code": ROUND, "edition_code": EDITION, "rules_code": rules, "form_code": form, "budget_line_code": LINE,
            "number": 1, "opens_at": OPENS_AT, "closes_at": CLOSES_AT, "publish_at": PUBLISH_AT,
            "projects_from": "2026-04-01", "projects_to": "2027-02-28", "budget_conditional": True,
        })  # fmt: skip
        told = officer.post(f"/grants/v1/rounds/{ROUND}/announcements")
        given = frozen["rules"]
        caps = given["cap_project"], given["cap_joint"], given["cap_organisation"][0]["yen"]
        stage.say(
            f"{told['name_ja']}：補助率{given['rate']['numerator']}/{given['rate']['denominator']}、上限 1件{caps[0]:,}円・"
            f"共同{caps[1]:,}円・1団体の年度計{caps[2]:,}円（例示）。プログラムの変更はありません。",
            "Rate and caps, all sample values; not a line of code was written for it.",
        )
        stage.expect("予算科目の内示用の額", "planned on the budget line", line["budget_yen"], PLANNED)
        stage.expect("募集回の状態", "the round", told["state"], "announced")

    def _frozen_form(self, schema: dict[str, Any]) -> str:
        body = {"edition_code": EDITION, "form_schema": schema}
        code: str = self._cast.officer.post("/grants/v1/form-versions", body)["code"]
        self._cast.officer.post(f"/grants/v1/form-versions/{code}/freezes")
        return code

    def is_applied_to(self) -> None:
        stage, cast = self._stage, self._cast
        stage.act("団体が申請する", "Organisations apply")
        move_clock(stage, cast.registrar, APPLIES_AT)
        self._survives_a_new_form()
        self._takes_two(FIRST, cast.city)
        self._submit(FIRST, cast.city[0])
        stage.say("同じ市の別の課も申請します。", "Another department of the same city applies.")
        self._applies(SECOND, cast.city)
        self._joins()
        self._applies(LAST, cast.neighbour)
        self._comes_by_post()
        stage.table(
            ("受付番号 receipt", "団体", "部署", "事業 project", "申請額", "要綱による額", "SHA-256"),
            self._receipts,
            right=(4, 5),
        )
        self._draft(LATE, cast.city[0])
        self._approve(LATE, cast.city)

    def _survives_a_new_form(self) -> None:
        """A draft under the first version of the form is carried over to the second."""
        stage, writer = self._stage, self._cast.city[0]
        self._draft(FIRST, writer, answers=ANSWERS | PARTNER)
        schema = GIVEN["form"]
        cells = {name: cell for name, cell in schema["properties"].items() if name != "partner"}
        second = schema | {"properties": cells | GIVEN["new_cell"], "required": ["outline", "safety"]}
        form = self._frozen_form(second)
        self._cast.officer.post(f"/grants/v1/rounds/{ROUND}/form-publications", {"form_code": form})
        path = f"{APPLICATIONS}/{self.bids[FIRST.name]}"
        read = writer.get(path)
        change, kept = read["form_change"], [*read["left_over"].values()]
        stage.say(
            "市の下書きの途中で、CLAIRが様式の新しい版を公表します。",
            "A newer form comes while the city drafts.",
        )
        stage.expect("増えた欄 / なくなった欄", "cells added, cells removed",
                     [change["added"], change["removed"]], [["safety"], ["partner"]])  # fmt: skip
        stage.expect("入力済みで新しい版にない欄は、消えずに残る", "what has no place is kept beside",
                     [text for one in kept for text in one.values()], [PARTNER["partner"]])  # fmt: skip
        stage.expect("ほかの回答はそのまま", "all other answers stand", read["answers"] == ANSWERS, True)
        writer.post(f"{path}/form-change-acknowledgements")
        change_to = {"answers": {"safety": SAFETY}}
        writer.request("PATCH", path, json=change_to, headers={"If-Match": "*"})

    def _draft(self, bid: Bid, by: Api, **more: Any) -> None:
        self.bids[bid.name] = by.post(APPLICATIONS, bid.body(**more))["id"]
        with tempfile.TemporaryDirectory(prefix="kk-demo-") as folder:
            plan = Path(folder) / "plan.pdf"
            plan.write_text(f"%PDF-1.7\n% 架空の計画 {bid.title}\n", encoding="utf-8")
            by.request(
                "POST", f"{APPLICATIONS}/{self.bids[bid.name]}/files", content=plan,
                query={"document": "plan", "file_name": "事業計画書.pdf"}, headers={"Content-Type": "application/pdf"},
            )  # fmt: skip

    def _approve(self, bid: Bid, who: tuple[Api, Api]) -> None:
        path = f"{APPLICATIONS}/{self.bids[bid.name]}"
        who[0].post(f"{path}/approval-requests")
        who[1].post(f"{path}/approvals")

    def _takes_two(self, bid: Bid, who: tuple[Api, Api]) -> None:
        path = f"{APPLICATIONS}/{self.bids[bid.name]}"
        who[0].post(f"{path}/approval-requests")
        alone = refusal(lambda: who[0].post(f"{path}/approvals"))
        self._stage.expect("起案した本人の内部決裁", "approved by who sent it", alone[:2],
                           (409, "approval_by_its_sender"))  # fmt: skip
        who[1].post(f"{path}/approvals")

    def _applies(self, bid: Bid, who: tuple[Api, Api]) -> None:
        self._draft(bid, who[0])
        self._approve(bid, who)
        self._submit(bid, who[0])

    def _submit(self, bid: Bid, by: Api) -> None:
        self._note(bid, by.post(f"{APPLICATIONS}/{self.bids[bid.name]}/submissions"))

    def _note(self, bid: Bid, receipt: dict[str, Any]) -> None:
        yen = receipt["computed_yen"] if receipt["eligible"] else "対象外"
        self._receipts.append((
            receipt["receipt_number"], receipt["organisation_code"], bid.department, bid.title,
            receipt["requested_yen"], yen, f"{receipt['sha256'][:12]}…",
        ))  # fmt: skip

    def _joins(self) -> None:
        stage, cast = self._stage, self._cast
        self._draft(JOINT, cast.neighbour[0])
        path = f"{APPLICATIONS}/{self.bids[JOINT.name]}"
        body = {"organisation_code": self._city, "share_yen": 1_000_000}
        member = cast.neighbour[0].post(f"{path}/members", body)
        stage.say(
            "隣の市が、この市との共同申請を作ります。", "The neighbour drafts a joint bid with the city."
        )
        self._approve(JOINT, cast.neighbour)
        early = refusal(lambda: cast.neighbour[0].post(f"{path}/submissions"))
        stage.expect("構成団体の同意がないままの提出", "submitted before the member consents", early[0], 422)
        cast.city[1].post(f"/grants/v1/application-members/{member['id']}/consents")
        self._submit(JOINT, cast.neighbour[0])

    def _comes_by_post(self) -> None:
        stage, officer = self._stage, self._cast.officer
        stage.say("郵送の2件は、CLAIRの担当者が入力します。", "Two come by post; an officer enters them.")
        for bid, code in ((POST, TOWN), (NOT_ADMITTED, PREFECTURE)):
            self._draft(bid, officer, organisation_code=code, channel="mail")
            body = {"channel": "mail", "arrived_at": BY_POST_AT}
            self._note(bid, officer.post(f"{APPLICATIONS}/{self.bids[bid.name]}/entries", body))
        judged = officer.get(f"{APPLICATIONS}/{self.bids[NOT_ADMITTED.name]}/eligibility")
        stage.expect("県の資格（受け付けて、審査で判断）", "the prefecture is eligible; it is taken all the same",
                     (judged["eligible"], [one["message"]["ja"] for one in judged["reasons"]]),
                     (False, ["この団体種別は、この制度に申請できません"]))  # fmt: skip

    def is_closed(self) -> None:
        stage, cast = self._stage, self._cast
        stage.act("締切、受理、補正", "The deadline, acceptance and a correction")
        move_clock(stage, cast.registrar, CLOSES_AT)
        path = f"{APPLICATIONS}/{self.bids.pop(LATE.name)}"
        late = refusal(lambda: cast.city[0].post(f"{path}/submissions"))
        stage.expect(
            "締切ちょうどの提出", "submitted at the very deadline", late[:2], (409, "action_not_available")
        )
        stage.say(f"  {late[2]}", "what the applicant is told")
        stage.expect("その申請の状態", "and its state", cast.city[0].get(path)["state"], "expired")
        path = f"{APPLICATIONS}/{self.bids[SECOND.name]}"
        cast.officer.post(f"{path}/corrections", {
            "fields": ["/answers/safety"], "documents": [], "due_at": "2025-11-21T00:00:00+09:00",
            "reason": "保険の加入についても書いてください",
        })  # fmt: skip
        mended = {"answers": {"safety": f"{SAFETY}参加者全員が保険に加入する。"}}
        cast.city[0].request("PATCH", path, json=mended | {"title": "別の事業"}, headers={"If-Match": "*"})
        other = refusal(lambda: cast.city[0].post(f"{path}/submissions"))
        stage.expect("求められていない欄も直した補正", "a correction that mends more than was asked",
                     other[0], 422)  # fmt: skip
        cast.city[0].request("PATCH", path, json={"title": SECOND.title}, headers={"If-Match": "*"})
        again = cast.city[0].post(f"{path}/submissions")
        stage.expect(
            "求められた欄だけの補正（提出の回数）", "mended as asked: submission number", again["number"], 2
        )
        for identity in self.bids.values():
            cast.officer.post(f"{APPLICATIONS}/{identity}/acceptances")
        accepted = cast.officer.get(APPLICATIONS, {"round_code": ROUND, "state": "accepted"})["items"]
        stage.expect("受理", "accepted", len(accepted), len(self.bids))
