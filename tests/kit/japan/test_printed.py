"""Dates as papers print them."""

from datetime import date

import pytest

from services.kit.japan.printed import printed_date, printed_period


@pytest.mark.parametrize(
    ("day", "ja", "en"),
    [
        (date(2024, 7, 29), "令和6年（2024年）7月29日", "29 July 2024"),
        (date(2019, 5, 1), "令和元年（2019年）5月1日", "1 May 2019"),
        (date(1987, 8, 1), "昭和62年（1987年）8月1日", "1 August 1987"),
        (date(1870, 1, 2), "1870年1月2日", "2 January 1870"),
    ],
)
def test_a_date_is_printed_in_both_calendars(day: date, ja: str, en: str) -> None:
    assert printed_date(day) == (ja, en)


@pytest.mark.parametrize(
    ("first", "last", "ja", "en"),
    [
        ((2024, 7, 29), (2024, 7, 29), "令和6年（2024年）7月29日", "29 July 2024"),
        ((2024, 7, 29), (2024, 7, 31), "令和6年（2024年）7月29日から31日まで", "29–31 July 2024"),
        ((2024, 7, 29), (2024, 8, 2), "令和6年（2024年）7月29日から8月2日まで", "29 July – 2 August 2024"),
        (
            (2024, 12, 1), (2025, 2, 28),
            "令和6年（2024年）12月1日から令和7年（2025年）2月28日まで", "1 December 2024 – 28 February 2025",
        ),
        (
            (2019, 4, 30), (2019, 5, 1),
            "平成31年（2019年）4月30日から令和元年（2019年）5月1日まで", "30 April 2019 – 1 May 2019",
        ),
    ],
)  # fmt: skip
def test_a_period_prints_once_what_its_ends_share(
    first: tuple[int, int, int], last: tuple[int, int, int], ja: str, en: str
) -> None:
    assert printed_period(date(*first), date(*last)) == (ja, en)
