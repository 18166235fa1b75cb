"""Counselling: a participant books and writes, and to the employer there is no such page; a clinic's bill of March is paid from
the old year; a vendor's counts are released with the year; and the word that was written is looked for where it is kept."""

import tempfile
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.api import Api, Query
from client.demo.calls import comparable, move_clock, problem_of, send
from client.demo.cast import VENDOR
from client.demo.stage import Stage

YEAR = 2024
STARTS = "2025-03-05T19:00"
SLOT = {"local_start": STARTS, "time_zone": "Asia/Tokyo", "minutes": 50, "channel": "online"}
FILED_AT, BILLED_ON = "2025-04-04T10:00:00+09:00", "2025-03-28"
BILL, TWO_BILLS = 30_000, (("2025-03-10", 8_000), ("2025-03-17", 8_000))
PAYEE = {
    "clinic_name": "架空こころのクリニック", "bank_code": "9999", "branch_code": "998", "account_type": "ordinary",
    "account_number": "0000001", "account_holder_kana": "サンプル",
}  # fmt: skip
RETURN = ("organisation_code", "fiscal_year", "month", "channel", "unit", "value")
MONTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)
CHANNELS = {"web_mail": "ウェブメール", "skype": "スカイプ"}
HIDDEN = ("bookings", "messages", "claims", "cases")


@dataclass(frozen=True, slots=True)
class Cast:
    """`participant`, with the JET number; `employer` of the same person; two officers of counselling at CLAIR."""

    registrar: Api
    participant: Api
    number: str
    employer: Api
    counsellor: Api
    officers: tuple[Api, Api]
    coordinator: Api


def play(stage: Stage, cast: Cast, kept: list[Path], out: Path) -> None:
    """`kept`: the folders of the database and of the logs."""
    told = Counselling(stage, cast, out)
    told.is_asked_for()
    told.is_paid_for()
    told.is_counted()
    told.is_kept(kept)


class Counselling:
    def __init__(self, stage: Stage, cast: Cast, out: Path) -> None:
        self._stage, self._cast, self._out = stage, cast, out
        self._word, self._pseudonym, self._granted = f"カナリア{uuid.uuid4().hex}", "", 0

    def is_asked_for(self) -> None:
        stage, who, counsellor = self._stage, self._cast.participant, self._cast.counsellor
        stage.act(
            "相談を予約し、相談員に書く", "A participant books counselling, and writes to the counsellor"
        )
        counsellor.post("/care/v1/slots", SLOT)
        asked: Query = {"taken": False, "starts_from": STARTS[:10]}
        (slot,) = who.get("/care/v1/slots", asked)["items"]
        booked = who.post("/care/v1/bookings", {"slot_id": slot["id"], "time_zone": "Asia/Tokyo"})
        stage.expect("枠と予約", "the slot, and the booking", (slot["local_start"], booked["state"]),
                     (STARTS, "booked"))  # fmt: skip
        sent = who.post("/care/v1/messages", {"body": f"眠れない日が続いています。{self._word}"})
        self._pseudonym = sent["pseudonym"]
        unknown = problem_of(self._cast.employer, "/care/v1/nowhere")
        hidden = [problem_of(self._cast.employer, f"/care/v1/{path}") for path in HIDDEN]
        stage.expect("任用団体が同じページを求めた答え", "their employer asks for the same pages",
                     [one.status for one in hidden], [404] * len(HIDDEN))  # fmt: skip
        same = [comparable(one) == comparable(unknown) for one in hidden]
        stage.expect("存在しないページへの答えと同じ", "as for a page that does not exist", all(same), True)
        self._answers()

    def _answers(self) -> None:
        stage, counsellor = self._stage, self._cast.counsellor
        (case,) = counsellor.get("/care/v1/cases", {"state": "open"})["items"]
        read = counsellor.get("/care/v1/messages", {"case_id": case["id"]})["items"]
        known = self._cast.coordinator.get(f"/jet/v1/participants/{self._cast.number}")
        named = [known[name] for name in ("jet_number", "family_name", "given_name") if known[name]]
        seen = str((case, read, counsellor.get("/care/v1/bookings")))
        stage.expect("相談員が読むもの", "what the counsellor reads, and of whom",
                     (read[0]["pseudonym"], self._word in seen), (self._pseudonym, True))  # fmt: skip
        stage.expect("そこにある氏名・番号", "names and numbers in it",
                     [one for one in named if one in seen], [])  # fmt: skip
        counsellor.post(f"/care/v1/cases/{case['id']}/messages", {"body": "ご連絡ありがとうございます。"})
        both = self._cast.participant.get("/care/v1/messages", {"sort": "sent_at"})["items"]
        stage.expect("やり取り", "who wrote", [one["written_by"] for one in both],
                     ["participant", "counsellor"])  # fmt: skip

    def is_paid_for(self) -> None:
        stage, officer = self._stage, self._cast.officers[0]
        stage.act("3月28日の領収書を4月に請求する", "A clinic's bill of 28 March, claimed in April")
        move_clock(stage, self._cast.registrar, FILED_AT)
        (terms,) = officer.get("/care/v1/subsidy-terms")["items"]
        percent, cap = terms["subsidy_percent"], terms["cap_yen"]
        stage.say(f"助成は{percent}%、年度に{cap:,}円まで（例示）。", "The subsidy's terms; sample values.")
        made = self._approved(officer, self._claim(BILLED_ON, BILL))
        self._granted = min(BILL * percent // 100, cap)
        stage.expect(f"{BILL:,}円のうち助成額 / 年度", "granted of the bill, in the fiscal year",
                     (made["granted_yen"], str(made["fiscal_year"])), (self._granted, str(YEAR)))  # fmt: skip
        left = self._left()
        stage.expect(
            "残り（2024年度だけ）",
            "what is left, of the old year alone",
            left,
            [str(YEAR), cap - self._granted],
        )
        claims = [self._claim(*one) for one in TWO_BILLS]
        with ThreadPoolExecutor(len(claims)) as at_once:
            both = list(at_once.map(self._approved, self._cast.officers, claims))
        wanted = [yen * percent // 100 for _, yen in TWO_BILLS]
        stage.say(
            f"さらに2件、助成額{wanted[0]:,}円ずつを2人の担当者が同時に承認します。",
            "Two more are approved at the same instant, by two officers.",
        )
        together = sum(one["granted_yen"] for one in both)
        stage.expect("2件の計は、残りちょうど", "together exactly what was left",
                     (together, self._left()), (min(sum(wanted), cap - self._granted), [str(YEAR), 0]))  # fmt: skip

    def _claim(self, on: str, yen: int) -> str:
        """The path of a claim that is submitted, with a receipt."""
        who = self._cast.participant
        body = {"service_on": on, "currency": "JPY", "amount": str(yen), "claim_note": self._word}
        path = f"/care/v1/claims/{who.post('/care/v1/claims', body | PAYEE)['id']}"
        with tempfile.TemporaryDirectory(prefix="kk-demo-") as folder:
            receipt = Path(folder) / "receipt.pdf"
            receipt.write_text(f"%PDF-1.7\n% 架空の領収書 {self._word}\n", encoding="utf-8")
            sent = {"Content-Type": "application/pdf"}
            who.request("POST", f"{path}/receipts", content=receipt, headers=sent)
        who.post(f"{path}/submissions")
        return path

    @staticmethod
    def _approved(officer: Api, claim: str) -> dict[str, Any]:
        made: dict[str, Any] = officer.post(f"{claim}/approvals")
        return made

    def _left(self) -> list[str | int]:
        """Each fiscal year that was touched, with what is left of it."""
        found = self._cast.participant.get("/care/v1/allowances")["items"]
        return [said for one in found for said in (str(one["fiscal_year"]), one["left_yen"])]

    def is_counted(self) -> None:
        stage, officer = self._stage, self._cast.officers[0]
        stage.act("件数の報告と公表", "A vendor's counts, and the figures of the year")
        rows = [
            (VENDOR[0], YEAR, month, channel, "cases", (7 * month + 5 * len(channel)) % 19 + 4)
            for month in MONTHS
            for channel in CHANNELS
        ]
        told = send(
            self._cast.counsellor,
            "vendor-returns",
            self._out / "vendor-returns.csv",
            RETURN,
            rows,
            service="care",
        )
        stage.wrote(self._out / "vendor-returns.csv")
        stage.expect("受け付けた行", "rows taken", told.created, len(rows))
        own = list(self._cast.counsellor.iterate("/care/v1/contacts", {"channel": "web_mail"}))
        officer.post("/care/v1/figure-releases", {"fiscal_year": YEAR})
        asked: Query = {"fiscal_year": YEAR}
        cells = officer.get("/care/v1/statistics/jet-counselling", asked)["cells"]
        shown = [one for one in cells if one["metric"] == "cases"]
        stage.table(
            ("行", "サービス service", "相談手段 channel", "対象 audience", "値 value"),
            [(*(one[name] for name in ("row_no", "service", "channel", "audience")), f"{one['value']:,}{one['unit']}") for one in shown],
            right=(0, 4),
        )  # fmt: skip
        expected = {title: sum(row[-1] for row in rows if row[3] == code) for code, title in CHANNELS.items()}
        expected["ウェブメール"] += len(own)
        claims = 1 + len(TWO_BILLS)
        stage.expect(
            "業務報告の表51の値（報告＋記録、助成）", "the values of table 51: returned and kept, subsidies",
            [one["value"] for one in shown], [*expected.values(), claims],
        )  # fmt: skip

    def is_kept(self, kept: list[Path]) -> None:
        stage = self._stage
        stage.act("書いた言葉を保存先で探す", "The word that was written is looked for where it is kept")
        files = [one for folder in kept for one in folder.resolve().rglob("*") if one.is_file()]
        stage.say(
            f"データベースとログのファイル{len(files):,}個を読みます。",
            "Every file of the database and the logs.",
        )
        self._wait_for_disk(files)
        found = _found(files, (self._pseudonym, self._word))
        stage.expect("仮名は見つかる / 言葉は見つからない", "the pseudonym is found, the word is not",
                     found, [True, False])  # fmt: skip

    def _wait_for_disk(self, files: list[Path]) -> None:
        """The database writes what it was told a moment later."""
        written, until = [one for one in files if "pg_wal" in one.parts], time.monotonic() + 5
        while not all(_found(written, (self._pseudonym,))) and time.monotonic() < until:
            time.sleep(0.1)


def _found(files: list[Path], words: Sequence[str]) -> list[bool]:
    """Of each word, whether one of the files holds it."""
    sought, found = [word.encode() for word in words], [False] * len(words)
    for file in files:
        with suppress(FileNotFoundError):  # a temporary one
            content = file.read_bytes()
            found = [there or word in content for there, word in zip(found, sought, strict=True)]
    return found
