"""Time zones as people choose them, and instants by the clocks of one."""

import re
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

JAPAN = "Asia/Tokyo"
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
# names of old, and of offsets, that nobody lives in
_NOBODYS = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")


@cache
def zones() -> list[tuple[str, str]]:
    """For a select: Japan first, then by name."""
    named = sorted(
        one for one in available_timezones() if "/" in one and not one.startswith(_NOBODYS) and one != JAPAN
    )
    return [(one, one.replace("_", " ")) for one in (JAPAN, *named, "UTC")]


def chosen(name: str) -> str:
    """A zone as it was asked for; Japan's where that is none."""
    return name if name in available() else JAPAN


@cache
def available() -> frozenset[str]:
    return frozenset(name for name, _ in zones())


def instant(text: str, zone: str) -> str:
    """What a browser's input of date and time holds, by the clocks of a zone; anything else as it is."""
    return (
        datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).isoformat()
        if _LOCAL.fullmatch(text)
        else text
    )


def at(value: str, zone: str) -> str:
    return datetime.fromisoformat(value).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
