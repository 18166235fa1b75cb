"""A fiscal year's records of people, loaded by `kakehashi load` through the real door: the report's tables come back."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from client.api import Api
from client.credentials import Secret
from client.demo.clients import LOADER, register
from client.load import Loader, Outcome
from services.launcher import registrar
from services.system import System
from tests.jet.reporting import as_printed, printed
from tests.support import fy2024

# a year of people is loaded before the first of them
pytestmark = pytest.mark.timeout(480)
LAST_DAY = "2025-03-31T09:00:00+09:00"


@pytest.fixture(scope="module")
def year(moving: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Year"]:
    known = registrar(moving)
    with Api(moving.url, Secret(str(known["client_id"]), str(known["client_secret"]))) as opener:
        opener.post("/identity/v1/clock-moves", {"to": LAST_DAY})
        described = register(opener, LOADER, moving.keys)
        login = Secret(described["client_id"], described["client_secret"])
        with Api(moving.url, login) as coordinator:
            made = Year(opener, coordinator, tmp_path_factory.mktemp("year"))
            made.load()
            yield made


class Year:
    def __init__(self, registrar: Api, coordinator: Api, folder: Path) -> None:
        self.coordinator, self.folder = coordinator, folder
        self._registrar = registrar

    def load(self) -> None:
        for service, files, api in (
            ("directory", fy2024.directory(), self._registrar), ("jet", fy2024.jet(), self.coordinator),
        ):  # fmt: skip
            folder = self.folder / service
            fy2024.write(folder, service, files)
            for outcome in self.loaded(api, folder):
                rows = len(files[outcome.file.kind])
                assert outcome.state == "stored", (outcome.file.name, outcome.said, outcome.problems[:3])
                assert outcome.counts["created"] == rows, (outcome.file.name, outcome.counts)

    @staticmethod
    def loaded(api: Api, folder: Path) -> list[Outcome]:
        began, outcomes = time.monotonic(), []
        for outcome in Loader(api, folder).run():
            outcomes.append(outcome)
            print(f"{outcome.file.name:<40}{outcome.counts} {time.monotonic() - began:.1f} s")
        return outcomes

    def statistic(self, name: str, **asked: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.coordinator.get(
            f"/jet/v1/statistics/{name}", {"fiscal_year": 2024} | asked
        )
        return found


@pytest.mark.parametrize(
    ("table", "name", "metric"),
    [
        ("45", "jet-trainings", "participants"),
        ("48", "jet-organisation-support", "participants"),
        ("49", "jet-local-briefings", "prefectures"),
        ("50", "jet-participant-support", "participants"),
        ("56", "jet-career-trainings", "participants"),
    ],
)
def test_a_table_comes_back_from_people_as_it_was_printed(
    year: Year, table: str, name: str, metric: str
) -> None:
    rows = printed(table)
    assert as_printed(year.statistic(name), list(rows[0]), metric) == rows


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("52", "jet-career-fairs"),
        ("54", "jet-internships"),
        ("54a", "jet-internship-periods"),
        ("55", "jet-internship-grants"),
    ],
)
def test_careers_come_back_with_each_of_their_figures(year: Year, table: str, name: str) -> None:
    rows, found = printed(table), dict[tuple[Any, ...], dict[str, str]]()
    answer = year.statistic(name)
    for cell in answer["cells"]:
        line = {of: "" if cell[of] is None else str(cell[of]) for of in answer["dimensions"]}
        found.setdefault(tuple(line.values()), line)[cell.get("metric", "value")] = str(cell["value"])
    assert [{of: line[of] for of in rows[0]} for line in found.values()] == rows


def test_a_cell_leads_to_as_many_people_as_it_counts(year: Year) -> None:
    cells = [one for one in year.statistic("jet-trainings")["cells"] if one["metric"] == "participants"]
    cir = next(one for one in cells if one["training_name"] == "CIR 中間研修")
    path, _, query = cir["records"].partition("?")
    behind = list(year.coordinator.iterate(path, dict(parse_qsl(query))))
    assert len({one["jet_number"] or one["attendee_name"] for one in behind}) == cir["value"] == 408


def test_who_came_twice_counts_once_and_who_is_no_participant_is_told_apart(year: Year) -> None:
    cells = year.statistic("jet-trainings")["cells"]
    alt = {one["metric"]: one["value"] for one in cells if "中間研修)" in one["training_name"]}
    assert (alt["participants"], alt["jet_participants"]) == (2_899, 2_859)


def test_the_same_folder_again_changes_nothing(year: Year) -> None:
    again = year.loaded(year.coordinator, year.folder / "jet")
    assert {one.state for one in again} == {"skipped"}
