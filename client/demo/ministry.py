"""A ministry reads the figures of the programme, and is refused its people."""

import json
from pathlib import Path

from client.api import Api
from client.demo import organisations as planned
from client.demo.cohorts import NEW_IN_2023, NEWCOMERS
from client.demo.nations import WEIGHTS
from client.demo.programme import PARTICIPANTS, REPORTED_ON, YEAR, known
from client.demo.stage import Stage
from client.problem import Problem

AUTHORITIES = 47 + 20  # prefectures and designated cities
STEADY = AUTHORITIES + planned.STEADY_TOWNS + planned.STEADY_SCHOOLS
# As the generator plans them: people, of them new, countries, organisations.
REPORTED = {
    2023: (
        planned.TOTALS[2023],
        NEW_IN_2023,
        len(WEIGHTS),
        STEADY + planned.LEAVING_TOWNS + planned.LEAVING_SCHOOLS,
    ),
    2024: (
        planned.TOTALS[2024],
        sum(NEWCOMERS.values()),
        len(WEIGHTS) + 1,
        STEADY + planned.JOINING_TOWNS + planned.JOINING_SCHOOLS,
    ),
}


def play(stage: Stage, client: Api, out: Path) -> None:
    stage.act("府省が統計を読む", "A ministry reads the figures")
    for year, expected in REPORTED.items():
        stage.expect(
            f"{year}年度・7月1日時点（人数/うち新規/国/団体）",
            "people, of them new, countries, organisations",
            _report(client, year),
            expected,
        )
    _tables(stage, client, out)
    _refused(stage, client)


def _report(client: Api, year: int) -> tuple[int, ...]:
    query: dict[str, str | int | bool] = {"programme_year": year, "known_at": f"{year}-07-01"}
    people, countries, hosts = (
        client.get(f"/jet/v1/statistics/{name}", query)["totals"][0]["value"]
        for name in ("participants", "countries", "contracting-organisations")
    )
    cells = client.get(PARTICIPANTS, query | {"dimensions": "is_new"})["cells"]
    return people, sum(cell["value"] for cell in cells if cell["is_new"]), countries, hosts


def _tables(stage: Stage, client: Api, out: Path) -> None:
    asked = known(REPORTED_ON)
    jobs = client.get(PARTICIPANTS, asked | {"dimensions": "job_type"})
    largest = asked | {"dimensions": "organisation", "top": 10}
    top = client.get(PARTICIPANTS, largest)
    total = jobs["totals"][0]["value"]
    stage.table(
        ("職種 job type", f"人数 people ({jobs['unit']})", "割合 share"),
        [(c["job_type"], c["value"], f"{c['value'] / total:.1%}") for c in jobs["cells"]] + [("計 total", total, "100.0%")],
        right=(1, 2),
    )  # fmt: skip
    stage.table(
        ("順位 rank", "任用団体 organisation", "人数 people"),
        [(c["rank"], c["organisation_name"], c["value"]) for c in top["cells"]],
        right=(0, 2),
    )
    values = [cell["value"] for cell in top["cells"]]
    stage.expect("計", "total", total, planned.TOTALS[YEAR])
    stage.expect("上位10団体の人数", "the ten largest", values, list(planned.LARGEST[:10]))
    ranks = [1 + sum(other > value for other in values) for value in values]
    stage.expect("同数は同順位", "equal figures share a rank", [cell["rank"] for cell in top["cells"]], ranks)
    (out / "statistics-2024.json").write_text(
        json.dumps({"job_types": jobs, "top_organisations": top}, ensure_ascii=False, indent=2) + "\n",
        encoding="utf-8",
    )
    stage.wrote(out / "statistics-2024.json")
    table = out / "statistics-top-organisations.csv"
    stage.wrote(client.download(PARTICIPANTS, table, largest, accept="text/csv"))
    linked = [cell for cell in (*jobs["cells"], *top["cells"]) if "records" in cell]
    stage.expect("個人の一覧へのリンク", "links to people", len(linked), 0)


def _refused(stage: Stage, client: Api) -> None:
    for path in ("/jet/v1/participants", "/jet/v1/roster"):
        status, said = 200, ""
        try:
            client.get(path)
        except Problem as problem:
            status, said = problem.status, f"{problem.title}。{problem.detail}"
        stage.expect(f"{path} を求めた答え", "asking for the people", status, 403)
    stage.say(f"答え: {said}", "what it is told")
