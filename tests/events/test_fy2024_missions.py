"""The tables of missions in the FY2024 report: what is loaded from files comes back as it is printed."""

import json
from collections import Counter
from typing import Any

from tests.events.fy2024 import missions
from tests.support.events import Events, done
from tests.support.report_tables import differences


def test_the_tables_of_missions_come_back(events: Events) -> None:
    events.organisations(*missions.NAMES, *missions.PREFECTURES)
    for code, name in missions.ASSOCIATIONS.items():
        events.sql(
            "INSERT INTO directory.organisation (code, name, kind, search_key) "
            f"VALUES ('{code}', '{name}', 'association', '')"
        )
    for country in missions.COUNTRIES:
        events.sql(
            "INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) "
            f"VALUES ('{country}', '{country}X', '{country}', '{country}')"
        )
    events.advance(300)
    for kind, rows in missions.files().items():
        content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
        summary = events.imported(kind, events.headquarters, content)
        assert summary["problems"] == [], kind
    for number in missions.TABLES:
        assert differences(number, events.figures) == (Counter(), Counter()), number
    assert _totals(events, "food-culture-tours") == {(None, "sum"): 12}
    assert _totals(events, "senior-official-seminars") == {
        ("participants", "sum"): 44, ("host_bodies", "distinct"): 6, (None, "stated"): 15,
    }  # fmt: skip
    assert _totals(events, "study-visit-hosts") == {(None, "sum"): 12}
    assert _totals(events, "global-hr-training") == {
        ("participants", "sum"): 9, ("municipalities", "sum"): 5, ("associations", "sum"): 3,
        ("countries_abroad", "distinct"): 2,
    }  # fmt: skip
    assert _totals(events, "council-visits") == {
        ("visits", "sum"): 33, ("visits", "distinct"): 31, ("bodies", "distinct"): 22,
    }  # fmt: skip
    off = {"cancelled_on": "2025-01-20", "cancelled_reason": "先方の都合"}
    for code in ("M17-04", "M63-01", "M79-01", "M84-33"):
        done(events.change("missions", code, events.headquarters, **off))
    (tour,) = [one for one in events.figures("food-culture-tours")["cells"] if one["state"] == "cancelled"]
    assert (tour["value"], tour["not_held_reason"]) == (None, "先方の都合")
    assert _totals(events, "food-culture-tours") == {(None, "sum"): 9}
    assert _totals(events, "senior-official-seminars")["host_bodies", "distinct"] == 5
    assert set(_totals(events, "global-hr-training").values()) == {None, 0}
    assert _totals(events, "council-visits")["visits", "sum"] == 32


def _totals(events: Events, name: str) -> dict[tuple[Any, str], int]:
    return {(one.get("metric"), one["kind"]): one["value"] for one in events.figures(name)["totals"]}


def test_what_names_nothing_or_is_to_come_counts_nothing(events: Events) -> None:
    day = {"title_ja": "架空", "starts_on": "2023-05-01", "ends_on": "2023-05-01"}
    for code, programme, given in (
        ("BARE-1", "global_training", {}), ("BARE-2", "global_training", {"countries": ["FR"]}),
        ("BARE-3", "council_visit", {}),
        ("AHEAD", "council_visit", {"starts_on": "2030-05-01", "ends_on": "2030-05-01"}),
    ):  # fmt: skip
        body = day | {"code": code, "programme": programme} | given
        events.made("missions", events.headquarters, **body)
    training, visits, ahead = (
        [one["value"] for one in events.figures(name, fiscal_year=year)["totals"]]
        for name, year in (("global-hr-training", 2023), ("council-visits", 2023), ("council-visits", 2030))
    )
    assert (training[-1], visits, ahead) == (1, [1, 1, 0], [0, 0, 0])
