"""The parts of an edition (開催): its legs, its counts, who took part, talks and coverage, each with its form and its rows."""

from typing import Any

from services.gateway.desk import zones
from services.gateway.desk.forms import label
from services.gateway.desk.pages.event_parts import Offer, Part, Record
from services.gateway.desk.pages.office_log import ORGANISATIONS, named
from services.gateway.desk.visit import Visit
from services.kit import glossary
from services.kit.text import Text

HOME = "/desk/events"
LEGS, COUNTS = "events_legs_list", "events_attendance_counts_list"
OFFICE, COUNTRIES, CLOCK = (
    "directory_overseas_offices_read",
    "directory_countries_list",
    "identity_clock_read",
)
TERMS = {
    "part": "edition_part", "host": "event_host", "standing": "edition_standing", "listing": "edition_listing",
    "number": "leg_number", "mode": "leg_mode", "seats": "leg_seats", "label": "count_label",
    "starts_on": "public_event_starts_on", "ends_on": "public_event_ends_on",
}  # fmt: skip
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
