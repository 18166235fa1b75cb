"""The yearly survey of placements as a host authority sees it: 31 answered, 2 returned, 7 missing; then 40."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.api import Api, Query
from client.demo.answers import MISTAKES, Answers
from client.demo.calls import move_clock
from client.demo.ministry import STEADY
from client.demo.organisations import JOINING_SCHOOLS, JOINING_TOWNS, SURVEY_MEMBERS
from client.demo.stage import Stage

YEAR = 2025
OPENS_AT, CHASED_AT = "2024-10-01T09:00:00+09:00", "2024-11-28T10:00:00+09:00"
HOST_DEADLINE, CLAIR_DEADLINE = "2024-12-01T00:00:00+09:00", "2024-12-15T00:00:00+09:00"
GATHERED_AT, CHANGED_AT = "2024-12-02T10:00:00+09:00", "2024-12-05T10:00:00+09:00"
OWN = 8  # members that send a file of their own at once; for the others, but for the missing, the host does
MISSING = slice(3, None, 6)  # seven of forty
ASKED = JOINING_SCHOOLS + JOINING_TOWNS + STEADY
SUBMISSIONS, CONSOLIDATIONS = "/jet/v1/placement-submissions", "/jet/v1/placement-consolidations"
STATES = {
    "draft": "未提出 missing",
    "submitted": "提出済み submitted",
    "returned": "差し戻し returned",
    "consolidated": "取りまとめ済み consolidated",
    "approved": "承認済み approved",
}
Board = dict[str, int]


@dataclass(frozen=True, slots=True)
class Cast:
    """`member` is called with the code of an organisation."""

    coordinator: Api
    registrar: Api
    host: Api
    member: Callable[[str], Api]


def play(stage: Stage, cast: Cast, story: dict[str, Any], out: Path) -> None:
    told = Survey(stage, cast, story["survey"]["host_code"], story["survey"]["members"], out)
    told.opens()
    told.is_answered()
    told.is_chased()
    told.is_gathered()
    told.changes_late()


class Survey:
    def __init__(self, stage: Stage, cast: Cast, host: str, members: list[str], out: Path) -> None:
        self._stage, self._cast, self._host = stage, cast, host
        self._missing = members[MISSING]
        answering = [code for code in members if code not in self._missing]
        self._own, self._helped = answering[:OWN], answering[OWN:]
        self._answers = Answers(YEAR, out / "survey")

    def opens(self) -> None:
        stage, clair = self._stage, self._cast.coordinator
        stage.act("CLAIRが要望調査を始める", "CLAIR opens the survey of placements")
        move_clock(self._stage, self._cast.registrar, OPENS_AT)
        survey = clair.post("/jet/v1/placement-surveys", {
            "programme_year": YEAR,
            "host_deadline_at": HOST_DEADLINE,
            "clair_deadline_at": CLAIR_DEADLINE,
        })  # fmt: skip
        stage.say(
            f"{survey['programme_year']}年度。締切は、取りまとめ団体まで11月30日、CLAIRまで12月14日のそれぞれ24時です（例示）。",
            "Due at the host authority by the end of 30 November, at CLAIR by that of 14 December; sample values.",
        )
        asked = _told(self._board(clair))
        stage.expect("全国の提出状況", "submissions of all Japan", asked, _told({"draft": ASKED}))
        self._compare({"draft": SURVEY_MEMBERS})

    def is_answered(self) -> None:
        stage, host = self._stage, self._cast.host
        stage.act("団体が答え、取りまとめ団体が見る", "Organisations answer, their host authority looks")
        for code in self._own:
            mistake = MISTAKES[self._returned.index(code)] if code in self._returned else None
            self._answers.send(self._cast.member(code), (code,), mistake)
        self._answers.send(host, tuple(self._helped))
        stage.say(
            f"{OWN}団体が自ら様式を送り、{len(self._helped)}団体の分は県が1つのファイルで代わって送ります。",
            f"{OWN} send the form themselves; for {len(self._helped)} the prefecture sends one file.",
        )
        self._compare({"submitted": 33, "draft": 7})
        for code, mistake in zip(self._returned, MISTAKES, strict=True):
            remark = {"line": self._answers.line(code), "field": mistake.field, "remark": mistake.remark}
            host.post(f"{SUBMISSIONS}/{self._submission(code)['id']}/returns", {"remarks": [remark]})
        stage.say(
            "県は2団体に指摘を付けて差し戻します。", "The prefecture returns two of them, with remarks."
        )
        self._compare({"submitted": 31, "returned": 2, "draft": 7})
        named = {state: self._listed(state) for state in ("returned", "draft")}
        stage.table(
            ("状態 state", "団体 organisations"),
            [(STATES[state], "、".join(one["organisation_name"] for one in named[state])) for state in named],
        )
        missing = [one["organisation_code"] for one in named["draft"]]
        stage.expect("未提出の団体", "the missing", missing, self._missing)

    @property
    def _returned(self) -> list[str]:
        """The last two that send their own file mistype something."""
        return self._own[-len(MISTAKES) :]

    def is_chased(self) -> None:
        stage = self._stage
        stage.act("締切の前に催促し、差し戻された2団体が直す", "The missing are chased, the returned mend")
        move_clock(self._stage, self._cast.registrar, CHASED_AT)
        for code in self._missing:
            self._answers.send(self._cast.member(code), (code,))
        rows = []
        for code in self._returned:
            member = self._cast.member(code)
            for one in member.iterate("/jet/v1/placement-remarks", {"programme_year": YEAR}):
                rows.append((code, one["line"], self._answers.title(one["field"]), one["remark"]))
            self._answers.mend(member, code)
        stage.table(("団体 organisation", "行 line", "項目 field", "指摘 remark"), rows, right=(1,))
        self._compare({"submitted": SURVEY_MEMBERS})

    def is_gathered(self) -> None:
        self._stage.act("取りまとめて、CLAIRが承認する", "It is consolidated, and CLAIR approves")
        move_clock(self._stage, self._cast.registrar, GATHERED_AT)
        seats = sum(one["seats_requested"] for one in self._listed("submitted"))
        act = self._consolidate(SURVEY_MEMBERS, seats)
        self._compare({"consolidated": SURVEY_MEMBERS})
        self._cast.coordinator.post(f"{CONSOLIDATIONS}/{act}/approvals")
        self._compare({"approved": SURVEY_MEMBERS})

    def changes_late(self) -> None:
        stage, cast, code = self._stage, self._cast, self._own[1]
        stage.act("承認のあとで1団体だけが変更する", "One organisation changes its mind after all that")
        move_clock(self._stage, self._cast.registrar, CHANGED_AT)
        member = cast.member(code)
        refused = self._answers.one_more(member, code)
        stage.expect("保存された", "stored", refused.stored, False)
        for one in member.get(f"{refused.path}/problems")["items"][:1]:
            stage.say(
                f"答え: {one['message']['ja']} {one['remedy']['ja']}",
                f"{one['message']['en']} {one['remedy']['en']}",
            )
        remarks = [{"remark": "1人の追加を認めます。送り直してください。"}]
        cast.host.post(f"{SUBMISSIONS}/{self._submission(code)['id']}/returns", {"remarks": remarks})
        stage.say("県がその団体だけに差し戻します。", "The prefecture returns it, and nobody else's.")
        self._compare({"approved": SURVEY_MEMBERS - 1, "returned": 1})
        again = self._answers.one_more(member, code)
        stage.expect("変更された行", "rows changed", again.changed, 1)
        receipts = member.iterate("/jet/v1/placement-receipts", {"programme_year": YEAR})
        stage.expect(
            "受付", "receipts",
            sorted(f"{one['arrived_at'][:10]} {_judged(one['late'])}" for one in receipts),
            [f"2024-10-01 {_judged(False)}", f"2024-12-05 {_judged(True)}"],
        )  # fmt: skip
        act = self._consolidate(1, self._submission(code)["seats_requested"])
        cast.coordinator.post(f"{CONSOLIDATIONS}/{act}/approvals")
        self._compare({"approved": SURVEY_MEMBERS})

    def _board(self, caller: Api) -> Board:
        query: Query = {"programme_year": YEAR, "dimensions": "state"}
        cells = caller.get("/jet/v1/statistics/placement-submissions", query)["cells"]
        return {cell["state"]: cell["value"] for cell in cells if cell["value"]}

    def _compare(self, expected: Board) -> None:
        board = self._board(self._cast.host)
        self._stage.expect("埼玉県の提出状況", "submissions of Saitama", _told(board), _told(expected))

    def _listed(self, state: str) -> list[dict[str, Any]]:
        query: Query = {"programme_year": YEAR, "state": state}
        found = self._cast.host.iterate(SUBMISSIONS, query)
        return sorted(found, key=lambda one: str(one["organisation_code"]))

    def _submission(self, code: str) -> dict[str, Any]:
        asked: Query = {"programme_year": YEAR, "organisation": code}
        found: dict[str, Any] = self._cast.host.get(SUBMISSIONS, asked)["items"][0]
        return found

    def _consolidate(self, members: int, seats: int) -> str:
        """The act's id."""
        body = {"organisation_code": self._host, "programme_year": YEAR}
        act: dict[str, Any] = self._cast.host.post(CONSOLIDATIONS, body)
        self._stage.expect(
            "取りまとめ（団体/新規の人数/受付）",
            "consolidated: organisations, new seats, received",
            (act["members"], act["seats"], _judged(act["late"])),
            (members, seats, _judged(False)),
        )
        self._stage.say(f"受付番号 {act['receipt_number']}", f"SHA-256 {act['sha256'][:16]}…")
        return str(act["id"])


def _judged(late: bool) -> str:
    return "期限後 late" if late else "期限内 in time"


def _told(board: Board) -> list[str]:
    return [f"{title} {board[state]}" for state, title in STATES.items() if state in board]
