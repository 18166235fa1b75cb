"""Missions (派遣・招へい・訪問): those of a fiscal year, and one with who goes, where it stops, whom it visits, and what came
of it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import Entry, differing, label, termed, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.edition_parts import COUNT, COUNTRIES, countries, days, heads
from services.gateway.desk.pages.event_parts import (
    BRIEF,
    SAVED,
    SHOWN,
    Offer,
    Owner,
    Part,
    Record,
    filled,
    mark,
    mount,
)
from services.gateway.desk.pages.events import OFFICES, offices
from services.gateway.desk.pages.office_log import ORGANISATIONS, named
from services.gateway.desk.pages.roster import CLOCK, this_year
from services.gateway.desk.pages.uploads import OFFICERS
from services.gateway.desk.training import choices, place
from services.gateway.desk.visit import Refused, Visit
from services.kit import glossary
from services.kit.text import Text

HOME = "/desk/missions"
LIST, READ, CREATE, CHANGE = (f"events_missions_{verb}" for verb in ("list", "read", "create", "change"))
SHEET = "events_missions_programme_sheet"
TITLE, ONE, NEW, ABOUT = (
    Text("派遣・訪問", "Missions"), Text("派遣・訪問の内容", "A mission"), Text("派遣・訪問を登録する", "A new mission"),
    Text("派遣・訪問を変える", "Change a mission"),
)  # fmt: skip
MADE = Text(
    "登録しました。続けて参加者や訪問先を登録できます。", "It is entered. Add who goes and its stops next."
)
ASKED = (
    "programme", "office_code", "title_ja", "title_en", "starts_on", "ends_on", "places", "countries", "host_code",
    "content",
)  # fmt: skip
LATER = ("cancelled_on", "cancelled_reason", "outcome")
MORE = ("audience", "host_role", "and_others", "markets", "advisory", "marked")
TERMS = {
    name: f"mission_{name}"
    for name in ("code", "programme", "starts_on", "ends_on", "places", "host_code", "outcome")
}
FILTERS = ("office", "programme", "state", "host", "country")
FIXED = ("office_code",)
# lists of names that may have spaces in them
NAMES = ("places", "markets")
_BETWEEN = re.compile(r"[;；,、，]")
NONE: dict[str, Any] = {"items": [], "next": None}


def _named(one: Record) -> str:
    return " ".join(filter(None, (one["organisation_name"] or one["affiliation"], one["title"])))


def _member_cells(visit: Visit, one: Record) -> list[str]:
    gone = Text("取りやめ", "withdrew").within(visit.language)
    state = f"{gone} {one['withdrawn_on']}" if one["withdrawn_on"] else ""
    return [
        f"{one['number']} {one['name'] or ''}".strip(), label("mission_capacity", one["capacity"], visit.language),
        _named(one), one["country"] or "", state,
    ]  # fmt: skip


def _stop_cells(_: Visit, one: Record) -> list[str]:
    return [
        f"{one['number']} {one['place']}", " ".join(filter(None, (one["held_on"], one["begins_at"]))),
        one["organisation_name"] or one["receiver"] or "", (one["purpose"] or "")[:80],
    ]  # fmt: skip


def _host_cells(_: Visit, one: Record) -> list[str]:
    return [f"{one['number']} {one['shown_as']}", one["organisation_code"] or ""]


async def _member_offer(visit: Visit, _: Record, one: Record | None) -> Offer:
    return Offer({"country": await countries(visit)}, {} if one else {"capacity": "participant"})


async def _stop_offer(_: Visit, mission: Record, one: Record | None) -> Offer:
    return Offer() if one else Offer(values={"held_on": mission["starts_on"]})


async def _count_offer(visit: Visit, _: Record, one: Record | None) -> Offer:
    return Offer(
        {"country": await countries(visit)}, {} if one else {"subject": "participants", "unit": "名"}
    )


async def _host_take(visit: Visit, _: Record, given: dict[str, Any]) -> dict[str, Any]:
    """A name is the directory's where it has just that, and is printed as it was typed."""
    said, found = given.pop("organisation_code", None), {}
    if said is not None:
        found = await named(visit, said, "name")
        found = found if given.get("name") is None else found | {"name": given["name"]}
    return given | found


BODY = {
    "organisation_code": Text("団体コード", "Code of the body"),
    "name": Text("氏名", "Name"),
    "number": Text("番号", "Number"),
}
MEMBER = Part(
    "members", glossary.title("mission_member"), "mission_members",
    ("number", "capacity", "name", "title", "organisation_code", "affiliation", "country", "withdrawn_on"),
    (glossary.title("mission_member"), glossary.title("mission_capacity"), Text("所属・役職", "Affiliation"),
     *heads("country"), Text("状況", "State")),
    _member_cells, more=("title_en", "affiliation_en", "protocol_rank", "person_number"), fixed=("number",),
    terms={"capacity": "mission_capacity", "title_en": "member_title_en", "withdrawn_on": "member_withdrawn_on"},
    labels=BODY, number="number", offer=_member_offer, calls=(COUNTRIES,),
)  # fmt: skip
STOP = Part(
    "stops", glossary.title("mission_stop"), "mission_stops",
    ("number", "held_on", "begins_at", "place", "organisation_code", "receiver", "purpose"),
    (glossary.title("mission_stop"), *heads("stop_held_on", "receiver", "stop_purpose")), _stop_cells,
    fixed=("number",), terms={"held_on": "stop_held_on", "begins_at": "stop_begins_at", "purpose": "stop_purpose"},
    labels=BODY, number="number", offer=_stop_offer,
)  # fmt: skip
HOST = Part(
    "hosts", glossary.title("mission_host"), "mission_hosts", ("number", "organisation_code", "name"),
    heads("mission_host", "organisation_code"), _host_cells, fixed=("number",), terms={"name": "visited_body_name"},
    labels={"organisation_code": Text("団体コードか名称", "Code or name")}, number="number", take=_host_take,
    calls=(ORGANISATIONS,),
)  # fmt: skip
COUNTED = replace(
    COUNT, asked=tuple(one for one in COUNT.asked if one != "leg_code"), fixed=(), offer=_count_offer,
    more=tuple(one for one in COUNT.more if one != "within_code"), take=MEMBER.take, calls=(COUNTRIES,),
)  # fmt: skip
PARTS = (MEMBER, STOP, HOST, COUNTED)
OWNER = Owner(HOME, READ, "mission_code", "mission")
SEEN = (READ, *(part.listed for part in PARTS))
FORM = (OFFICES, COUNTRIES)

pages = Pages()


@pages.page(HOME, TITLE, roles=OFFICERS, calls=(LIST, OFFICES, CLOCK), menu=True)
async def missions(visit: Visit) -> Response:
    asked = {name: visit.query[name] for name in FILTERS if name in visit.query}
    kept = {"fiscal_year": visit.query.get("fiscal_year", str(await this_year(visit)))} | asked
    found, problem, status = NONE, None, 200
    try:
        found = await visit.read(
            LIST, **kept, sort="starts_on", limit=SHOWN, cursor=visit.query.get("cursor")
        )
    except Refused as refused:
        problem, status = refused.problem, refused.status
    names = await offices(visit)
    return visit.show(
        "missions.html", status=status, problem=problem, found=found, kept=kept, offices=names, office=dict(names),
        programmes=choices("mission_programme", visit.language), days=days,
    )  # fmt: skip


@pages.page(f"{HOME}/new", NEW, roles=OFFICERS, calls=FORM)
async def new(visit: Visit) -> Response:
    return await _new(visit, {})


@pages.command(f"{HOME}/new", NEW, roles=OFFICERS, calls=(*FORM, CREATE))
async def make(visit: Visit) -> Response:
    given = _typed(visit, _entries(visit, (*ASKED, *MORE)))
    try:
        made = await visit.do(CREATE, filled(given) | {"code": f"MS-{mark(visit)}"})
    except Refused as refused:
        return await _new(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(place(HOME, made["code"]), MADE)


@pages.page(f"{HOME}/{{code}}", ONE, roles=OFFICERS, calls=SEEN)
async def mission(visit: Visit) -> Response:
    found = await visit.read(READ, ref=visit.path("code"))
    parts = {part.name: await visit.every(part.listed, mission=found["code"]) for part in PARTS}
    for part in PARTS:
        if part.number:
            parts[part.name].sort(key=lambda one: one["number"])
    return visit.show(
        "mission.html", mission=found, days=days(found), sections=[
            (part, [part.row(visit, one) for one in parts[part.name][:BRIEF]], len(parts[part.name])) for part in PARTS
        ],
    )  # fmt: skip


@pages.page(f"{HOME}/{{code}}/programme.pdf", ONE, roles=OFFICERS, calls=(SHEET,))
async def sheet(visit: Visit) -> Response:
    return await visit.file(SHEET, ref=visit.path("code"))


@pages.page(f"{HOME}/{{code}}/edit", ABOUT, roles=OFFICERS, calls=(READ, *FORM))
async def about(visit: Visit) -> Response:
    return await _about(visit, {})


@pages.command(f"{HOME}/{{code}}/edit", ABOUT, roles=OFFICERS, calls=(READ, CHANGE, *FORM))
async def change(visit: Visit) -> Response:
    found = await visit.read(READ, ref=visit.path("code"))
    given = _typed(visit, _changed(visit))
    try:
        if changed := differing(given, found):
            await visit.do(CHANGE, changed, match=visit.field("etag"), ref=found["code"])
    except Refused as refused:
        return await _about(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(place(HOME, found["code"]), SAVED)


def _entries(visit: Visit, names: tuple[str, ...]) -> list[Entry]:
    asked = termed(visit.entries(CREATE, names), TERMS)
    own: dict[str, dict[str, Any]] = {"programme": {"empty": True}} | {
        name: {"kind": "text"} for name in NAMES
    }
    return [replace(one, **own.get(one.name, {})) for one in asked]


def _typed(visit: Visit, entries: list[Entry]) -> dict[str, Any]:
    given = typed(visit.form, entries)
    names = {
        name: [one.strip() for one in _BETWEEN.split(given[name] or "") if one.strip()] for name in NAMES
    }
    return given | names


def _written(record: Record) -> dict[str, Any]:
    """As the inputs hold it."""
    return dict(record) | {name: "、".join(record[name]) for name in NAMES if record.get(name)}


def _changed(visit: Visit) -> list[Entry]:
    return _entries(visit, tuple(one for one in (*ASKED, *LATER, *MORE) if one not in FIXED))


async def _new(visit: Visit, given: Record, *, status: int = 200, problem: Any = None) -> Response:
    preset = {"office_code": visit.query.get("office", "")}
    return visit.show(
        "mission_new.html", status=status, problem=problem, field_terms=TERMS, entries=_entries(visit, (*ASKED, *MORE)),
        values=dict.fromkeys((*ASKED, *MORE)) | preset | _written(given), mark=mark(visit), more=MORE,
        choices={"office_code": await offices(visit)},
    )  # fmt: skip


async def _about(
    visit: Visit, given: Mapping[str, Any], *, status: int = 200, problem: Any = None
) -> Response:
    found, etag = await visit.tagged(READ, ref=visit.path("code"))
    return visit.show(
        "event_about.html", status=status, problem=problem, field_terms=TERMS, record=found, home=HOME, more=MORE,
        entries=_changed(visit), values=_written(dict(found) | dict(given)),
        etag=etag if status in (200, 412) else visit.field("etag"),
        stored={name: found[name] for name in given if given[name] != found[name]} if status == 412 else {},
    )  # fmt: skip


for _part in PARTS:
    mount(pages, OWNER, _part)
