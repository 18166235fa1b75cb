"""Japan's time (日本標準時), which has had no summer time since 1951."""

from datetime import date, datetime, timedelta, timezone

JST = timezone(timedelta(hours=9), "JST")


def day_in_japan(instant: datetime) -> date:
    """The day in Japan on which it falls."""
    return instant.astimezone(JST).date()
