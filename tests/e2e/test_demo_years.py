"""The main job on the demo years, through the real door: the story, and table 43 of the business report."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client.api import Api, Query
from client.demo.clients import credentials
from services.launcher import DEMO_FILE, REPOSITORY, Launcher
from services.system import System
from tests.support.sql import value

# two years are loaded before the first of them
pytestmark = pytest.mark.timeout(480)
TABLE = REPOSITORY / "tests/fixtures/fy2024/43-jet_overview.csv"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """With the loaded demo years. Once loaded they are kept until a source of theirs changes, as the launcher keeps
    them."""
    data, kept = tmp_path_factory.mktemp("demo"), REPOSITORY / "var/test-demo-years"
    kept.mkdir(parents=True, exist_ok=True)
    (data / "templates").symlink_to(kept)
    with Launcher(data, 0).sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def demo(sandbox: System) -> Any:
    """As `var/demo.json` describes it."""
    return json.loads((sandbox.folder.parent / DEMO_FILE).read_text())


def caller(demo: dict[str, Any], role: str) -> Api:
    return Api(demo["url"], credentials(demo["clients"][role], None))


@pytest.mark.parametrize("role", ["coordinator", "ministry"])
@pytest.mark.parametrize("year", [2023, 2024])
def test_table_43_is_regenerated_from_the_records(demo: dict[str, Any], role: str, year: int) -> None:
    with TABLE.open(encoding="utf-8") as rows:
        printed = {
            row["metric"]: (int(row["value"]), row["unit"], row["as_of"])
            for row in csv.DictReader(rows)
            if int(row["fiscal_year"]) == year
        }
    known_at = f"{year}-07-01"
    with caller(demo, role) as api:
        answer = api.get("/jet/v1/statistics/jet-overview", {"programme_year": year, "known_at": known_at})
    made = {cell["metric"]: (cell["value"], cell["unit"], known_at) for cell in answer["cells"]}
    assert made == printed
    assert answer["basis"]["settled"] is True


def test_the_first_of_july_is_not_a_day_of_overlap(demo: dict[str, Any]) -> None:
    """The figure is the year's roster as known on that day; those who serve that day are other people."""
    with caller(demo, "coordinator") as api:
        asked: Query = {"programme_year": 2024, "known_at": "2024-07-01"}
        day: Query = {**asked, "as_of": "2024-07-01"}
        roster = api.get("/jet/v1/statistics/jet-overview", asked)
        serving = api.get("/jet/v1/statistics/jet-overview", day)
    new = [
        next(c["value"] for c in one["cells"] if c["metric"] == "new_participants")
        for one in (roster, serving)
    ]
    assert new[0] == 2006
    assert 0 < new[1] < 300


def test_the_worker_of_counselling_copies_the_roster_by_itself(sandbox: System, demo: dict[str, Any]) -> None:
    """With a secret that no other process is told."""
    secret = json.loads((sandbox.keys / "care-roster.json").read_text())["client_secret"]
    told = [name for name, child in sandbox.children.items() if secret in child.environment.values()]
    assert told == ["worker-care"]
    with caller(demo, "coordinator") as api:
        serving = api.get("/jet/v1/roster?as_of=2024-07-08&include=total&limit=1")["total"]
    copied: object = 0
    deadline = time.monotonic() + 120
    while not copied and time.monotonic() < deadline:
        time.sleep(0.2)
        copied = value(
            sandbox.database,
            "SELECT count(DISTINCT person_id) FROM care.serving WHERE effective @> date '2024-07-08'",
        )
    assert copied == serving > 1000


def test_a_figure_links_to_exactly_its_records(demo: dict[str, Any]) -> None:
    with caller(demo, "coordinator") as api:
        asked: Query = {"dimensions": "job_type", "programme_year": 2024, "known_at": "2024-07-01"}
        answer = api.get("/jet/v1/statistics/participants", asked)
        for cell in answer["cells"]:
            listed = api.get(cell["records"] + "&include=total&limit=1")
            assert listed["total"] == cell["value"]


def test_the_story_ends_as_expected(demo: dict[str, Any], tmp_path: Path) -> None:
    """Last, because it moves the clock and stores what it tells."""
    described = tmp_path / "demo.json"
    described.write_text(json.dumps(demo), encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "client.demo.story", str(described)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert {path.suffix for path in (tmp_path / "out").iterdir()} >= {".xlsx", ".csv", ".json", ".pdf"}
    office = tmp_path / "out" / "paris"
    assert {path.suffix for path in office.iterdir()} == {".xlsx", ".csv", ".ics", ".pdf", ".html"}
    page = (office / "hand-over.html").read_text(encoding="utf-8")
    assert "引き継ぐ事項（5）" in page and "☐" not in page
    # it opens by itself
    assert "<style>" in page and "<script" not in page and "stylesheet" not in page


def test_the_number_of_organisations_is_explained_and_each_had_its_host_when_the_figure_was_given(
    demo: dict[str, Any],
) -> None:
    days: Query = {"since": "2024-03-31", "as_of": "2024-09-01"}
    figures: Query = {"programme_year": 2024, "known_at": "2024-07-01", "dimensions": "host_authority"}
    with caller(demo, "ministry") as api:
        told = api.get("/directory/v1/statistics/contracting-organisation-changes", days)["totals"]
        hosts = api.get("/jet/v1/statistics/participants", figures)["cells"]
    changes = {one["metric"]: one["value"] for one in told if one["value"]}
    assert changes == {"at_start": 1001, "joined": 17, "left": 31, "at_end": 987}
    assert len(hosts) == 67 and all(one["host_authority"] for one in hosts)
