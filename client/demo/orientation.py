"""An orientation for newcomers from nomination to certificate: two seats too few, an offer taken in time, tickets, lists
and a meeting tool's export, awards, and the line of table 45 that comes of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.api import Api, Query
from client.demo import report
from client.demo.calls import move_clock, refusal, send, told_problems
from client.demo.form import Form
from client.demo.stage import Stage

YEAR = 2024
COURSE, EDITION, RUN = "ORIENTATION", "ORIENTATION-2024", "ORIENTATION-2024-A"
GIVEN_UP_AT, ACCEPTED_AT = "2024-07-22T10:00:00+09:00", "2024-07-24T18:00:00+09:00"
BEGINS_AT, ENDS_AT = "2024-07-29T09:30:00+09:00", "2024-07-31T17:00:00+09:00"
SESSIONS = (
    ("class", "全体会", "General session", "2024-07-29T10:00:00+09:00", "2024-07-29T17:00:00+09:00"),
    ("class", "分科会", "Workshops", "2024-07-30T09:30:00+09:00", "2024-07-30T17:00:00+09:00"),
    (
        "online",
        "オンライン全体会",
        "Online session",
        "2024-07-31T10:00:00+09:00",
        "2024-07-31T12:00:00+09:00",
    ),
)
ABSENT, LEFT_EARLY = 2, 1  # of those on CLAIR's list
ENROLMENTS, KIND = "/jet/v1/training-enrolments", "training-enrolments"
STATES = {"confirmed": "確定", "offered": "案内中", "waiting": "順番待ち", "released": "取下げ"}


@dataclass(frozen=True, slots=True)
class Cast:
    """`prefecture`: an officer who nominates; `host`: its tool; `newcomer`: who waits with the first number."""

    coordinator: Api
    registrar: Api
    prefecture: Api
    host: Api
    newcomer: Api


def play(stage: Stage, cast: Cast, story: dict[str, Any], out: Path) -> None:
    folder = out / "orientation"
    folder.mkdir(exist_ok=True)
    told = Orientation(stage, cast, story["orientation"], folder)
    told.is_announced()
    told.is_nominated()
    told.has_a_seat_again()
    told.is_held()
    told.ends(out)
    told.is_reported()


class Orientation:
    def __init__(self, stage: Stage, cast: Cast, story: dict[str, Any], folder: Path) -> None:
        self._stage, self._cast, self._folder = stage, cast, folder
        self._home: str = story["organisation_code"]
        self._mine: list[str] = story["jet_numbers"]
        self._too_few: int = story["too_few"]
        asked: Query = {"programme_year": YEAR, "is_new": True, "arrival_group": "a", "as_of": "2024-07-29"}
        arriving = {one["jet_number"]: one for one in cast.coordinator.iterate("/jet/v1/roster", asked)}
        self._others = {number: one for number, one in arriving.items() if number not in self._mine}
        self._seats = len(self._others) + len(self._mine) - self._too_few

    def is_announced(self) -> None:
        stage, clair = self._stage, self._cast.coordinator
        stage.act("来日直後オリエンテーションを開く", "CLAIR announces the orientation of group A")
        clair.post("/jet/v1/training-courses", {
            "code": COURSE, "kind": "orientation",
            "title_ja": "来日直後オリエンテーション", "title_en": "Post-Arrival Orientation",
        })  # fmt: skip
        clair.post("/jet/v1/training-editions", {
            "code": EDITION, "course_code": COURSE, "fiscal_year": YEAR, "name_ja": "来日直後オリエンテーション",
            "name_en": "Post-Arrival Orientation", "audiences": ["new_participant"], "delivery": "hybrid",
            "report_line": 2, "audience_text": "新規 JET 参加者", "hours": 15,
        })  # fmt: skip
        run = clair.post("/jet/v1/training-runs", {
            "code": RUN, "edition_code": EDITION, "arrival_group": "a", "starts_on": "2024-07-29",
            "ends_on": "2024-07-31", "place": "京王プラザホテル", "enrol_by": "nomination",
            "enrol_until": "2024-07-26T00:00:00+09:00", "seats": self._seats,
        })  # fmt: skip
        for number, (form, ja, en, starts_at, ends_at) in enumerate(SESSIONS, start=1):
            clair.post("/jet/v1/training-sessions", {
                "run_code": RUN, "number": number, "form": form, "title_ja": ja, "title_en": en,
                "starts_at": starts_at, "ends_at": ends_at,
            })  # fmt: skip
        stage.say(
            f"{run['name_ja']}（Aグループ、{run['place']}、3日程）。定員は希望より{self._too_few}席少ない{run['seats']}席です。",
            f"Three sessions, {run['seats']} seats: {self._too_few} fewer than will be asked for.",
        )
        rows = [
            (RUN, "new_participant", number, one["organisation_code"]) for number, one in self._others.items()
        ]
        path = self._folder / "enrolments-others.csv"
        stored = send(clair, KIND, path, ("run_code", "audience", "jet_number", "organisation_code"), rows)
        stage.say(
            "ほかの任用団体から届いた推薦を、CLAIRが1つのファイルで登録します。",
            "CLAIR stores in one file whom the other organisations have named.",
        )
        expected = (len(self._others), 0)
        stage.expect("登録 / 誤り", "stored / refused", (stored.created, stored.refused), expected)

    def is_nominated(self) -> None:
        stage, officer = self._stage, self._cast.prefecture
        stage.act("県が新規参加者を推薦する", "A prefecture nominates its newcomers")
        columns = {one["name"]: one for one in officer.get(f"/jet/v1/imports/kinds/{KIND}")["columns"]}
        path = officer.download(f"/jet/v1/imports/kinds/{KIND}/template", self._folder / "nominations.xlsx")
        form = Form(path, {name: one["title"]["ja"] for name, one in columns.items()})
        choices = {one["value"]: one["label"]["ja"] for one in columns["audience"]["choices"]}
        for number in self._mine:
            typed = {"run_code": RUN, "audience": choices["new_participant"], "jet_number": number}
            form.type(form.next_row, typed)
        sent = officer.submit("jet", KIND, form.save(path))
        stage.say(
            f"県の担当者が様式に{len(self._mine)}人を記入して送ります。",
            f"The prefecture's officer fills {len(self._mine)} people into the form and sends it.",
        )
        stage.wrote(path)
        stage.expect("登録 / 誤り", "stored / refused", (sent.created, sent.refused), (len(self._mine), 0))
        self._compare({"confirmed": len(self._mine) - self._too_few, "waiting": self._too_few})
        waiting = officer.get(ENROLMENTS, {"run_code": RUN, "state": "waiting", "sort": "waiting_number"})
        stage.table(
            ("順番 number", "JET番号", "氏名 name"),
            [(one["waiting_number"], one["jet_number"], one["participant_name"]) for one in waiting["items"]],
            right=(0,),
        )

    def has_a_seat_again(self) -> None:
        stage, cast = self._stage, self._cast
        stage.act("1人が取り下げ、順番の人に席が案内される", "One withdraws; the next is offered the seat")
        move_clock(stage, cast.registrar, GIVEN_UP_AT)
        gone = self._enrolment(cast.prefecture, self._mine[0])
        cast.prefecture.post(f"{ENROLMENTS}/{gone['id']}/withdrawals")
        offered = cast.newcomer.get(ENROLMENTS)["items"][0]
        stage.expect(
            "1番の人の状態 / 案内の期限（72時間後、UTC）",
            "the first in the queue, and when the offer ends",
            (offered["state"], offered["offer_ends_at"][:16]),
            ("offered", "2024-07-25T01:00"),
        )
        move_clock(stage, cast.registrar, ACCEPTED_AT)
        taken = cast.newcomer.post(f"{ENROLMENTS}/{offered['id']}/confirmations")
        stage.say("本人が期限の前に受け入れます。", "The newcomer accepts before the offer ends.")
        stage.expect("状態", "state", taken["state"], "confirmed")
        self._compare({"confirmed": len(self._mine) - self._too_few, "waiting": 1, "released": 1})

    def is_held(self) -> None:
        stage, cast = self._stage, self._cast
        stage.act("受付と出欠", "Tickets at the door, lists, and an online meeting")
        move_clock(stage, cast.registrar, BEGINS_AT)
        asked: Query = {"run_code": RUN, "organisation": self._home, "state": "confirmed"}
        tickets = [one["ticket"] for one in cast.coordinator.iterate(ENROLMENTS, asked)]
        sessions = cast.coordinator.get("/jet/v1/training-sessions", {"run_code": RUN, "sort": "number"})
        door = f"/jet/v1/training-sessions/{sessions['items'][0]['id']}/check-ins"
        scanned = [cast.coordinator.post(door, {"ticket": ticket})["attendance"] for ticket in tickets]
        stage.expect(
            "受付票で受付した人", "checked in by ticket", len(scanned), len(self._mine) - self._too_few
        )
        status, code, said = refusal(lambda: cast.coordinator.post(door, {"ticket": tickets[0]}))
        stage.expect(
            "同じ受付票をもう一度", "the same ticket again", (status, code), (409, "already_checked_in")
        )
        stage.say(f"答え: {said}", "it is told when the first was")
        move_clock(stage, cast.registrar, ENDS_AT)
        self._by_list()
        self._online()

    def _by_list(self) -> None:
        """The others of the first day, everybody of the second, and two who were ill on it."""
        stage, rows = self._stage, []
        ill = list(self._others)[:ABSENT]
        attending = [one["jet_number"] for one in self._confirmed()]
        for number in attending:
            if number in self._others:
                rows.append((RUN, 1, number, "出席"))
            rows.append((RUN, 2, number, "届出欠席" if number in ill else "出席"))
        header = ("run_code", "session_number", "jet_number", "attendance")
        path = self._folder / "attendances.csv"
        stored = send(self._cast.coordinator, "training-attendances", path, header, rows)
        stage.expect(
            "ほかの人と2日目は名簿で（登録 / 誤り）",
            "the others, and the second day, by list: stored / refused",
            (stored.created, stored.refused),
            (len(self._others) + self._seats, 0),
        )

    def _online(self) -> None:
        """As Zoom writes it. One leaves early; somebody is there whom nobody enrolled."""
        clair = self._cast.coordinator
        asked: Query = {"programme_year": YEAR, "arrival_group": "a"}
        known = {one["jet_number"]: one for one in clair.iterate("/jet/v1/participants", asked)}
        early = list(self._others)[ABSENT : ABSENT + LEFT_EARLY]
        rows = [
            (known[number]["family_name"], known[number]["email"], "2024/07/31 09:58:00",
             "2024/07/31 10:30:00" if number in early else "2024/07/31 12:01:00")
            for number in (one["jet_number"] for one in self._confirmed())
        ]  # fmt: skip
        rows.append(("ゲスト", "guest@nowhere.example", "2024/07/31 09:59:00", "2024/07/31 12:00:00"))
        header = ("名前（元の名前）", "ユーザーのメール", "参加時刻", "退出時刻")
        path = self._folder / "meeting-export.csv"
        stored = send(clair, "meeting-presences", path, header, rows, mode="partial")
        self._stage.expect(
            "3日目は会議ツールの出力をそのまま（登録 / 誤り）",
            "the online session by the meeting tool's own file: stored / refused",
            (stored.created, stored.refused),
            (self._seats, 1),
        )
        told_problems(self._stage, clair, stored)

    def ends(self, out: Path) -> None:
        stage, clair, newcomer = self._stage, self._cast.coordinator, self._cast.newcomer
        stage.act("修了と修了証", "Awards and certificates")
        made = clair.post(f"/jet/v1/training-runs/{RUN}/completions")
        earned = self._seats - ABSENT - LEFT_EARLY
        stage.expect(
            "修了 / 修了証の番号",
            "awarded, first and last number",
            (made["awarded"], made["first_number"], made["last_number"]),
            (earned, f"{YEAR}-000001", f"{YEAR}-{earned:06}"),
        )
        stage.say(
            f"2日目を欠席した{ABSENT}人と、途中で退出した{LEFT_EARLY}人は、日程の80%に届きません。",
            f"The {ABSENT} who were ill and the {LEFT_EARLY} who left early are below 80 % of the sessions.",
        )
        again = clair.post(f"/jet/v1/training-runs/{RUN}/completions")
        stage.expect("もう一度", "once more", again["awarded"], 0)
        award = newcomer.get("/jet/v1/training-completions")["items"][0]
        stage.say(
            f"席を受け入れた本人が、修了証 {award['certificate_number']} を日本語と英語で受け取ります。",
            "Who took the offered seat takes the certificate home.",
        )
        for language in ("ja", "en"):
            paper = f"/jet/v1/training-completions/{award['id']}/certificate"
            path = newcomer.download(paper, out / f"certificate-{language}.pdf", {"language": language})
            stage.wrote(path)
            stage.expect("PDF", "a PDF", path.read_bytes()[:5].decode(), "%PDF-")

    def is_reported(self) -> None:
        cast = self._cast
        self._stage.act("業務報告の表45", "Table 45 of the year's report")
        move_clock(self._stage, cast.registrar, report.AT)
        report.play(self._stage, cast.coordinator, cast.host, self._home, RUN, self._seats)

    def _confirmed(self) -> list[dict[str, Any]]:
        asked: Query = {"run_code": RUN, "state": "confirmed"}
        return list(self._cast.coordinator.iterate(ENROLMENTS, asked))

    def _enrolment(self, caller: Api, number: str) -> dict[str, Any]:
        found: dict[str, Any] = caller.get(ENROLMENTS, {"run_code": RUN, "jet_number": number})["items"][0]
        return found

    def _compare(self, expected: dict[str, int]) -> None:
        asked: Query = {"run_code": RUN, "organisation": self._home}
        found = [one["state"] for one in self._cast.prefecture.iterate(ENROLMENTS, asked)]
        self._stage.expect(
            "県が推薦した人", "whom the prefecture nominated",
            [f"{title} {state} {found.count(state)}" for state, title in STATES.items() if state in found],
            [f"{title} {state} {expected[state]}" for state, title in STATES.items() if state in expected],
        )  # fmt: skip
