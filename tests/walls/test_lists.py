"""Lists, exports, filters, searches, sorts, cursors, figures and changes show each caller its own, and no more."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
from openpyxl import load_workbook

from services.gateway.registry.app import RESOURCES as REGISTRY
from services.jet.app import RESOURCES as JET
from services.jet.appointments.resource import appointments
from services.jet.statistics.declared import STATISTICS
from services.kit import glossary
from services.kit.auth.scope import Reach
from tests.support.serving import Serving
from tests.walls import world as stated
from tests.walls.cells import Cells
from tests.walls.loading import World
from tests.walls.requests import operations
from tests.walls.sampling import SAMPLED, one_of_each
from tests.walls.world import ACTORS, PEOPLE, Actor, Record, kind, on_roster, sees, visible

YEARS = (2023, 2024)
NARROWED = ("participants", "placements", "appointments", "appointment-versions", "workplaces", "posts")
# a field may have a title of its own in one resource
HEADINGS = {(column.title.ja, column.name) for one in (*JET, *REGISTRY) for column in one.export_columns} | {
    (title.ja, term) for term, (title, _) in glossary.terms().items()
}
FORMATS = ("application/x-ndjson", "text/csv")
ONE_AT_MOST = ("countries", "contracting-organisations")  # of one organisation's people, all of one country


def lists(world: World) -> Iterator[tuple[Serving, str, str]]:
    for serving in (world.jet, world.registry):
        for plural, operation in operations(serving, "list").items():
            # the audit's lists are one role's alone, and every read makes them longer; so it is with one's own readings
            if plural not in ("roster", "changes", "readings") and not plural.startswith("audit-"):
                assert world.of(plural), f"the world has no {plural}"
                yield serving, plural, operation


def own(world: World, plural: str, actor: Actor, reach: str) -> list[Record]:
    return [record for record in world.of(plural) if sees(actor, reach, record, world.today)]


def ids(world: World, plural: str, found: list[Any], reach: str) -> set[str]:
    """A list of everything also holds what other tests have stored."""
    known = {record.id for record in world.of(plural)}
    return {item["id"] for item in found if reach != "all" or item["id"] in known}


def pages(serving: Serving, operation: str, world: World, actor: Actor, **params: Any) -> list[Any]:
    items: list[Any] = []
    while True:
        body = serving.call(operation, world.caller(actor), params=params).json()
        items += body["items"]
        if body["next"] is None:
            return items
        params["cursor"] = body["next"]


def rows(answer: httpx.Response, fields: list[str]) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    if answer.headers["content-type"].startswith("text/csv"):
        named = {title: name for title, name in HEADINGS if name in fields}
        titles, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        return [dict(zip((named[title] for title in titles), line, strict=True)) for line in lines]
    return [json.loads(line) for line in answer.text.splitlines()]


def reaching(serving: Serving, operation: str, actors: Sequence[Actor]) -> Iterator[tuple[Actor, Reach]]:
    """Whom the row names, with the reach; of those of one role who reach all, the first."""
    everything: set[str] = set()
    for actor in actors:
        reach = serving.matrix[operation].roles.get(actor.role)
        if reach is not None and actor.role not in everything:
            everything |= {actor.role} if reach == "all" else set()
            yield actor, reach


@SAMPLED
def test_every_list_is_the_callers_own_in_every_format(world: World, whole: bool) -> None:
    shown(world, ACTORS, whole)


def shown(world: World, actors: Sequence[Actor], whole: bool) -> None:
    """Of the formats, a sample has one by turns, and the total with one of two."""
    cells = Cells()
    for turn, (serving, plural, operation) in enumerate(lists(world)):
        everybody = actors if whole else one_of_each(actors, kind, turn)
        for place, (actor, reach) in enumerate(reaching(serving, operation, everybody)):
            caller = world.caller(actor)
            expected = {record.id for record in own(world, plural, actor, reach)}
            half = max(2, len(expected) // 2)
            found = pages(
                serving, operation, world, actor, limit=500 if reach == "all" else 2 if whole else half
            )
            cells.expect(operation, f"{actor} pages", expected, ids(world, plural, found, reach))
            cells.expect(
                operation, f"{actor} pages repeat nothing", len(found), len({item["id"] for item in found})
            )
            by_turns = (turn + place) % 2
            for media in FORMATS if whole else FORMATS[by_turns : by_turns + 1]:
                file = rows(
                    serving.call(operation, caller, {"Accept": media}), list(found[0]) if found else []
                )
                cells.expect(media, f"{operation} {actor}", expected, ids(world, plural, file, reach))
            if reach != "all" and (whole or by_turns):
                total = serving.call(operation, caller, params={"include": "total", "limit": 1}).json()[
                    "total"
                ]
                cells.expect("total", f"{operation} {actor}", len(expected), total)
    every = [operation for _, _, operation in lists(world)]
    known = [name for name in every if cells.kinds[name]]
    assert actors is not ACTORS or known == every
    cells.close(3 * len(known), *known, "total", *FORMATS)


@SAMPLED
def test_no_filter_search_or_sort_widens_a_list(world: World, whole: bool) -> None:
    filtered(world, ACTORS, whole)


def filtered(world: World, actors: Sequence[Actor], whole: bool) -> None:
    """A sample has of each filter one value that leaves something of the caller's own, and one that leaves nothing."""
    cells = Cells()
    for serving, plural, operation in lists(world):
        if plural not in NARROWED:
            continue
        for turn, (actor, reach) in enumerate(reaching(serving, operation, actors)):
            held = own(world, plural, actor, reach)
            asked = [
                (said, params, {record.id for record in held if fits(record)})
                for said, params, fits in narrowed(plural)
            ]
            for said, params, expected in (
                asked if whole else one_of_each(asked, lambda one: (one[0], bool(one[2])), turn)
            ):
                found = pages(serving, operation, world, actor, limit=500, **params)
                cells.expect(
                    said, f"{operation} {actor} {params}", expected, ids(world, plural, found, reach)
                )
    cells.close((36 if whole else 4) * len(actors), "organisation", "q", "jet_number", "sort")


def narrowed(plural: str) -> Iterator[tuple[str, dict[str, str], Any]]:
    """Filters with what each must leave."""
    if plural == "participants":
        for name in PEOPLE:
            yield "q", {"q": name.lower()}, lambda record, name=name: record.person == name
        for sort in ("jet_number", "-jet_number", "family_name", "-family_name"):
            yield "sort", {"sort": sort}, lambda _: True
        return
    for organisation in stated.ORGANISATIONS:
        wanted = {"organisation": stated.code(organisation)}
        yield "organisation", wanted, lambda record, o=organisation: o in record.organisations
    if plural in ("placements", "appointments"):
        for name, number in stated.JET_NUMBERS.items():
            yield "jet_number", {"jet_number": number}, lambda record, name=name: record.person == name


@SAMPLED
def test_a_cursor_is_good_for_its_caller_and_its_query_alone(world: World, whole: bool) -> None:
    cells = Cells()
    for turn, (serving, plural, operation) in enumerate(lists(world)):
        roles = serving.matrix[operation].roles
        actors = [actor for actor in ACTORS if actor.role in roles]
        if set(roles.values()) == {"all"}:
            actors = actors[:3]
        given = {}
        for actor in actors if whole else one_of_each(actors, lambda one: one.role, turn):
            following = serving.call(operation, world.caller(actor), params={"limit": 1}).json()["next"]
            if following is not None:
                given[actor] = following
        for holder, cursor in given.items():
            # the holder, and whoever comes next to it: of the same role, or of another
            place = actors.index(holder)
            for actor in dict.fromkeys([holder, actors[place - 1], actors[(place + 1) % len(actors)]]):
                params = {"limit": 1, "cursor": cursor}
                answer = serving.call(operation, world.caller(actor), params=params)
                expected = 200 if actor == holder else 400
                cells.expect(
                    str(expected), f"{operation} {actor} with that of {holder}", expected, answer.status_code
                )
            other = serving.call(operation, world.caller(holder, "another-tool"), params={"cursor": cursor})
            cells.expect("another client", f"{operation} {holder}", 400, other.status_code)
            if plural == "participants":
                params = {"limit": 1, "cursor": cursor, "job_type": "ALT"}
                changed = serving.call(operation, world.caller(holder), params=params)
                cells.expect("another query", f"{operation} {holder}", 400, changed.status_code)
    cells.close(300, "200", "400", "another client", "another query")


@SAMPLED
def test_the_roster_shows_whom_an_organisation_employs(world: World, whole: bool) -> None:
    cells, roles = Cells(), world.jet.matrix["jet_roster_list"].roles
    numbers = {number: name for name, number in stated.JET_NUMBERS.items()}
    for turn, actor in enumerate(ACTORS):
        reach = roles.get(actor.role)
        for year in YEARS:
            for organisation in (
                (None, *stated.ORGANISATIONS)
                if whole
                else (None, *of_either(world, actor, reach, year, turn))
            ):
                params = {"programme_year": str(year)}
                params |= {"organisation": stated.code(organisation)} if organisation else {}
                answer = world.jet.call(
                    "jet_roster_list", world.caller(actor), params=params | {"limit": "500"}
                )
                if reach is None:
                    cells.expect("403", f"{actor}", 403, answer.status_code)
                    continue
                found = {
                    (numbers[i["jet_number"]], i["organisation_code"])
                    for i in answer.json()["items"]
                    if i["jet_number"] in numbers
                }
                expected = rostered(world, actor, reach, year, organisation)
                cells.expect(actor.role, f"{actor} {params}", expected, found)
    each = 8 if whole else 2
    cells.close(len(ACTORS) * len(YEARS) * each, "403", "organisation", "host_authority", "coordinator")


def of_either(world: World, actor: Actor, reach: str | None, year: int, turn: int) -> list[str]:
    """An organisation where the roster has somebody for the caller, and one where it has nobody."""
    return one_of_each(
        stated.ORGANISATIONS,
        lambda one: reach is not None and bool(rostered(world, actor, reach, year, one)),
        turn,
    )


def rostered(
    world: World, actor: Actor, reach: str, year: int, organisation: str | None
) -> set[tuple[str, str]]:
    """The row is chosen for the caller, and the filter asks of it: it never chooses another."""
    held = on_roster(actor, reach, year, world.today)
    return {
        (name, stated.code(term.organisation))
        for name, term in held.items()
        if organisation in (None, term.organisation)
    }


@SAMPLED
def test_figures_count_what_the_caller_may_see(world: World, whole: bool) -> None:
    cells, roles = Cells(), world.jet.matrix["jet_statistics_read"].roles
    for turn, statistic in enumerate(STATISTICS):
        for place, actor in enumerate(ACTORS):
            reach = roles.get(actor.role)
            for organisation in (
                stated.ORGANISATIONS if whole else of_either(world, actor, reach, 2024, turn + place)
            ):
                params = {"programme_year": "2024", "organisation": stated.code(organisation)}
                path = {"name": statistic.name}
                answer = world.jet.call("jet_statistics_read", world.caller(actor), path=path, params=params)
                if reach is None:
                    cells.expect("403", f"{statistic.name} {actor}", 403, answer.status_code)
                    continue
                people = len(rostered(world, actor, reach, 2024, organisation))
                expected = min(people, 1) if statistic.name in ONE_AT_MOST else people
                found = answer.json()["totals"][0]["value"]
                cells.expect(statistic.name, f"{actor} {organisation}", expected, found)
                linked = [cell for cell in answer.json()["cells"] if "records" in cell]
                # of a table that is printed by some dimension nobody has no cell
                some = not statistic.printed or people > 0
                cells.expect("records", f"{actor}", actor.role != "ministry" and some, bool(linked))
    each = 8 if whole else 1
    cells.close(len(STATISTICS) * len(ACTORS) * each, "403", "participants", "records")


def test_the_feed_tells_of_nothing_outside_the_callers_organisations(world: World) -> None:
    cells = Cells()
    for serving in (world.jet, world.registry):
        for operation in [name for name in serving.matrix if name.endswith("_changes_list")]:
            for actor in ACTORS:
                reach, caller = serving.matrix[operation].roles.get(actor.role), world.caller(actor)
                answer = serving.call(operation, caller, params={"limit": 500})
                cells.expect("status", f"{operation} {actor}", 200 if reach else 403, answer.status_code)
                if reach != "own":
                    continue
                told = {item["organisation_id"] for item in answer.json()["items"]}
                seen = {str(world.organisations[name]) for name in visible(actor, world.today)}
                cells.expect(operation, f"{actor}", set(), told - seen)
                if "azami" in visible(actor, world.today):
                    cells.expect("told", f"{operation} {actor}", True, bool(told))
    cells.close(len(ACTORS), "status", "told")


def test_a_form_is_filled_with_the_callers_own_people(world: World) -> None:
    cells, roles = Cells(), world.jet.matrix["jet_imports_template"].roles
    for actor in ACTORS:
        reach = roles.get(actor.role)
        answer = world.jet.call("jet_imports_template", world.caller(actor), path={"kind": "appointments"})
        cells.expect("status", str(actor), 200 if reach else 403, answer.status_code)
        if reach is None:
            continue
        workbook = load_workbook(io.BytesIO(answer.content), read_only=True)
        values = {
            str(cell) for sheet in workbook for row in sheet.iter_rows(values_only=True) for cell in row
        }
        seen = (
            visible(actor, world.today)
            if appointments.access["import"].roles[actor.role] == "own"
            else frozenset(stated.ORGANISATIONS)
        )
        mine = {name for name, person in PEOPLE.items() if stated.opened(person, world.today) & seen}
        found = {name for name, number in stated.JET_NUMBERS.items() if number in values}
        cells.expect("filled", str(actor), mine, found)
    cells.close(len(ACTORS), "status", "filled")
