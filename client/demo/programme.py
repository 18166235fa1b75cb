"""The programme's side of the story: rosters of two days, a late resignation, a neighbour who asks."""

import csv
import uuid
from pathlib import Path
from typing import Any

from client.api import XLSX, Api
from client.demo.calls import comparable, move_clock, problem_of
from client.demo.cohorts import LATE_STAYERS, NEWCOMERS, STAYERS
from client.demo.organisations import TOTALS
from client.demo.stage import Stage

YEAR = 2024
JOBS = ("ALT", "CIR", "SEA")
REPORTED_ON, DAY_BEFORE = "2024-07-01", "2024-07-08"
NEXT_MORNING = "2024-07-09T10:00:00+09:00"
PARTICIPANTS = "/jet/v1/statistics/participants"

PLANNED = {job: STAYERS[job] + NEWCOMERS[job] + (LATE_STAYERS if job == "ALT" else 0) for job in JOBS}


def rosters(stage: Stage, coordinator: Api, out: Path) -> None:
    stage.act("名簿を二つの日付で読む", "A coordinator reads the roster as of two days")
    table = []
    for day in ("2024-07-01", "2024-09-01"):
        page = coordinator.get("/jet/v1/roster", {"as_of": day, "limit": 1, "include": "total"})
        cells = coordinator.get(PARTICIPANTS, {"dimensions": "job_type", "as_of": day})["cells"]
        counts = {cell["job_type"]: cell["value"] for cell in cells}
        table.append((day, page["total"], *(counts.get(job, 0) for job in JOBS)))
        path = out / f"roster-as-of-{day}.xlsx"
        stage.wrote(coordinator.download("/jet/v1/roster", path, {"as_of": day}, accept=XLSX))
    stage.table(("その日に任用中 serving on", "計", *JOBS), table, right=(1, 2, 3, 4))
    for day, total, *figures in table:
        stage.expect(
            f"{day} 名簿の人数＝統計の計", "rows of the roster = sum of the figures", total, sum(figures)
        )


def resignation(stage: Stage, coordinator: Api, registrar: Api, story: dict[str, Any], out: Path) -> None:
    leaving = story["resignation"]
    stage.act("6月20日付けの辞職が7月9日に届く", "A resignation effective 20 June is received on 9 July")
    _figure(stage, coordinator, REPORTED_ON, PLANNED)
    move_clock(stage, registrar, NEXT_MORNING)
    received = coordinator.post("/jet/v1/early-terminations", {
        "jet_number": leaving["jet_number"],
        "effective_on": leaving["effective_on"],
        "initiated_by": "participant",
        "reason": "resignation",
    })  # fmt: skip
    stage.expect("受理日時の日付", "received on", received["received_at"][:10], "2024-07-09")
    gone = _person(coordinator, leaving["jet_number"])
    then = _figure(stage, coordinator, REPORTED_ON, PLANNED)
    now = _figure(stage, coordinator, None, PLANNED | {gone["job_type"]: PLANNED[gone["job_type"]] - 1})
    _rows(stage, coordinator, leaving["jet_number"], out)
    stage.expect("差", "difference", sum(then.values()) - sum(now.values()), 1)


def _person(coordinator: Api, jet_number: str) -> dict[str, Any]:
    person: dict[str, Any] = coordinator.get(f"/jet/v1/participants/{jet_number}")
    return person


def _figure(stage: Stage, coordinator: Api, known_at: str | None, expected: dict[str, int]) -> dict[str, int]:
    query = known(known_at) | {"dimensions": "job_type"}
    counts = {cell["job_type"]: int(cell["value"]) for cell in coordinator.get(PARTICIPANTS, query)["cells"]}
    said = f"{known_at} 時点で把握" if known_at else "今日までに把握"
    stage.expect(
        f"{YEAR}年度・{said}（計/{'/'.join(JOBS)}）",
        f"programme year {YEAR} as known {'on ' + known_at if known_at else 'today'}",
        (sum(counts.values()), *(counts.get(job, 0) for job in JOBS)),
        (sum(expected.values()), *(expected[job] for job in JOBS)),
    )
    return counts


def known(known_at: str | None) -> dict[str, str | int | bool]:
    return {"programme_year": YEAR, "known_at": known_at} if known_at else {"programme_year": YEAR}


def _rows(stage: Stage, coordinator: Api, leaving: str, out: Path) -> None:
    """Behind each figure its rows; between the evening before and now they differ by one person."""
    rosters = {}
    for name, known_at in (("2024-07-01", REPORTED_ON), ("2024-07-08", DAY_BEFORE), ("today", None)):
        query = known(known_at)
        path = out / f"roster-{YEAR}-known-{name}.csv"
        stage.wrote(coordinator.download("/jet/v1/roster", path, query, accept="text/csv"))
        rosters[name] = _read(path)
    reported, before, today = rosters.values()
    stage.expect(
        "名簿の行数（7月1日／今日）",
        "rows of both rosters",
        (len(reported), len(today)),
        (TOTALS[YEAR], TOTALS[YEAR] - 1),
    )
    swapped = len(reported.keys() - before.keys())
    stage.say(
        f"7月1日から8日までに{swapped}人が辞退し、{len(before.keys() - reported.keys())}人が繰り上がりました。",
        f"Between 1 and 8 July {swapped} gave up and as many took their seats.",
    )
    gone = sorted(before.keys() - today.keys())
    stage.table(
        ("今日の名簿から消えた行 the row that is gone", "氏名 name", "職種", "任用団体 organisation"),
        [
            (number, f"{row['姓（ローマ字）']} {row['名（ローマ字）']}", row["職種"], row["団体名"])
            for number in gone
            for row in [before[number]]
        ],
    )
    stage.expect(
        "8日と今日の差",
        "the rosters of 8 July and today differ by",
        (gone, sorted(today.keys() - before.keys())),
        ([leaving], []),
    )


def _read(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {row["JET番号"]: row for row in csv.DictReader(lines)}


def neighbour(stage: Stage, coordinator: Api, other: Api, story: dict[str, Any]) -> None:
    stage.act("別の団体が、その人を尋ねる", "Another organisation asks for one of her people")
    theirs = _person(coordinator, story["jet_numbers"][0])
    real, unknown = (
        problem_of(other, f"/jet/v1/participants/{one}") for one in (theirs["id"], str(uuid.uuid4()))
    )
    stage.expect(
        "いる人 / いない人", "somebody who exists / nobody", (real.status, unknown.status), (404, 404)
    )
    same = comparable(real) == comparable(unknown)
    stage.expect(
        "二つの答えは同じ（追跡番号を除く）", "both answers are equal but for their trace ids", same, True
    )
    stage.say(f"答え: {real.title}。{real.detail}", f"code {real.code}")
