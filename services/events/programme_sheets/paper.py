"""The programme sheet of a mission (日程表) in Japanese and English: members in the order of protocol, days, visited bodies."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.events.programme_sheets.repository import Sheet
from services.kit import papers
from services.kit.japan.printed import printed_date, printed_period

TEMPLATE = Path(__file__).with_name("sheet.typ")


def _both(*words: str | None) -> list[str]:
    """What is known in either language, once."""
    return list(dict.fromkeys(word for word in words if word))


async def paper(mission: Mapping[str, Any], told: Sheet) -> bytes:
    days: dict[Any, list[dict[str, Any]]] = {}
    for stop in told.stops:
        days.setdefault(stop["held_on"], []).append(
            {
                "time": stop["begins_at"],
                "place": stop["place"],
                "receivers": _both(stop["organisation"], stop["receiver"]),
                "purpose": stop["purpose"],
            }
        )
    data = {
        "code": mission["code"],
        "title": _both(mission["title_ja"], mission["title_en"]),
        "period": list(printed_period(mission["starts_on"], mission["ends_on"])),
        "host": mission["host_name"],
        "cancelled": mission["state"] == "cancelled",
        "members": [
            {
                "name": one["name"],
                "title": _both(one["title"], one["title_en"]),
                "affiliation": _both(one["affiliation"], one["affiliation_en"]),
                "country": _both(one["country_ja"], one["country_en"]),
            }
            for one in told.members
        ],
        "days": [{"day": list(printed_date(day)), "stops": stops} for day, stops in days.items()],
        "hosts": told.hosts,
        "and_others": mission["and_others"],
        "sample": told.issued["sandbox"],
        "printed": printed_date(told.issued["today"]).ja,
    }
    return await papers.pdf(TEMPLATE, data, told.issued["today"])
