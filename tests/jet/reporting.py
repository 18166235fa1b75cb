"""The open tables of the FY2024 report as CLAIR would load them: definitions and headcounts in files of CSV.

What a table does not say is made up: codes, English names, and how a figure is spread over the runs of its line.
"""

import csv
import io
from calendar import monthrange
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from services.jet.courses.resource import training_courses
from services.jet.editions.resource import training_editions
from services.jet.headcounts.resource import training_headcounts
from services.jet.runs.resource import training_runs
from services.jet.supports.resource import organisation_supports
from services.kit.imports.engine import Importer
from services.kit.imports.reading import CSV
from services.kit.jobs import Later
from services.kit.resource import Resource
from tests.jet.playing import done
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller

FOLDER = Path(__file__).parents[1] / "fixtures" / "fy2024"
Rows = list[dict[str, Any]]
KINDS = {
    "45": ("orientation",) * 3 + ("orientation", "alt_conference", "cir_conference", "sea_conference", "e_learning",
           "advanced"),
    "48": ("organisation_seminar", "adviser_training", "adviser_training"),
    "50": ("opinion_exchange", "leavers_briefing"),
    "56": ("career_vision", "job_hunting"),
}  # fmt: skip
MONTHS = {
    "5": ("2024-08", "2024-09", "2024-10", "2024-11", "2024-12", "2025-01", "2025-02"),
    "9": ("2024-08", "2024-12"),
}
ADVISED = "130001"
BRIEFED = (
    "010006",
    "260002",
    "370002",
    "380008",
    "390003",
    "400009",
    "410004",
)  # of the report: one 道, one 府, five 県


def printed(table: str) -> Rows:
    (path,) = FOLDER.glob(f"{table}-*.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [
            {name: value for name, value in row.items() if name != "source_section"}
            for row in csv.DictReader(lines)
        ]


def _day(text: str, precision: str, *, last: bool) -> str:
    """A day of what is printed; 令和6年 are the days of the fiscal year that it names."""
    if precision == "month":
        year, month = map(int, text.split("-"))
        return f"{text}-{monthrange(year, month)[1] if last else 1:02d}"
    return (f"{text}-12-31" if last else f"{text}-04-01") if precision == "year" else text


def _dates(start: str, end: str, precision: str) -> dict[str, str]:
    if precision == "none":
        return {"date_precision": "as_required"}
    return {
        "starts_on": _day(start, precision, last=False), "ends_on": _day(end, precision, last=True),
        "date_precision": precision,
    }  # fmt: skip


class Files:
    """Rows by resource, in the order in which they are sent."""

    def __init__(self) -> None:
        self.courses: dict[str, dict[str, Any]] = {}
        self.editions: dict[str, dict[str, Any]] = {}
        self.runs: Rows = []
        self.heads: Rows = []

    def line(self, table: str, row: dict[str, Any]) -> None:
        number, name = int(row["row_no"]), row.get("training_name") or row["name"]
        kind = KINDS[table][number - 1]
        code = f"T{table}-{kind.upper().replace('_', '-')[:12]}" + ("-ROLLING" if "随時" in name else "")
        place = row.get("method_or_place") or row.get("place") or row["method"]
        precision = row.get("date_precision") or "day"
        several = MONTHS.get(row["row_no"]) if table == "45" else None
        self.courses[code] = {"code": code, "kind": kind, "title_ja": name, "title_en": code.title()}
        self.editions.setdefault(code, {
            "code": f"{code}-2024", "course_code": code, "fiscal_year": "令和6年度", "name_ja": name,
            "name_en": code.title(), "audiences": "その他希望する者", "delivery": "hybrid",
            "listing": "one_line" if several or precision == "none" else "each_run", "counted_by": "人数報告",
            "report_line": number, "audience_text": row["audience"], "place_text": place,
            "date_text": row.get("date_text"),
        })  # fmt: skip
        months = [(month, month) for month in several or ()] or [(row["date_start"], row["date_end"])]
        heads = int(row["participants"])
        for place_in_line, (start, end) in enumerate(months, 1):
            share = (
                heads // len(months)
                if place_in_line < len(months)
                else heads - heads // len(months) * (len(months) - 1)
            )
            run = f"{code}-{number}-{place_in_line}"
            self.runs.append({
                "code": run, "edition_code": f"{code}-2024", "number": row.get("session_no"), "place": place,
                "audience_text": row["audience"], "date_text": row.get("date_text"), **_dates(start, end, precision),
            })  # fmt: skip
            audiences = ("alt", "teacher") if several else ("all",)
            for audience in audiences:
                value = share if len(audiences) == 1 else 40 if audience == "teacher" else share - 40
                self.heads.append({
                    "run_code": run, "audience": audience, "value": value, "method": "counted", "unit": "名",
                    "reported_on": "令和7年3月31日",
                })  # fmt: skip


def load(jet: Jet) -> None:
    files = Files()
    for table in KINDS:
        for row in printed(table):
            files.line(table, row)
    for resource, rows in (
        (training_courses, list(files.courses.values())), (training_editions, list(files.editions.values())),
        (training_runs, files.runs), (training_headcounts, files.heads),
    ):  # fmt: skip
        told = send(jet, resource, rows)
        assert (told["problems"], told["summary"]["created"]) == ([], len(rows)), told
        again = send(jet, resource, rows)["summary"]
        assert (again["unchanged"], again["created"], again["changed"]) == (len(rows), 0, 0)


def briefed(jet: Jet) -> None:
    """Material for each prefecture, and for one of them twice; another was given advice, and no material."""
    for code in (*BRIEFED, ADVISED):
        jet.sql(
            "INSERT INTO directory.organisation (code, name, kind, search_key) "
            f"VALUES ('{code}', '架空県', 'prefecture', '') ON CONFLICT DO NOTHING"
        )
    rows = [
        {"organisation_code": code, "kind": "説明会資料の提供", "supported_on": "R6.6.3"} for code in BRIEFED
    ]
    rows += [{"organisation_code": BRIEFED[-1], "kind": "briefing_material", "supported_on": "2024/9/2"}]
    rows += [{"organisation_code": ADVISED, "kind": "advice_new", "supported_on": "2024-09-02"}]
    told = send(jet, organisation_supports, rows)
    assert (told["problems"], told["summary"]["created"]) == ([], len(rows)), told


def send(jet: Jet, resource: Resource, rows: Rows, caller: Caller = COORDINATOR) -> dict[str, Any]:
    """What came of a file with Japanese headings, by the worker's own job."""
    titles = {column.name: column.title.ja for column in resource.kind.columns}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writerow({name: titles[name] for name in writer.fieldnames})
    writer.writerows(rows)
    sent = jet.call(
        "jet_imports_create", caller, headers={"Content-Type": CSV}, content=("\ufeff" + out.getvalue()).encode(),
        params={"kind": resource.plural},
    )  # fmt: skip
    assert sent.status_code == 202, sent.text
    importer = Importer("jet", "jet", jet.served.app.state.service.database, [resource])
    with suppress(Later):
        jet.served.run(importer.work(UUID(sent.json()["id"]), 1))
    path = {"import_id": sent.json()["id"]}
    summary = done(jet.call("jet_imports_read", caller, path=path))["summary"]
    problems = done(jet.call("jet_imports_problems", caller, path=path))["items"]
    errors = [(one["row"], one["field"], one["code"]) for one in problems if one["severity"] == "error"]
    return {"summary": summary, "problems": errors}


def statistic(jet: Jet, name: str, caller: Caller = COORDINATOR, **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = done(
        jet.call("jet_statistics_read", caller, path={"name": name}, params={"fiscal_year": 2024} | asked)
    )
    return found


def as_printed(
    answer: dict[str, Any], columns: list[str], metric: str = "participants"
) -> list[dict[str, str]]:
    """The cells of a metric as the rows of a table, blanks for what is not there."""
    rows = []
    for cell in answer["cells"]:
        if cell.get("metric", metric) == metric:
            assert cell["value"] is None or type(cell["value"]) is int
            values = {name: cell["value"] if name == metric else cell[name] for name in columns}
            rows.append({name: "" if value is None else str(value) for name, value in values.items()})
    return rows
