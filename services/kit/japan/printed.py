"""Dates as papers print them: 和暦 with 西暦 beside it in Japanese, the day before the month in English."""

from datetime import date

from services.kit.japan.era import era_of, japanese_year
from services.kit.text import Text

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def printed_date(day: date) -> Text:
    """令和6年（2024年）7月29日; 29 July 2024."""
    year = f"{japanese_year(day)}年（{day.year}年）" if era_of(day) else f"{day.year}年"
    return Text(f"{year}{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def printed_period(first: date, last: date) -> Text:
    """Both days are within, and what they share is printed once.

    令和6年（2024年）7月29日から31日まで; 29–31 July 2024.
    """
    since, until = printed_date(first), printed_date(last)
    if first == last:
        return since
    if (first.year, era_of(first)) != (last.year, era_of(last)):
        return Text(f"{since.ja}から{until.ja}まで", f"{since.en} – {until.en}")
    if first.month != last.month:
        month = _MONTHS[first.month - 1]
        return Text(f"{since.ja}から{last.month}月{last.day}日まで", f"{first.day} {month} – {until.en}")
    return Text(f"{since.ja}から{last.day}日まで", f"{first.day}–{until.en}")
