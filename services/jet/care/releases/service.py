"""To release the figures of a fiscal year: once, after its end, drawn once, the same answer for ever."""

import asyncio
from typing import Any
from uuid import UUID

from services.jet.care.releases.domain import (
    CUTS,
    NONE,
    NOTHING,
    RELEASED,
    YEAR_NOT_OVER,
    Cut,
    Key,
    lines,
    over,
    sheet,
    totals,
)
from services.jet.care.releases.repository import Releases
from services.jet.care.releases.settings import FigureSettings
from services.jet.care.releases.suppression import published
from services.kit import audit, glossary
from services.kit.db.session import WriteSession
from services.kit.text import Text

NAME = "figure-releases"


async def release(session: WriteSession, fiscal_year: int) -> UUID:
    releases, rules = Releases(session), FigureSettings().rules()
    today, released = await releases.close(fiscal_year)
    if released:
        raise RELEASED()
    if not over(fiscal_year, today):
        raise YEAR_NOT_OVER()
    counted = await releases.counted(fiscal_year)
    exact = totals(counted.facts)
    printed = lines(exact, await releases.channels(fiscal_year), counted.claims)
    if not printed:
        raise NOTHING()
    shown = await asyncio.to_thread(published, sheet(counted.facts), rules)
    made = await releases.keep(fiscal_year, rules, printed, shown)
    await audit.entry(session, "care", "release", NAME, made, states=(None, "released"))
    return made


def tables(cells: list[tuple[Key, int | None]]) -> list[dict[str, Any]]:
    """Each cut with the titles of its parts, and its cells in their order; null: withheld."""
    return [
        {
            "table": cut.name,
            "title": glossary.title(f"figure_cut.{cut.name}")._asdict(),
            "parts": [{"part": part, "title": _title(cut, part)._asdict()} for part in cut.parts],
            "cells": [
                {
                    "channel": key.channel,
                    "part": key.part,
                    "unit": glossary.title(f"care_unit.{key.unit}").ja,
                    "value": value,
                }
                for key, value in cells
                if key.cut == cut.name
            ],
        }
        for cut in CUTS
        if any(key.cut == cut.name for key, _ in cells)
    ]


def _title(cut: Cut, part: str) -> Text:
    return glossary.title("figure_part.none" if part == NONE else f"{cut.term}.{part}")
