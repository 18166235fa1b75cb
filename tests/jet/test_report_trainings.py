"""Chapter 3 of the FY2024 report from definitions and headcounts: tables 45, 45a, 48, 49, 50 and 56 to the digit."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.jet.playing import done
from tests.jet.reporting import as_printed, briefed, load, printed, statistic
from tests.support.database import Databases
from tests.support.jet import COORDINATOR, Jet, jet_over
from tests.support.serving import Caller


@pytest.fixture(scope="module")
def jet(databases: Databases) -> Iterator[Jet]:
    """The last day of the fiscal year, with what it held."""
    with databases.fresh() as postgres, jet_over(postgres) as made:
        made.advance(266)
        assert str(made.now().date()) == "2025-03-31"
        load(made)
        briefed(made)
        yield made


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
def test_a_table_comes_back_as_it_was_printed(jet: Jet, table: str, name: str, metric: str) -> None:
    rows = printed(table)
    assert as_printed(statistic(jet, name), list(rows[0]), metric) == rows


def test_the_periods_of_the_trainings_come_back_as_they_were_printed(jet: Jet) -> None:
    rows = printed("45a")
    answer = statistic(jet, "jet-training-periods")
    assert as_printed(answer, list(rows[0]), "value") == rows
    assert [cell["value"] for cell in answer["cells"]] == [1, 1, 1, 1, 7, 1, 1, 1, 1, 1]


def test_every_cell_is_the_sum_of_the_records_that_it_links_to(jet: Jet) -> None:
    linked = 0
    for name in (
        "jet-trainings",
        "jet-organisation-support",
        "jet-participant-support",
        "jet-career-trainings",
    ):
        for cell in statistic(jet, name)["cells"]:
            if cell["metric"] != "participants":
                continue
            url = urlsplit(cell["records"])
            assert url.path == "/jet/v1/training-headcounts"
            params = dict(parse_qsl(url.query)) | {"limit": "500"}
            found = done(jet.call("jet_training_headcounts_list", params=params))["items"]
            assert sum(one["value"] for one in found) == cell["value"]
            linked += 1
    assert linked == 16
    for cell in statistic(jet, "jet-local-briefings")["cells"]:
        params = dict(parse_qsl(urlsplit(cell["records"]).query))
        found = done(jet.call("jet_organisation_supports_list", params=params))["items"]
        assert len({one["prefecture"] for one in found}) == cell["value"]


def test_totals_and_sub_totals_say_what_they_are_of(jet: Jet) -> None:
    answer = statistic(jet, "jet-organisation-support", subtotals="training_name")
    people = [one for one in answer["totals"] if one["metric"] == "participants"]
    assert [(one["value"], one.get("of")) for one in people] == [
        (791, None), (214, {"training_name": "PA 研修"}),
        (577, {"training_name": "全団体 JET プログラム担当者セミナー"}),
    ]  # fmt: skip
    assert {(one["kind"], one["unit"], one["qualifier"]) for one in people} == {("sum", "名", "exact")}
    (all_of_it,) = statistic(jet, "jet-local-briefings")["totals"]
    assert (all_of_it["value"], all_of_it["kind"]) == (7, "distinct")
    wrong = jet.call("jet_statistics_read", path={"name": "jet-trainings"}, params={"subtotals": "nothing"})
    assert wrong.status_code == 400 and wrong.json()["errors"][0]["pointer"] == "subtotals"


def test_a_cell_over_several_lines_adds_them_and_links_to_none(jet: Jet) -> None:
    cells = statistic(jet, "jet-trainings", dimensions="training_name")["cells"]
    orientation = next(c for c in cells if c["training_name"] == "来日直後オリエンテーション" and c["value"])
    assert (orientation["value"], orientation["metric"]) == (1941, "participants")
    assert "records" not in orientation


def test_a_filter_chooses_lines_and_does_not_number_them_anew(jet: Jet) -> None:
    answer = statistic(jet, "jet-trainings", edition_code="T45-ADVANCED-2024")
    assert [(c["row_no"], c["value"]) for c in answer["cells"] if c["metric"] == "participants"] == [(9, 253)]
    assert statistic(jet, "jet-trainings", fiscal_year=2023)["cells"] == []


def test_figures_of_trainings_are_for_clair_and_the_ministries(jet: Jet) -> None:
    here = jet.organisation()
    for role in ("organisation", "host_authority"):
        caller = Caller(role, organisation=here.id)
        answer = jet.call("jet_statistics_read", caller, path={"name": "jet-trainings"})
        assert answer.status_code == 403
    ministry = statistic(jet, "jet-trainings", Caller("ministry"))
    rows = printed("45")
    assert as_printed(ministry, list(rows[0])) == rows
    assert not any("records" in cell for cell in ministry["cells"])


def test_a_table_is_also_a_file_with_the_same_columns(jet: Jet) -> None:
    for media, word in (("text/csv", "方法・場所"), ("application/x-ndjson", "method_or_place")):
        answer = jet.call(
            "jet_statistics_read", COORDINATOR, headers={"Accept": media, "Accept-Language": "ja"},
            path={"name": "jet-trainings"}, params={"fiscal_year": 2024},
        )  # fmt: skip
        assert answer.status_code == 200 and word in answer.text and "ルポール麹町" in answer.text


def values(answer: dict[str, Any], metric: str) -> list[Any]:
    return [cell["value"] for cell in answer["cells"] if cell["metric"] == metric]
