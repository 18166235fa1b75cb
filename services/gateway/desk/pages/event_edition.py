"""One edition (開催) on one page: its legs, what was counted and what was not yet, who took part, talks, coverage,
registrations, and the switch that announces it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from services.gateway.desk import zones
from services.gateway.desk.forms import differing, label, termed, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.event_parts import BRIEF, SAVED, Offer, Owner, Part, Record, mount
from services.gateway.desk.pages.office_log import ORGANISATIONS, named
from services.gateway.desk.pages.uploads import OFFICERS
from services.gateway.desk.training import place
from services.gateway.desk.visit import Refused, Visit
from services.kit import glossary
from services.kit.text import Text

HOME = "/desk/events"
READ, CREATE, CHANGE = "events_editions_read", "events_editions_create", "events_editions_change"
LEGS, COUNTS, REGISTRATIONS = "events_legs_list", "events_attendance_counts_list", "events_registrations_list"
OFFICE, COUNTRIES, CLOCK = (
    "directory_overseas_offices_read",
    "directory_countries_list",
    "identity_clock_read",
)
TITLE, CHANGED = Text("開催", "An edition"), Text("開催の内容", "About the edition")
ASKED = (
    "title_ja", "title_en", "series_number", "part", "host", "audience", "counted_at", "standing", "standing_reason",
    "next_plan", "content",
)  # fmt: skip
MORE = ("format", "listing", "marked")
TERMS = {
    "part": "edition_part", "host": "event_host", "standing": "edition_standing", "listing": "edition_listing",
    "number": "leg_number", "mode": "leg_mode", "seats": "leg_seats", "label": "count_label",
    "starts_on": "public_event_starts_on", "ends_on": "public_event_ends_on",
}  # fmt: skip
SHOWN_TO_ALL = Text(
    "公開しました。公開の予定表に出ます。", "It is announced, and stands in the public calendar."
)
HIDDEN = Text("公開をやめました。", "It is announced no longer.")
WHERE = ("venue", "place", "country")
ABOUT = {"about": Text("約{}", "about {}"), "at_least": Text("{}以上", "at least {}")}


def days(one: Record) -> str:
    """From the first to the last, once where it is one day."""
    starts, ends = one["starts_on"], one["ends_on"]
    return "" if starts is None else starts if starts == ends else f"{starts}–{ends}"


def number(one: Record, visit: Visit) -> str:
    """A count as it is told: 約18,000名, 延べ300名."""
    told = f"{one['value']:,}{one['unit']}"
    said = ABOUT[one["qualifier"]].within(visit.language).format(told) if one["qualifier"] in ABOUT else told
    return Text("延べ", "visits: ").within(visit.language) + said if one["person_times"] else said


def _leg_cells(visit: Visit, one: Record) -> list[str]:
    hours = f" {one['opens_at']}–{one['closes_at']}" if one["opens_at"] else ""
    off = Text("中止: ", "Cancelled: ").within(visit.language)
    state = f"{off}{one['cancelled_reason']}" if one["cancelled_on"] else ""
    told = label("zone_problem", one["zone_problem"], visit.language)
    return [
        f"{one['number']} {one['label'] or one['topic'] or ''}".strip(), f"{days(one)}{hours}", one["time_zone"],
        " ".join(one[name] for name in WHERE if one[name]), label("leg_mode", one["mode"], visit.language),
        state or told,
    ]  # fmt: skip


def _count_cells(visit: Visit, one: Record) -> list[str]:
    part = Text("うち ", "of these ").within(visit.language) if one["within_code"] else ""
    what = label("count_subject", one["subject"], visit.language)
    told = (
        one["label"],
        one["country"],
        label("count_capacity", one["capacity"], visit.language),
    )
    how = (label("count_method", one["method"], visit.language), one["source"])
    return [
        f"{part}{what}", number(one, visit), one["leg_code"] or Text("全体", "The whole").within(visit.language),
        " ".join(one for one in told if one), " ".join(one for one in how if one),
    ]  # fmt: skip


def _participant_cells(visit: Visit, one: Record) -> list[str]:
    legs = "・".join(map(str, one["leg_numbers"])) or Text("すべて", "All").within(visit.language)
    return [
        f"{one['organisation_name'] or one['name']} {one['organisation_code'] or ''}".strip(),
        label("participant_capacity", one["capacity"], visit.language), legs,
    ]  # fmt: skip


def _talk_cells(_: Visit, one: Record) -> list[str]:
    title = " ".join(filter(None, (one["label"], one["title"]))) or str(one["number"])
    return [title, one["presenter"] or "", " ".join(filter(None, (one["affiliation"], one["speaker_name"])))]


def _coverage_cells(_: Visit, one: Record) -> list[str]:
    return [one["medium"], one["published_on"], one["title"] or "", one["url"] or ""]


async def zone_of(visit: Visit, office: str | None) -> tuple[str, str]:
    """The zone and the country of an office; headquarters' are Japan's."""
    if office is None:
        return zones.JAPAN, "JP"
    found = await visit.read(OFFICE, ref=office)
    return found["time_zone"], found["country"]


async def countries(visit: Visit) -> list[tuple[str, str]]:
    name = "name_ja" if visit.language == "ja" else "name_en"
    return [("", "—"), *((one["alpha2"], one[name]) for one in await visit.every(COUNTRIES, sort="alpha2"))]


async def _leg_offer(visit: Visit, edition: Record, one: Record | None) -> Offer:
    choices = {"time_zone": zones.zones(), "country": await countries(visit)}
    if one is None:
        zone, country = await zone_of(visit, edition["office_code"])
        return Offer(choices, {"time_zone": zone, "country": country})
    window = {
        name: zones.at(one[name], one["time_zone"]).replace(" ", "T")
        for name in ("registers_from", "registers_until")
        if one[name]
    }
    return Offer(choices, window)


async def _leg_take(visit: Visit, _: Record, given: dict[str, Any]) -> dict[str, Any]:
    """A window of registration is typed by the venue's clocks, as all times of a leg are."""
    zone = zones.chosen(str(given.get("time_zone")))
    window = {
        name: zones.instant(visit.field(name), zone)
        for name in ("registers_from", "registers_until")
        if visit.field(name)
    }
    return given | window


async def _count_offer(visit: Visit, edition: Record, one: Record | None) -> Offer:
    by_leg = edition["counted_at"] == "leg"
    legs = await visit.every(LEGS, edition=edition["code"], sort="starts_on") if by_leg else []
    wholes = [
        count for count in await visit.every(COUNTS, edition=edition["code"])
        if count["within_code"] is None and (one is None or count["code"] != one["code"])
    ]  # fmt: skip
    whole = Text("開催の全体", "The whole edition").within(visit.language)
    of = [(leg["code"], f"{leg['number']} {leg['label'] or leg['venue'] or ''} {days(leg)}") for leg in legs]
    parts = [(count["code"], " ".join(_count_cells(visit, count)[:3])) for count in wholes]
    choices = {
        "leg_code": [("", whole), *of],
        "within_code": [("", "—"), *parts],
        "country": await countries(visit),
    }
    if one is not None:
        return Offer(choices)
    return Offer(choices, {"leg_code": visit.query.get("leg", ""), "subject": "participants", "unit": "名"})


async def _count_take(_: Visit, edition: Record, given: dict[str, Any]) -> dict[str, Any]:
    return given | {"edition_code": None} if given.get("leg_code") else given


async def _participant_take(visit: Visit, _: Record, given: dict[str, Any]) -> dict[str, Any]:
    said = given.pop("organisation_code", None)
    return given if said is None else given | await named(visit, said, "name")


async def _coverage_offer(visit: Visit, _: Record, one: Record | None) -> Offer:
    return Offer() if one else Offer(values={"published_on": (await visit.read(CLOCK))["today"]})


def heads(*terms: str) -> tuple[Text, ...]:
    return tuple(glossary.title(one) for one in terms)


LEG = Part(
    "legs", glossary.title("leg"), "legs",
    ("number", "label", "starts_on", "ends_on", "opens_at", "closes_at", "time_zone", "venue", "place", "country", "mode",
     "registers_from", "registers_until", "seats", "cancelled_on", "cancelled_reason"),
    (glossary.title("leg"), Text("日時（現地）", "Days, at the venue"), *heads("time_zone", "venue", "leg_mode"),
     Text("状況", "State")),
    _leg_cells, more=("topic", "content", "format", "country_printed", "repeated_hour"), terms=TERMS,
    labels={name: Text(f"{glossary.title(name).ja}（現地時刻）", f"{glossary.title(name).en} (at the venue)")
            for name in ("opens_at", "closes_at", "registers_from", "registers_until")},
    number="number", prefix="LG", offer=_leg_offer, take=_leg_take, calls=(OFFICE, COUNTRIES),
)  # fmt: skip
COUNT = Part(
    "counts", Text("人数・団体数", "Counts"), "attendance_counts",
    ("leg_code", "subject", "value", "unit", "qualifier", "person_times", "method", "source"),
    (*heads("count_subject", "attendance_count", "leg"), Text("内訳", "Of"), glossary.title("count_method")),
    _count_cells, more=("within_code", "country", "capacity", "label", "counted_on"), fixed=("leg_code",),
    terms={"subject": "count_subject", "unit": "count_unit", "capacity": "count_capacity", "label": "count_label",
           "method": "count_method", "value": "attendance_count"},
    labels={"leg_code": glossary.title("leg"), "within_code": Text("うち（もとの数）", "Part of")},
    prefix="N", offer=_count_offer, take=_count_take, calls=(LEGS, COUNTS, COUNTRIES),
)  # fmt: skip
PARTICIPANT = Part(
    "participants", glossary.title("edition_participant"), "edition_participants",
    ("organisation_code", "capacity", "leg_numbers"),
    (*heads("edition_participant", "participant_capacity"), Text("日程", "Legs")), _participant_cells,
    more=("seq", "listed_in"), fixed=("organisation_code",), terms={"capacity": "participant_capacity"},
    labels={"organisation_code": Text("団体コードか名称", "Code or name"), "seq": Text("掲載順", "Order")}, number="seq", take=_participant_take,
    calls=(ORGANISATIONS,),
)  # fmt: skip
TALK = Part(
    "talks", glossary.title("talk"), "talks", ("number", "label", "title", "presenter", "affiliation", "speaker_name"),
    heads("talk", "presenter", "speaker_name"), _talk_cells, fixed=("number",),
    terms={"number": "talk_number", "label": "talk_label", "title": "talk_title"}, number="number",
)  # fmt: skip
COVERAGE = Part(
    "coverage", glossary.title("media_coverage"), "media_coverages",
    ("medium", "title", "published_on", "url", "organisation_codes"),
    heads("medium", "published_on", "coverage_title", "url"), _coverage_cells, terms={"title": "coverage_title"},
    prefix="MC", offer=_coverage_offer, calls=(CLOCK,),
)  # fmt: skip
PARTS = (LEG, COUNT, PARTICIPANT, TALK, COVERAGE)
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
        "event_about.html", status=status, problem=problem, terms=TERMS, record=found, home=HOME, more=MORE,
        entries=termed(visit.entries(CREATE, (*ASKED, *MORE)), TERMS), values=dict(found) | dict(given),
        etag=etag if status in (200, 412) else visit.field("etag"),
        stored={name: found[name] for name in given if given[name] != found[name]} if status == 412 else {},
    )  # fmt: skip


for _part in PARTS:
    mount(pages, OWNER, _part)
