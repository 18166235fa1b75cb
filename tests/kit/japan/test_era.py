from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import BadValue
from services.kit.japan.era import ERAS, era_of, japanese_date, parse_date

DAY = date(2024, 7, 29)
TO_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@pytest.mark.parametrize(
    "raw",
    [
        DAY,
        datetime(2024, 7, 29),
        45502,
        45502.0,
        "45502",
        "４５５０２",
        20240729,
        20240729.0,
        "20240729",
        "2024-07-29",
        "2024/7/29",
        "2024.7.29",
        "2024年7月29日",
        "西暦2024年7月29日",
        "令和6年7月29日",
        "  令和 6年 7月 29日　",
        "R6.7.29",
        "R.6.7.29",
        "R06/07/29",
        "r6-7-29",
        "Ｒ６．７．２９",
        "令６・７・２９".replace("・", "．"),
        "㋿6年7月29日",
        "2024−7−29",
        "2024/7/29 0:00",
        "2024-07-29T00:00:00",
        "令和6年7月29日（月）",
        "令和6年7月29日(月曜日)",
        "令和6年7月29日（2024-07-29・月）",
    ],
)
def test_one_day_in_many_spellings(raw: object) -> None:
    parsed = parse_date(raw)
    assert (parsed.value, parsed.warnings) == (DAY, ())
    assert parsed.understood == "令和6年7月29日（2024-07-29・月）"


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("明治6年1月1日", date(1873, 1, 1)),
        (1, date(1900, 1, 1)),
        (59, date(1900, 2, 28)),
        (61, date(1900, 3, 1)),
        (2_958_465, date(9999, 12, 31)),
    ],
)
def test_edges_of_eras_and_serials(raw: object, day: date) -> None:
    parsed = parse_date(raw)
    assert (parsed.value, parsed.warnings) == (day, ())


@pytest.mark.parametrize(
    ("raw", "day", "code"),
    [
        ("平成31年5月1日", date(2019, 5, 1), "outside_era"),
        ("昭和100年1月1日", date(2025, 1, 1), "outside_era"),
        ("令和元年4月30日", date(2019, 4, 30), "outside_era"),
        (2024, date(1905, 7, 16), "serial_like_year"),
        (45502.5, DAY, "time_dropped"),
        (datetime(2024, 7, 29, 9), DAY, "time_dropped"),
        ("2024/7/29 9:30", DAY, "time_dropped"),
    ],
)
def test_doubtful_days_are_kept_with_a_warning(raw: object, day: date, code: str) -> None:
    parsed = parse_date(raw)
    assert parsed.value == day
    assert [(w.code, w.severity) for w in parsed.warnings] == [(code, "warning")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("令和6年2月30日", "day_does_not_exist"),
        ("2023-02-29", "day_does_not_exist"),
        (60, "day_does_not_exist"),
        ("00000", "day_does_not_exist"),
        ("令和0年7月29日", "era_year_zero"),
        ("R00.7.29", "era_year_zero"),
        ("明治5年7月29日", "era_lunar_calendar"),
        ("24/7/29", "year_without_era"),
        ("元年7月29日", "year_without_era"),
        ("令和6年7月29日（火）", "date_contradicts_itself"),
        ("令和6年7月29日（2023-07-29）", "date_contradicts_itself"),
        ("2024 7 29", "date_unreadable"),
        ("4 5502", "date_unreadable"),
        ("令和6年7月", "date_unreadable"),
        ("未定", "date_unreadable"),
        ("", "date_unreadable"),
        (0, "date_unreadable"),
        (0.5, "date_unreadable"),
        (-1, "date_unreadable"),
        (True, "date_unreadable"),
        (None, "date_unreadable"),
        pytest.param(10**5000, "date_unreadable", id="huge"),
    ],
)
def test_refusals(raw: object, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse_date(raw)
    assert refused.value.finding.code == code
    assert refused.value.finding.rule == "L3-05"


def test_a_day_that_does_not_exist_says_what_was_read() -> None:
    with pytest.raises(BadValue) as refused:
        parse_date("令和6年2月30日")
    assert "2024年2月30日" in refused.value.finding.message.ja
    assert "does not exist" in refused.value.finding.message.en


def test_before_meiji_6_days_are_printed_in_western_years() -> None:
    assert japanese_date(date(1872, 12, 31)) == "1872年12月31日"
    assert japanese_date(date(1873, 1, 1)) == "明治6年1月1日"
    assert japanese_date(date(2019, 5, 1)) == "令和元年5月1日"


@given(st.dates())
def test_every_printed_form_reads_back(day: date) -> None:
    forms = [day.isoformat(), japanese_date(day), parse_date(day).understood]
    era = era_of(day)
    if era is not None:
        number = day.year - era.start.year + 1
        forms += [f"{era.letter}{number}.{day.month}.{day.day}", f"{era.letter}{number:02}/{day:%m/%d}"]
    for form in forms:
        for spelling in (form, form.lower(), form.translate(TO_FULL_WIDTH)):
            parsed = parse_date(spelling)
            assert (parsed.value, parsed.warnings) == (day, ())


@given(st.integers(61, 2_958_465))
def test_serials_follow_the_calendar_day_by_day(serial: int) -> None:
    assert parse_date(serial).value.toordinal() - parse_date(61).value.toordinal() == serial - 61


@given(st.dates(min_value=date(1873, 1, 1)))
def test_an_era_holds_its_days(day: date) -> None:
    era = era_of(day)
    assert era is not None and era.start <= day
    assert all(later.start > day for later in ERAS[ERAS.index(era) + 1 :])
