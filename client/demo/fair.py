"""A career fair: companies say whom they look for, participants choose what they show, a slot is booked once, and a
consent that is taken back acts on the company's next look."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.api import Api, Query
from client.demo.calls import move_clock, refusal
from client.demo.cast import COMPANIES
from client.demo.stage import Stage

FAIR, DAY, VENUE = "FAIR-OSAKA-2024", "FAIR-OSAKA-2024-1", "マイドームおおさか"
ANNOUNCED_AT, REGISTERED_AT = "2024-12-10T10:00:00+09:00", "2025-01-20T10:00:00+09:00"
OPENED_AT, CLOSED_AT = "2025-02-15T10:05:00+09:00", "2025-02-15T16:00:00+09:00"
WITHDRAWN_AT = "2025-02-20T10:00:00+09:00"
SEATS, HELD_ON = 3, "2025-02-15"
WANTS = (
    (
        ["tourism", "translation"],
        ["en", "fr"],
        "n2",
        "訪日客向けの旅行を作る会社です。",
        "We make journeys to Japan.",
    ),
    (["it", "translation"], ["en"], "n3", "観光地の予約システムを作る会社です。", "We make booking systems."),
)
SLOTS = (("10:30", "10:50"), ("11:00", "11:20"))
PROFILES = (
    {
        "display_name": "Robin", "headline": "小学校の英語劇を5年間", "languages": ["en", "fr"],
        "skills": ["tourism", "translation"], "japanese_ability": "n1", "cv": "観光案内の翻訳、英語劇の演出。",
    },
    {
        "display_name": "Alex", "headline": "島の観光地図を作りました", "languages": ["en"], "skills": ["tourism", "design"],
        "japanese_ability": "n2", "cv": "地図と冊子の制作。",
    },
    {"display_name": "Sam", "headline": "学校のネットワーク管理", "languages": ["en"], "skills": ["it"]},
    {"display_name": "Kim", "headline": "料理教室を開いています", "languages": ["en"], "skills": ["teaching"]},
)  # fmt: skip
SHOWN = (
    ["display_name", "headline", "languages", "skills", "japanese_ability", "cv"],
    ["headline", "skills", "japanese_ability"],
)
REGISTRATIONS, INTERVIEWS, CANDIDATES = (
    "/jet/v1/fair-registrations", "/jet/v1/fair-interviews", "/jet/v1/fair-candidates",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """`companies` in the order of COMPANIES; `people` with their JET numbers; `employer` of all of them."""

    coordinator: Api
    registrar: Api
    companies: tuple[Api, Api]
    people: tuple[tuple[Api, str], ...]
    employer: Api


def play(stage: Stage, cast: Cast, out: Path) -> None:
    told = Fair(stage, cast, out)
    told.is_announced()
    told.takes_registrations()
    told.shows_candidates()
    told.has_interviews()
    told.is_held()
    told.forgets()
    told.is_reported()


class Fair:
    def __init__(self, stage: Stage, cast: Cast, out: Path) -> None:
        self._stage, self._cast, self._out = stage, cast, out
        self._registered: list[dict[str, Any]] = []
        self._slots: list[str] = []
        self._booked: list[str] = []

    def is_announced(self) -> None:
        stage, clair = self._stage, self._cast.coordinator
        stage.act(
            "キャリアフェアを案内し、企業が出展する", "A career fair is announced, and companies exhibit"
        )
        move_clock(stage, self._cast.registrar, ANNOUNCED_AT)
        clair.post("/jet/v1/career-fairs", {
            "fair_code": FAIR, "fiscal_year": 2024, "name_ja": "キャリアフェア 大阪", "name_en": "Career Fair Osaka",
            "candidates_until": "2025-04-01T00:00:00+09:00",
        })  # fmt: skip
        day = clair.post("/jet/v1/career-fair-days", {
            "fair_code": FAIR, "day_number": 1, "held_on": HELD_ON, "venue": VENUE, "seats": SEATS,
            "opens_at": f"{HELD_ON}T10:00:00+09:00", "closes_at": f"{HELD_ON}T17:00:00+09:00",
        })  # fmt: skip
        stage.say(
            f"{day['held_on']}、{day['venue']}、定員{SEATS}人（例示）。", f"{SEATS} seats; a sample value."
        )
        rows = []
        for caller, (code, *_), wants in zip(self._cast.companies, COMPANIES, WANTS, strict=True):
            clair.post("/jet/v1/fair-exhibitors", {"fair_code": FAIR, "organisation_code": code})
            rows.append(self._describes(caller, wants))
            for starts, ends in SLOTS:
                slot = caller.post("/jet/v1/interview-slots", {
                    "day_code": DAY, "organisation_code": code, "starts_at": f"{HELD_ON}T{starts}:00+09:00",
                    "ends_at": f"{HELD_ON}T{ends}:00+09:00",
                })  # fmt: skip
                self._slots.append(slot["id"])
        titles = ("企業 company（架空）", "求める技能 skills", "言語 languages", "日本語 Japanese")
        stage.table(titles, rows)
        own = self._cast.companies[1].get("/jet/v1/fair-exhibitors", {"fair": FAIR})["items"]
        stage.expect("企業から見える出展者", "exhibitors that a company sees: itself", len(own), 1)

    def _describes(self, caller: Api, wants: tuple[Any, ...]) -> tuple[Any, ...]:
        """A company says for itself whom it looks for."""
        skills, languages, level, ja, en = wants
        entry = caller.get("/jet/v1/fair-exhibitors", {"fair": FAIR})["items"][0]
        path = f"/jet/v1/fair-exhibitors/{entry['id']}"
        version = caller.request("GET", path).headers["ETag"]
        body = {
            "wanted_skills": skills, "wanted_languages": languages, "wanted_japanese_level": level,
            "description_ja": ja, "description_en": en,
        }  # fmt: skip
        one = caller.request("PATCH", path, json=body, headers={"If-Match": version}).json()
        wanted = one["wanted_skills"], one["wanted_languages"], one["wanted_japanese_level"]
        return one["organisation_name"], *wanted

    def takes_registrations(self) -> None:
        stage, people = self._stage, self._cast.people
        stage.act("参加者が登録し、見せる項目を選ぶ", "Participants register, and choose what they show")
        move_clock(stage, self._cast.registrar, REGISTERED_AT)
        for (person, number), profile in zip(people, PROFILES, strict=True):
            body = {"day_code": DAY, "jet_number": number} | profile
            self._registered.append(person.post(REGISTRATIONS, body))
        stage.expect(
            f"{len(people)}人の状態（定員{SEATS}）",
            "four register for three seats",
            [one["state"] for one in self._registered],
            ["confirmed"] * SEATS + ["waiting"],
        )
        people[2][0].post(f"{REGISTRATIONS}/{self._registered[2]['id']}/withdrawals")
        last = people[3][0].post(f"{REGISTRATIONS}/{self._registered[3]['id']}/confirmations")
        stage.say(
            "3人目が取り消し、順番待ちの人が案内された席を受け入れます。",
            "The third withdraws; who waits is offered the seat and accepts.",
        )
        stage.expect("順番待ちだった人", "who waited", last["state"], "confirmed")
        for (person, _), one, fields in zip(people, self._registered, SHOWN, strict=False):
            person.post(f"{REGISTRATIONS}/{one['id']}/consents", {"shared_fields": fields})
        stage.say(
            "1人目は6項目、2人目は氏名も履歴も除いた3項目を、このフェアの出展者に見せます。4人目は何も見せません。",
            "The first consents to six fields, the second to three without name and CV, the fourth to none.",
        )

    def shows_candidates(self) -> None:
        stage, company = self._stage, self._cast.companies[0]
        stage.act("企業が見るもの、見ないもの", "What a company sees, and what not")
        found = self._candidates()
        stage.table(
            ("表示名 name", "見出し headline", "技能 skills", "日本語", "履歴 CV"),
            [
                tuple(
                    one[name] or ""
                    for name in ("display_name", "headline", "skills", "japanese_ability", "cv")
                )
                for one in found
            ],
        )
        stage.expect("同意した人だけ", "who consented, and nobody else", len(found), len(SHOWN))
        shown = [[name for name in PROFILES[0] if one[name]] for one in found]
        stage.expect(
            "同意した項目だけ（1人目 / 2人目）", "their fields, and no others: first, second",
            [len(names) for names in shown if set(names) in map(set, SHOWN)], [len(SHOWN[0]), len(SHOWN[1])],
        )  # fmt: skip
        query: Query = {"fair": FAIR}
        path = self._out / "fair-candidates.csv"
        stage.wrote(company.download(CANDIDATES, path, query, accept="text/csv"))
        status, *_ = refusal(lambda: company.get("/jet/v1/participants"))
        stage.expect("企業が参加者の一覧を求めた答え", "a company asks for the participants", status, 403)
        status, *_ = refusal(lambda: self._cast.employer.get(REGISTRATIONS, query))
        stage.expect("任用団体がフェアの登録を求めた答え", "their employer asks for the fair", status, 403)
        seen = self._cast.people[0][0].get("/jet/v1/readings")["items"]
        readers = {one["organisation_name"] for one in seen if one["resource"] == "fair-candidates"}
        stage.expect(
            "本人に見える、読んだ企業", "the person sees who has read", sorted(readers), [COMPANIES[0][1]]
        )

    def has_interviews(self) -> None:
        stage, cast = self._stage, self._cast
        (first, _), (second, _) = cast.people[:2]
        one, two = (registered["id"] for registered in self._registered[:2])
        booked = first.post(INTERVIEWS, {"slot_id": self._slots[0], "candidate_id": one})
        stage.expect("1人目が10時半の枠を予約", "the first books half past ten", booked["state"], "booked")
        status, code, said = refusal(
            lambda: second.post(INTERVIEWS, {"slot_id": self._slots[0], "candidate_id": two})
        )
        stage.expect("2人目が同じ枠を", "the second books the same slot", (status, code), (409, "slot_taken"))
        stage.say(f"答え: {said}", "what the second is told")
        offered = cast.companies[0].post(INTERVIEWS, {"slot_id": self._slots[1], "candidate_id": two})
        taken = second.post(f"{INTERVIEWS}/{offered['id']}/acceptances")
        stage.expect(
            "企業が11時を案内し、2人目が受ける",
            "the company offers eleven, the second accepts",
            (offered["state"], taken["state"]),
            ("requested", "booked"),
        )
        self._booked = [booked["id"], taken["id"]]

    def is_held(self) -> None:
        stage, cast = self._stage, self._cast
        stage.act("フェア当日", "The day of the fair")
        move_clock(stage, cast.registrar, OPENED_AT)
        door = f"/jet/v1/career-fair-days/{DAY}/check-ins"
        coming = [self._registered[place]["ticket"] for place in (0, 1, 3)]
        came = [cast.coordinator.post(door, {"ticket": ticket})["method"] for ticket in coming]
        stage.expect("受付した人", "checked in", len(came), SEATS)
        status, code, _ = refusal(lambda: cast.coordinator.post(door, {"ticket": coming[0]}))
        stage.expect(
            "同じ受付票をもう一度", "the same ticket again", (status, code), (409, "checked_in_already")
        )
        move_clock(stage, cast.registrar, CLOSED_AT)
        met = [
            cast.companies[0].post(f"{INTERVIEWS}/{identity}/results", {"held": "met", "outcome": outcome})
            for identity, outcome in zip(self._booked, ("second_interview", "offer"), strict=True)
        ]
        stage.expect(
            "面談と結果", "interviews and what came of them",
            [f"{one['state']} → {one['outcome']}" for one in met], ["met → second_interview", "met → offer"],
        )  # fmt: skip

    def forgets(self) -> None:
        stage, cast = self._stage, self._cast
        stage.act("同意を撤回する", "Consents are taken back")
        move_clock(stage, cast.registrar, WITHDRAWN_AT)
        for place, left in ((0, 1), (1, 0)):
            identity = self._registered[place]["id"]
            cast.people[place][0].post(f"{REGISTRATIONS}/{identity}/consent-withdrawals")
            stage.expect(
                f"{place + 1}人目が撤回した後に企業が見る人",
                "the company's next look",
                len(self._candidates()),
                left,
            )
        status, *_ = refusal(lambda: cast.companies[0].get(f"{CANDIDATES}/{self._registered[0]['id']}"))
        stage.expect("企業が1人目を名指しで求めた答え", "the company asks for the first by id", status, 404)
        kept = cast.companies[0].get(INTERVIEWS, {"fair": FAIR})["items"]
        stage.expect(
            "企業に残る面談の結果（相手は消える）",
            "the company's interviews stay, without the person",
            [one["outcome"] for one in kept if one["candidate_id"] is None],
            ["second_interview", "offer"],
        )

    def is_reported(self) -> None:
        answer = self._cast.coordinator.get("/jet/v1/statistics/jet-career-fairs", {"fiscal_year": 2024})
        cells = answer["cells"]
        figures = {cell["metric"]: f"{cell['value']}{cell['unit']}" for cell in cells}
        line = {name: cells[0][name] for name in ("date_start", "date_end", "venue")}
        self._stage.expect(
            "業務報告の表52の行", "the line of table 52",
            (*line.values(), figures["participants"], figures["exhibitors"]),
            (HELD_ON, HELD_ON, VENUE, f"{SEATS}名", f"{len(COMPANIES)}団体"),
        )  # fmt: skip

    def _candidates(self) -> list[dict[str, Any]]:
        order = [one["id"] for one in self._registered]
        found: list[dict[str, Any]] = self._cast.companies[0].get(CANDIDATES, {"fair": FAIR})["items"]
        return sorted(found, key=lambda one: order.index(one["id"]))
