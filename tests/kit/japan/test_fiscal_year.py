from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import BadValue
from services.kit.japan.fiscal_year import FiscalYear, fiscal_year_of, label, parse_year


def test_a_fiscal_year_runs_from_april_to_march() -> None:
    assert fiscal_year_of(date(2024, 3, 31)) == 2023
    assert fiscal_year_of(date(2024, 4, 1)) == 2024
    assert fiscal_year_of(date(2025, 3, 31)) == 2024


@pytest.mark.parametrize(
    ("year", "ja"),
    [
        (2024, "令和6年度"),
        (2019, "令和元年度"),
        (1988, "昭和63年度"),
        (1989, "平成元年度"),
        (1926, "大正15年度"),
    ],
)
def test_labels(year: int, ja: str) -> None:
    assert label(FiscalYear(year)) == (ja, f"FY{year}")


@pytest.mark.parametrize(
    "raw",
    [
        2024,
        2024.0,
        "2024",
        "２０２４",
        "2024年度",
        "FY2024",
        "令和6年度",
        "令和6",
        "令和６年",
        "R6",
        "r06",
        "㋿6年度",
    ],
)
def test_one_year_in_many_spellings(raw: object) -> None:
    parsed = parse_year(raw)
    assert (parsed.value, parsed.warnings) == (2024, ())


def test_a_year_after_its_era_is_kept_with_a_warning() -> None:
    parsed = parse_year("平成32年度")
    assert (parsed.value, parsed.understood) == (2020, "令和2年度（2020）")
    assert [w.code for w in parsed.warnings] == ["outside_era"]
    assert parse_year("平成31年度").warnings == ()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("令和0年度", "era_year_zero"),
        ("6", "year_without_era"),
        (6, "year_without_era"),
        (45502, "year_unreadable"),
        ("昭和999", "year_out_of_range"),
        ("1600", "year_out_of_range"),
        ("来年度", "year_unreadable"),
        (2024.5, "year_unreadable"),
        (True, "year_unreadable"),
        (None, "year_unreadable"),
    ],
)
def test_refusals(raw: object, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse_year(raw)
    assert refused.value.finding.code == code


@given(st.integers(1873, 2199))
def test_labels_read_back(year: int) -> None:
    for text in label(FiscalYear(year)):
        parsed = parse_year(text)
        assert (parsed.value, parsed.warnings) == (year, ())
