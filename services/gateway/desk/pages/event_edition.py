"""One edition (開催) on one page: its legs, what was counted and what was not yet, who took part, talks, coverage,
registrations, and the switch that announces it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from services.gateway.desk import zones
from services.gateway.desk.forms import differing, termed, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.edition_parts import CLOCK, HOME, PARTS, TERMS, days
from services.gateway.desk.pages.event_parts import BRIEF, SAVED, Owner, Record, mount
from services.gateway.desk.pages.uploads import OFFICERS
from services.gateway.desk.training import place
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

READ, CREATE, CHANGE = "events_editions_read", "events_editions_create", "events_editions_change"
REGISTRATIONS = "events_registrations_list"
TITLE, CHANGED = Text("開催", "An edition"), Text("開催の内容", "About the edition")
ASKED = (
    "title_ja", "title_en", "series_number", "part", "host", "audience", "counted_at", "standing", "standing_reason",
    "next_plan", "content",
)  # fmt: skip
MORE = ("format", "listing", "marked")
SHOWN_TO_ALL = Text(
    "公開しました。公開の予定表に出ます。", "It is announced, and stands in the public calendar."
)
HIDDEN = Text("公開をやめました。", "It is announced no longer.")
OWNER = Owner(HOME, READ, "edition_code", "edition")
SEEN = (READ, *(part.listed for part in PARTS), REGISTRATIONS, CLOCK)

pages = Pages()


def uncounted(
    editions: Sequence[Record], legs: Sequence[Record], counts: Sequence[Record], today: str
) -> dict[str, list[Record]]:
    """Of each edition what is over and has no count: its legs, or the edition itself. Certified are counted beside."""
    told = [one for one in counts if one["subject"] != "certified"]
    counted = {one["leg_code"] or one["edition_code"] for one in told}
    found: dict[str, list[Record]] = {}
    for edition in editions:
        over = [
            leg for leg in legs
            if leg["edition_code"] == edition["code"] and leg["cancelled_on"] is None and leg["ends_on"] < today
        ]  # fmt: skip
        if edition["standing"] != "as_planned" or not over:
            continue
        due = [edition] if edition["counted_at"] == "edition" else over
        if missing := [one for one in due if one["code"] not in counted]:
            found[edition["code"]] = missing
    return found


@pages.page(f"{HOME}/{{code}}", TITLE, roles=OFFICERS, calls=SEEN)
async def edition(visit: Visit) -> Response:
    return await _shown(visit)


@pages.command(f"{HOME}/{{code}}/public", TITLE, roles=OFFICERS, calls=(*SEEN, CHANGE))
async def announce(visit: Visit) -> Response:
    public = visit.field("public") == "yes"
    try:
        await visit.do(CHANGE, {"public": public}, match=visit.field("etag"), ref=visit.path("code"))
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{place(HOME, visit.path('code'))}#public", SHOWN_TO_ALL if public else HIDDEN)


async def _shown(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    found, etag = await visit.tagged(READ, ref=visit.path("code"))
    of = {"edition": found["code"]}
    parts = {part.name: await visit.every(part.listed, **of) for part in PARTS}
    legs = sorted(parts["legs"], key=lambda one: (one["starts_on"], one["number"]))
    parts["legs"] = legs
    missing = uncounted([found], legs, parts["counts"], (await visit.read(CLOCK))["today"])
    titles = {one["code"]: f"{one['number']} {one['label'] or one['venue'] or ''}".strip() for one in legs}
    parts["counts"] = [one | {"leg_code": titles.get(one["leg_code"])} for one in parts["counts"]]
    parts["counts"].sort(key=lambda one: (one["leg_code"] or "", one["subject"], one["within_code"] or ""))
    parts["participants"].sort(key=lambda one: one["seq"])
    registered = await visit.every(REGISTRATIONS, **of, sort="registered_at")
    return visit.show(
        "event_edition.html", status=status, problem=problem, edition=found, etag=etag, legs=legs[:BRIEF],
        days=days(found), sections=[
            (part, [part.row(visit, one) for one in parts[part.name][:BRIEF]], len(parts[part.name])) for part in PARTS
        ],
        missing=missing.get(found["code"], []), windows=[_window(one) for one in legs if one["registers_from"]][:BRIEF],
        registered=registered[:BRIEF], states=Counter(one["state"] for one in registered),
        came=sum(one["persons"] or 0 for one in registered), total=len(registered),
    )  # fmt: skip


def _window(leg: Record) -> dict[str, Any]:
    told = (zones.at(leg[name], leg["time_zone"]) for name in ("registers_from", "registers_until"))
    return dict(leg) | {"window": "–".join(told)}


@pages.page(f"{HOME}/{{code}}/edit", CHANGED, roles=OFFICERS, calls=(READ,))
async def about(visit: Visit) -> Response:
    return await _about(visit, {})


@pages.command(f"{HOME}/{{code}}/edit", CHANGED, roles=OFFICERS, calls=(READ, CHANGE))
async def change(visit: Visit) -> Response:
    found = await visit.read(READ, ref=visit.path("code"))
    given = typed(visit.form, visit.entries(CREATE, (*ASKED, *MORE)))
    try:
        if changed := differing(given, found):
            await visit.do(CHANGE, changed, match=visit.field("etag"), ref=found["code"])
    except Refused as refused:
        return await _about(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(place(HOME, found["code"]), SAVED)


async def _about(
    visit: Visit, given: Mapping[str, Any], *, status: int = 200, problem: Any = None
) -> Response:
    found, etag = await visit.tagged(READ, ref=visit.path("code"))
    return visit.show(
        "event_about.html", status=status, problem=problem, field_terms=TERMS, record=found, home=HOME, more=MORE,
        entries=termed(visit.entries(CREATE, (*ASKED, *MORE)), TERMS), values=dict(found) | dict(given),
        etag=etag if status in (200, 412) else visit.field("etag"),
        stored={name: found[name] for name in given if given[name] != found[name]} if status == 412 else {},
    )  # fmt: skip


for _part in PARTS:
    mount(pages, OWNER, _part)
