"""The editions of a fiscal year (行事の一覧), and a new one: its event, itself and its first leg in one form."""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from services.gateway.desk import zones
from services.gateway.desk.forms import Entry, termed, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.edition_parts import (
    COUNTRIES,
    COUNTS,
    HOME,
    LEGS,
    OFFICE,
    TERMS,
    countries,
    days,
    zone_of,
)
from services.gateway.desk.pages.event_edition import uncounted
from services.gateway.desk.pages.event_parts import SHOWN, Record, filled, mark
from services.gateway.desk.pages.roster import CLOCK, this_year
from services.gateway.desk.pages.uploads import OFFICERS
from services.gateway.desk.training import choices, place
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

EDITIONS, EVENTS, OFFICES = "events_editions_list", "events_events_list", "directory_overseas_offices_list"
EVENT, LEG = "events_events", "events_legs"
EDITION = "events_editions"
TITLE, NEW = Text("行事", "Events"), Text("行事を登録する", "A new event")
MADE = Text("登録しました。続けて日程や人数を登録できます。", "It is entered. Add legs and counts next.")
FILTERS = ("office", "programme", "state", "part", "event")
OF_EVENT = ("office_code", "programme")
OF_EDITION = ("title_ja", "title_en", "series_number", "part", "host", "counted_at")
OF_LEG = (
    "label", "starts_on", "ends_on", "opens_at", "closes_at", "time_zone", "venue", "place", "country", "mode",
)  # fmt: skip
MORE = ("title_en", "series_number", "host", "label", "mode")
GIVEN = ("programme", "time_zone", "ends_on")  # what follows from the rest where it is left empty
NEW_TERMS = TERMS | {"programme": "event_programme"}
NONE: dict[str, Any] = {"items": [], "next": None}

pages = Pages()
FORM = (EVENTS, OFFICES, OFFICE, COUNTRIES, f"{EVENT}_read")
STORES = tuple(f"{one}_{verb}" for one in (EVENT, EDITION) for verb in ("list", "read", "create", "change"))


async def offices(visit: Visit) -> list[tuple[str, str]]:
    """Headquarters first."""
    name = "city_ja" if visit.language == "ja" else "city_en"
    here = ("", Text("本部", "Headquarters").within(visit.language))
    return [here, *((one["code"], one[name]) for one in await visit.every(OFFICES))]


@pages.page(HOME, TITLE, roles=OFFICERS, calls=(EDITIONS, LEGS, COUNTS, OFFICES, CLOCK), menu=True)
async def editions(visit: Visit) -> Response:
    asked = {name: visit.query[name] for name in FILTERS if name in visit.query}
    year = visit.query.get("fiscal_year", str(await this_year(visit)))
    found, problem, status = NONE, None, 200
    legs: list[Any] = []
    counts: list[Any] = []
    try:
        found = await visit.read(
            EDITIONS,
            fiscal_year=year,
            sort="starts_on",
            limit=SHOWN,
            cursor=visit.query.get("cursor"),
            **asked,
        )
        of = {"fiscal_year": year} | {name: asked[name] for name in ("office", "programme") if name in asked}
        if found["items"]:
            legs, counts = await visit.every(LEGS, **of, sort="starts_on"), await visit.every(COUNTS, **of)
    except Refused as refused:
        problem, status = refused.problem, refused.status
    missing = uncounted(found["items"], legs, counts, (await visit.read(CLOCK))["today"])
    of_edition: dict[str, list[Record]] = {}
    for one in legs:
        of_edition.setdefault(one["edition_code"], []).append(one)
    names = await offices(visit)
    return visit.show(
        "events.html", status=status, problem=problem, found=found, year=year, asked=asked, offices=names,
        programmes=choices("event_programme", visit.language), states=choices("edition_state", visit.language),
        kept={"fiscal_year": year} | asked,
        rows=[_row(one, of_edition.get(one["code"], []), dict(names)) | {"missing": len(missing.get(one["code"], ()))}
              for one in found["items"]],
    )  # fmt: skip


def _row(edition: Record, legs: list[Record], offices: dict[str, str]) -> dict[str, Any]:
    places = list(dict.fromkeys(one["place"] or one["venue"] for one in legs if one["place"] or one["venue"]))
    taken = [one["taken"] for one in legs if one["taken"] is not None]
    return {
        "code": edition["code"], "title": edition["title_ja"], "part": edition["part"], "state": edition["state"],
        "public": edition["public"], "office": offices.get(edition["office_code"] or "", edition["office_code"]),
        "days": days(edition), "legs": len(legs), "place": places[0] if places else "", "places": len(places),
        "taken": sum(taken) if taken else None,
    }  # fmt: skip


@pages.page(f"{HOME}/new", NEW, roles=OFFICERS, calls=FORM)
async def new(visit: Visit) -> Response:
    return await _form(visit, {})


@pages.command(f"{HOME}/new", NEW, roles=OFFICERS, calls=(*FORM, *STORES, f"{LEG}_create", CLOCK))
async def make(visit: Visit) -> Response:
    """What a refusal stopped half-way is gone on with: the codes stay in the form."""
    given, ending = typed(visit.form, _entries(visit)), mark(visit)
    existing = visit.field("event_code")
    try:
        event = existing or await _kept(visit, EVENT, f"EV-{ending}", _of(given, OF_EVENT) | {
            "name_ja": given["title_ja"],
        }, ("office_code",))  # fmt: skip
        edition = await _kept(visit, EDITION, f"ED-{ending}", _of(given, OF_EDITION) | {
            "event_code": event, "fiscal_year": await _year(visit, given["starts_on"]),
        }, ("event_code",))  # fmt: skip
        office = (await visit.read(f"{EVENT}_read", ref=event))["office_code"]
        leg = _of(given, OF_LEG)
        leg.setdefault("time_zone", (await zone_of(visit, office))[0])
        leg.setdefault("ends_on", given["starts_on"])
        await visit.do(f"{LEG}_create", filled(leg) | {"code": f"LG-{ending}", "edition_code": edition})
    except Refused as refused:
        return await _form(
            visit, given | {"event_code": existing}, status=refused.status, problem=refused.problem
        )
    return visit.go(place(HOME, edition), MADE)


async def _kept(visit: Visit, stem: str, code: str, body: Record, fixed: tuple[str, ...]) -> str:
    """The code of a record that is made now, or that this form made before and is now as it says."""
    if not (await visit.read(f"{stem}_list", code=code, limit=1))["items"]:
        await visit.do(f"{stem}_create", {**body, "code": code})
        return code
    _, etag = await visit.tagged(f"{stem}_read", ref=code)
    changed = {name: value for name, value in body.items() if name not in fixed}
    await visit.do(f"{stem}_change", changed, match=etag, ref=code)
    return code


def _of(given: Record, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: given[name] for name in names if given[name] is not None}


async def _year(visit: Visit, starts_on: object) -> int:
    """The fiscal year of the first day at the venue; the present one where that is no day, which is told of the leg."""
    day = str(starts_on or "")
    if day[:4].isdecimal() and day[5:7].isdecimal():
        return int(day[:4]) - (day[5:7] < "04")
    return await this_year(visit)


def _entries(visit: Visit) -> list[Entry]:
    asked = [
        *visit.entries(f"{EVENT}_create", OF_EVENT), *visit.entries(f"{EDITION}_create", OF_EDITION),
        *visit.entries(f"{LEG}_create", OF_LEG),
    ]  # fmt: skip
    return [
        replace(one, required=False, empty=True) if one.name in GIVEN else one
        for one in termed(asked, NEW_TERMS)
    ]


async def _form(visit: Visit, given: Record, *, status: int = 200, problem: Any = None) -> Response:
    office = visit.query.get("office")
    event = given.get("event_code", visit.query.get("event", ""))
    known = await visit.every(EVENTS, sort="code", office=office)
    if event and all(one["code"] != event for one in known):
        known.append(await visit.read(f"{EVENT}_read", ref=event))
    chosen = next((one for one in known if one["code"] == event), None)
    if chosen is not None:
        office = chosen["office_code"]
    preset: dict[str, Any] = {
        "office_code": office or "",
        "event_code": event,
        "time_zone": "",
        "country": "",
    }
    if office:
        preset["time_zone"], preset["country"] = await zone_of(visit, office)
    if chosen is not None:
        preset |= {"title_ja": chosen["name_ja"], "programme": chosen["programme"]}
    of_office = Text("事務所の時刻帯", "That of the office").within(visit.language)
    entries = _entries(visit)
    return visit.show(
        "event_new.html", status=status, problem=problem, field_terms=NEW_TERMS, mark=mark(visit), more=MORE,
        events=[("", Text("新しい行事", "A new event").within(visit.language)),
                *((one["code"], f"{one['name_ja'][:40]} {one['code']}") for one in known[:300])],
        entries={name: [one for one in entries if one.name in names] for name, names in
                 (("event", OF_EVENT), ("edition", OF_EDITION), ("leg", OF_LEG))},
        values=dict.fromkeys((*OF_EVENT, *OF_EDITION, *OF_LEG)) | preset | dict(given),
        choices={"office_code": await offices(visit), "time_zone": [("", of_office), *zones.zones()],
                 "country": await countries(visit)},
    )  # fmt: skip
