from datetime import date

import pytest

from services.kit.findings import BadValue
from services.kit.japan.partial_date import parse_partial_date


@pytest.mark.parametrize(
    ("raw", "start", "precision", "printed"),
    [
        ("令和6年7月29日", date(2024, 7, 29), "day", "令和6年7月29日"),
        (45502, date(2024, 7, 29), "day", "令和6年7月29日"),
        ("2024年7月", date(2024, 7, 1), "month", "2024年7月"),
        ("2024-07", date(2024, 7, 1), "month", "2024-07"),
        ("Ｒ６．７", date(2024, 7, 1), "month", "Ｒ６．７"),
        ("大正元年7月", date(1912, 7, 1), "month", "大正元年7月"),
        ("2024", date(2024, 1, 1), "year", "2024"),
        (2024.0, date(2024, 1, 1), "year", "2024"),
        (" 令和元年 ", date(2019, 1, 1), "year", "令和元年"),
        ("令和6年度", date(2024, 4, 1), "year", "令和6年度"),
        ("9999年度", date(9999, 4, 1), "year", "9999年度"),
        ("都度", None, "as_required", "都度"),
        ("As required", None, "as_required", "As required"),
    ],
)
def test_precision_and_printed_text_are_kept(
    raw: object, start: date | None, precision: str, printed: str
) -> None:
    parsed = parse_partial_date(raw)
    assert (parsed.value.start, parsed.value.precision, parsed.value.printed) == (start, precision, printed)
    assert parsed.warnings == ()


@pytest.mark.parametrize("raw", ["平成32年度", "平成32年4月", "平成31年5月"])
def test_years_after_their_era_are_warned_of(raw: str) -> None:
    assert [w.code for w in parse_partial_date(raw).warnings] == ["outside_era"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2024年13月", "day_does_not_exist"),
        ("令和0年", "era_year_zero"),
        ("24", "year_without_era"),
        ("0000年", "year_without_era"),
        ("春ごろ", "date_unreadable"),
    ],
)
def test_refusals(raw: str, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse_partial_date(raw)
    assert refused.value.finding.code == code
