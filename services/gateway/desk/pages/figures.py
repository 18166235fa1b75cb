"""Figures from the records, with a picture: over the years, by prefecture as a map of tiles, or as bars. Each leads to
the rows behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.board import BOARD, GATHER
from services.gateway.desk.pages.roster import CLOCK, ROSTER, this_year
from services.gateway.desk.pages.uploads import OFFICERS, SENDERS
from services.gateway.desk.training import COORDINATOR, RUNS
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

FIGURES, OF_EVENTS = "/desk/figures", "/desk/event-figures"
TITLE = Text("統計", "Figures")
ROWS = {
    "/jet/v1/roster": ROSTER,
    "/jet/v1/placement-submissions": BOARD,
    "/jet/v1/training-enrolments": RUNS,
    "/jet/v1/training-headcounts": RUNS,
    "/events/v1/editions": "/desk/events",
    "/events/v1/missions": "/desk/missions",
}
OVER_YEARS, BY_PREFECTURE = "programme_year", "prefecture"
BAR, GAP, HEIGHT = 48, 16, 160
SHADES = 5
SHOWN = 150  # rows of a table; a page stays small, and the file has all
NOTHING: dict[str, Any] = {
    "title": TITLE._asdict(), "dimensions": [], "filters": [], "dated": False, "printed": [],
}  # fmt: skip
# Where each prefecture (JIS X 0401) stands in a map of equal tiles: column and row.
TILES = {
    "01": (11, 0), "02": (11, 2), "03": (11, 3), "04": (11, 4), "05": (10, 3), "06": (10, 4), "07": (10, 5),
    "08": (11, 6), "09": (10, 6), "10": (9, 6), "11": (9, 7), "12": (11, 7), "13": (10, 7), "14": (9, 8),
    "15": (9, 5), "16": (8, 5), "17": (7, 5), "18": (6, 6), "19": (8, 7), "20": (8, 6), "21": (7, 6),
    "22": (8, 8), "23": (7, 7), "24": (7, 8), "25": (6, 7), "26": (5, 7), "27": (5, 8), "28": (4, 7),
    "29": (6, 8), "30": (5, 9), "31": (3, 7), "32": (2, 7), "33": (3, 8), "34": (2, 8), "35": (1, 8),
    "36": (4, 10), "37": (4, 9), "38": (3, 9), "39": (3, 10), "40": (1, 9), "41": (0, 9), "42": (0, 10),
    "43": (1, 10), "44": (2, 9), "45": (2, 10), "46": (1, 11), "47": (0, 12),
}  # fmt: skip

pages = Pages()


def _mount(home: str, read: str, roles: tuple[str, ...]) -> None:
    """The same pages over the figures of each service that has them for people at the desk."""

    @pages.page(home, TITLE, roles=roles, calls=(read,), menu=True)
    async def figures(visit: Visit) -> Response:
        return visit.show("figures.html", home=home, statistics=visit.statistics(read))

    @pages.page(f"{home}/{{name}}", TITLE, roles=roles, calls=(read, CLOCK))
    async def figure(visit: Visit) -> Response:
        return await _figure(visit, home, read)

    @pages.page(f"{home}/{{name}}/csv", TITLE, roles=roles, calls=(read,))
    async def table(visit: Visit) -> Response:
        name, by = visit.path("name"), visit.query.get("by")
        asked = _asked(visit, visit.statistics(read).get(name, NOTHING))
        return await visit.file(read, accept="text/csv", name=name, dimensions=by, **asked)


async def _figure(visit: Visit, home: str, read: str) -> Response:
    name, by = visit.path("name"), visit.query.get("by")
    offered = visit.statistics(read).get(name, NOTHING)
    asked = _asked(visit, offered)
    if "by" not in visit.request.query_params and (year := _year(offered)):
        asked = {year: str(await this_year(visit))} | asked
    answer: Any = {"cells": [], "totals": [], "basis": None}
    problem, status = None, 200
    try:
        answer = await visit.read(read, name=name, dimensions=by, **asked)
    except Refused as refused:
        if refused.status == 404:
            raise
        problem, status = refused.problem, refused.status
    cells = [_cell(one, by, visit.role) for one in answer["cells"]]
    columns = [] if by else [name for name in offered["printed"] if name in answer.get("dimensions", ())]
    if len(cells) > SHOWN and not columns:
        cells.sort(key=lambda one: -int(one["value"] or 0))
    single = not any("metric" in one for one in cells)
    return visit.show(
        "figure.html", status=status, problem=problem, name=name, offered=offered, by=by, asked=asked, answer=answer,
        cells=cells[:SHOWN], more=max(0, len(cells) - SHOWN), tiles=_tiles(cells) if by == BY_PREFECTURE and single else [],
        bars=_bars(cells) if by == OVER_YEARS and single else [], home=home,
        widest=max((one["value"] or 0 for one in cells), default=0), columns=columns,
    )  # fmt: skip


def _year(offered: Mapping[str, Any]) -> str:
    """What a statistic calls the year that it is asked for."""
    return next((name for name in (OVER_YEARS, "fiscal_year") if name in offered["filters"]), "")


def _asked(visit: Visit, offered: Mapping[str, Any]) -> dict[str, str]:
    """What the address asks of this statistic; the rest is nobody's."""
    names = (*offered["filters"], *(("as_of", "known_at") if offered["dated"] else ()))
    return {one: visit.query[one] for one in names if one in visit.query}


def _cell(cell: dict[str, Any], by: str | None, role: str) -> dict[str, Any]:
    """`key` is the value of the dimension, `named` its name where it has one, `rows` the page behind the figure."""
    path, _, query = str(cell.get("records", "")).partition("?")
    page = ROWS.get(path)
    if (page == BOARD and role not in GATHER) or (page == RUNS and role not in COORDINATOR):
        page = None
    key = None if by is None else cell.get(by)
    named = None if by is None else cell.get(f"{by}_name")
    return cell | {"key": key, "named": named, "rows": f"{page}?{query}" if page else None}


def _tiles(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {one["key"]: one for one in cells if one["key"] in TILES}
    most = max((one["value"] or 0 for one in known.values()), default=0) or 1
    nothing = {"value": 0, "rows": None}
    found = []
    for code, (column, row) in TILES.items():
        cell = known.get(code, nothing)
        shade = -(-(cell["value"] or 0) * SHADES // most)
        found.append({"code": code, "x": column * 52, "y": row * 52, "shade": shade, **cell})
    return found


def _bars(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    most = max((one["value"] or 0 for one in cells), default=0) or 1
    return [
        {"x": place * (BAR + GAP), "height": round((one["value"] or 0) * HEIGHT / most), **one}
        for place, one in enumerate(cells)
    ]


_mount(FIGURES, "jet_statistics_read", SENDERS)
_mount(OF_EVENTS, "events_statistics_read", OFFICERS)
