"""The registry's data files: codes carry their check digits and every reference is met."""

import csv
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

DATA = Path(__file__).parents[2] / "services" / "gateway" / "registry" / "data"


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _check_digit(code: str) -> str:
    """総務省's rule: weights 6 to 2 over the first five digits, modulo 11, last digit of the difference."""
    weighted = sum(int(digit) * weight for digit, weight in zip(code[:5], (6, 5, 4, 3, 2), strict=True))
    return str((11 - weighted % 11) % 10)


def test_every_local_government_has_a_valid_code_and_host() -> None:
    rows = _read("local_governments.csv")
    codes = {row["code"]: row["kind"] for row in rows}
    assert len(codes) == len(rows)
    for row in rows:
        assert len(row["code"]) == 6
        assert row["code"][5] == _check_digit(row["code"])
        assert codes[row["host_code"]] in {"prefecture", "designated_city"}
        if row["kind"] in {"prefecture", "designated_city"}:
            assert row["host_code"] == row["code"]


def test_the_local_governments_of_2024_are_complete() -> None:
    current = Counter(row["kind"] for row in _read("local_governments.csv") if not row["valid_to"])
    towns = {"city": 772, "town": 743, "village": 189, "special_ward": 23}  # six villages in the north
    assert current == {"prefecture": 47, "designated_city": 20, **towns, "ward": 171}


def test_the_wards_of_hamamatsu_changed_with_2024() -> None:
    wards = [row for row in _read("local_governments.csv") if row["host_code"] == "221309"]
    dates = Counter((row["valid_from"], row["valid_to"]) for row in wards if row["kind"] == "ward")
    assert dates == {("", "2023-12-31"): 7, ("2024-01-01", ""): 3}


def test_offices_stand_in_known_countries_and_zones() -> None:
    countries = _read("countries.csv")
    assert len({row["alpha2"] for row in countries}) == len({row["alpha3"] for row in countries}) == 249
    assert all(row["name_ja"] and row["name_en"] for row in countries)
    offices = _read("overseas_offices.csv")
    assert len(offices) == 7
    for office in offices:
        assert office["country"] in {row["alpha2"] for row in countries}
        assert ZoneInfo(office["time_zone"]).key == office["time_zone"]


def test_each_succession_is_between_two_codes_of_the_table_on_the_day_between_them() -> None:
    rows = {row["code"]: row for row in _read("local_governments.csv")}
    successions = _read("local_government_successions.csv")
    for one in successions:
        before, after = rows[one["predecessor_code"]], rows[one["successor_code"]]
        assert before["valid_to"] < one["effective_on"] == after["valid_from"]
    ended = {code for code, row in rows.items() if row["valid_to"]}
    assert {one["predecessor_code"] for one in successions} == ended


def test_each_data_file_states_its_source() -> None:
    files = sorted(DATA.glob("*.csv"))
    assert len(files) == 5
    for file in files:
        assert file.with_name(f"{file.stem}.source.md").exists()
    listed = {row["name"]: row for row in _read("code_lists.csv")}
    assert listed.keys() == {"countries", "local_governments", "overseas_offices"}
    assert all(row["version"] and row["source"] for row in listed.values())
