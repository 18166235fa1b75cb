"""Table 45 of the year's report: a line that is counted by attendance beside one of heads that a host authority reports."""

from typing import Any

from client.api import Api
from client.demo.stage import Stage

YEAR, AT = 2024, "2024-09-09T10:00:00+09:00"
CONFERENCE, OF_PREFECTURE = "ALT-CONFERENCE", "ALT-CONFERENCE-2024-37"
CONFERRED, OF_JET = 61, 48


def play(stage: Stage, clair: Api, host: Api, home: str, run: str, attended: int) -> None:
    """`run`: the orientation's, which so many attended; `home`: the code of the organisation that `host` acts for."""
    _conference(clair, host, home)
    stage.say(
        f"県が、共催したALT研修の人数を名前なしで報告します：{CONFERRED}名、うちJET参加者{OF_JET}名。",
        f"The prefecture reports heads of its ALT conference, without names: {CONFERRED}, of whom JET {OF_JET}.",
    )
    heads = {"run_code": run, "audience": "all", "value": 900, "qualifier": "about"}
    clair.post("/jet/v1/training-headcounts", heads | _counted("estimated"))
    stage.say(
        "オリエンテーション会場の概数（約900名）も登録されますが、出欠で数える行には足されません。",
        "The venue's rough count is kept beside the orientation, and not added to its attendance.",
    )
    cells = clair.get("/jet/v1/statistics/jet-trainings", {"fiscal_year": YEAR})["cells"]
    lines: dict[int, dict[str, Any]] = {}
    for cell in cells:
        line = lines.setdefault(cell["row_no"], dict(cell))
        line[cell["metric"]] = cell["value"]
    stage.table(
        ("行", "実施日 dates", "研修 training", "対象 audience", "参加者 (名)", "うちJET"),
        [
            (row, f"{line['date_start']} – {line['date_end']}", line["training_name"], line["audience"],
             line["participants"], line["jet_participants"])
            for row, line in sorted(lines.items())
        ],
        right=(0, 4, 5),
    )  # fmt: skip
    figures = {row: (line["participants"], line["jet_participants"]) for row, line in lines.items()}
    stage.expect("1行目：出欠の実人数", "line 1: persons who attended", figures[1], (attended, attended))
    stage.expect("2行目：人数報告", "line 2: heads reported", figures[2], (CONFERRED, OF_JET))
    records = next(one["records"] for one in cells if one["row_no"] == 1 and one["metric"] == "participants")
    behind = clair.get(f"{records}&limit=1&include=total")["total"]
    stage.expect("1行目のもとになる記録", "records behind line 1", behind, attended)


def _conference(clair: Api, host: Api, home: str) -> None:
    """CLAIR says what is held, the host authority how many came."""
    name = {"ja": "ALTの指導力等向上研修（ALT中間研修）", "en": "ALT Skill Development Conference"}
    clair.post("/jet/v1/training-courses", {
        "code": CONFERENCE, "kind": "alt_conference", "title_ja": name["ja"], "title_en": name["en"],
    })  # fmt: skip
    clair.post("/jet/v1/training-editions", {
        "code": f"{CONFERENCE}-{YEAR}", "course_code": CONFERENCE, "fiscal_year": YEAR, "name_ja": name["ja"],
        "name_en": name["en"], "audiences": ["alt", "teacher", "supervisor", "open"], "delivery": "hybrid",
        "listing": "one_line", "counted_by": "headcount", "date_precision": "month", "report_line": 5,
        "audience_text": "ALT;外国語担当教員;指導主事;その他希望する者",
    })  # fmt: skip
    clair.post("/jet/v1/training-runs", {
        "code": OF_PREFECTURE, "edition_code": f"{CONFERENCE}-{YEAR}", "organiser_code": home,
        "starts_on": "2024-09-05", "ends_on": "2024-09-06", "place": "県庁ホール",
    })  # fmt: skip
    for audience, within, value in (("all", None, CONFERRED), ("jet_participant", "all", OF_JET)):
        heads = {"run_code": OF_PREFECTURE, "audience": audience, "within": within, "value": value}
        host.post("/jet/v1/training-headcounts", heads | _counted("counted"))


def _counted(method: str) -> dict[str, Any]:
    return {"method": method, "reported_on": AT[:10]}
