"""The demo years hold the published totals; counted here from the written files by an own small model."""

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from client.demo.generate import Batch, generate

LOCAL_GOVERNMENTS = (
    Path(__file__).parents[2] / "services" / "gateway" / "registry" / "data" / "local_governments.csv"
)
GO_LIVE = datetime.fromisoformat("2024-07-08T00:00:00+09:00")
Row = dict[str, str]


class Demo(NamedTuple):
    folder: Path
    batches: list[Batch]
    rows: dict[str, list[Row]]


class Served(NamedTuple):
    """One appointment as it stood for somebody who knew what was known."""

    person: str
    organisation: str
    year: str
    job: str
    first: date
    last: date


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    batches = generate(folder, LOCAL_GOVERNMENTS)
    return Demo(folder, batches, {batch.kind: _read(batch.path) for batch in batches})


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _known(row: Row, day: str) -> bool:
    end = datetime.fromisoformat(f"{day}T00:00:00+09:00") + timedelta(days=1)
    return datetime.fromisoformat(row["known_from"]) < end


def _served(demo: Demo, known_at: str) -> list[Served]:
    ends = {
        row["jet_number"]: date.fromisoformat(row["effective_on"])
        for row in demo.rows["early-terminations"]
        if _known(row, known_at)
    }
    found = []
    for row in demo.rows["appointments"]:
        first, last = date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])
        end = ends.get(row["jet_number"], last)
        if _known(row, known_at) and end >= first:
            found.append(
                Served(
                    *(row["jet_number"], row["organisation_code"], row["programme_year"], row["job_type"]),
                    *(first, min(last, end)),
                )
            )
    return found


def _roster(demo: Demo, year: str, known_at: str) -> list[Served]:
    return [served for served in _served(demo, known_at) if served.year == year]


def _by_person(roster: Iterable[Served]) -> dict[str, Served]:
    return {served.person: served for served in roster}


@pytest.mark.parametrize(
    ("year", "known_at", "jobs", "new", "countries", "organisations"),
    [
        ("2023", "2023-07-01", {"ALT": 5355, "CIR": 468, "SEA": 8}, 1995, 50, 1001),
        ("2024", "2024-07-01", {"ALT": 5373, "CIR": 479, "SEA": 9}, 2006, 51, 987),
        ("2024", "2024-07-07", {"ALT": 5373, "CIR": 479, "SEA": 9}, 2006, 51, 987),
    ],
)
def test_a_programme_year_has_the_published_totals(
    demo: Demo,
    year: str,
    known_at: str,
    jobs: dict[str, int],
    new: int,
    countries: int,
    organisations: int,
) -> None:
    roster = _roster(demo, year, known_at)
    people = _by_person(roster)
    about = {row["jet_number"]: row for row in demo.rows["participants"]}
    assert Counter(served.job for served in people.values()) == jobs
    assert sum(about[person]["programme_year"] == year for person in people) == new
    assert len({about[person]["nationality"] for person in people}) == countries
    assert len({served.organisation for served in roster}) == organisations


def test_in_the_first_week_of_july_others_take_the_seats_of_seven(demo: Demo) -> None:
    before = _by_person(_roster(demo, "2024", "2024-07-01"))
    after = _by_person(_roster(demo, "2024", "2024-07-07"))
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    assert len(gone) == len(come) == 7
    assert Counter(before[p].organisation for p in gone) == Counter(after[p].organisation for p in come)


def test_the_past_year_has_late_arrivals_and_leavers(demo: Demo) -> None:
    at_first = _by_person(_roster(demo, "2023", "2023-07-01"))
    at_last = _by_person(_roster(demo, "2023", "2024-07-07"))
    assert len(at_last.keys() - at_first.keys()) == 120
    assert at_first.keys() <= at_last.keys(), "who left within the term still counts for the year"
    first = {(s.person, s.organisation, s.first): s.last for s in _roster(demo, "2023", "2023-07-01")}
    shortened = [
        s
        for s in _roster(demo, "2023", "2024-07-07")
        if s.last < first.get((s.person, s.organisation, s.first), s.last)
    ]
    assert len(shortened) >= 100
    withdrawn = {row["jet_number"] for row in demo.rows["appointments"] if row["programme_year"] == "2024"}
    assert len(withdrawn - _by_person(_roster(demo, "2024", "2024-07-07")).keys()) == 25 + 15 + 7


def test_nobody_serves_twice_on_one_day(demo: Demo) -> None:
    terms: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in demo.rows["appointments"]:
        terms[row["jet_number"]].append((row["starts_on"], row["ends_on"]))
    for spans in terms.values():
        spans.sort()
        assert all(first <= last for first, last in spans)
        assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_april_arrivals_belong_to_their_first_year_until_august(demo: Demo) -> None:
    about = {row["jet_number"]: row for row in demo.rows["participants"]}
    new = [
        row
        for row in demo.rows["appointments"]
        if about[row["jet_number"]]["arrival_group"] == "april"
        and about[row["jet_number"]]["programme_year"] == row["programme_year"]
    ]
    starts = Counter(row["starts_on"] for row in new)
    assert starts["2024-04-08"] == 104
    assert starts["2023-04-08"] == 98
    assert 0 < starts["2024-04-01"] < 98, "some went home on 31 March"
    assert {row["ends_on"] for row in new} == {"2024-03-31", "2024-08-01", "2025-03-31"}


def test_a_transfer_abuts_and_stays_under_one_host(demo: Demo) -> None:
    hosts = {row["member_code"]: row["host_code"] for row in demo.rows["hierarchies"]}
    by_year: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in demo.rows["appointments"]:
        by_year[row["jet_number"], row["programme_year"]].append(row)
    moves = [rows for rows in by_year.values() if len({row["organisation_code"] for row in rows}) > 1]
    assert len(moves) == 15
    for before, after in moves:
        gap = date.fromisoformat(after["starts_on"]) - date.fromisoformat(before["ends_on"])
        assert gap == timedelta(days=1)
        assert hosts[before["organisation_code"]] == hosts[after["organisation_code"]]


def test_roles_cover_every_appointment_and_placement(demo: Demo) -> None:
    roles: dict[str, list[Row]] = defaultdict(list)
    for row in demo.rows["organisation-roles"]:
        roles[row["role"]].append(row)
    assert len(roles["host_authority"]) == 67
    contracting = {row["organisation_code"]: row for row in roles["contracting_organisation"]}
    assert len(contracting) == len(roles["contracting_organisation"])

    def holds(code: str, first: str, last: str) -> bool:
        role = contracting[code]
        return role["valid_from"] <= first and (not role["valid_to"] or last <= role["valid_to"])

    for day, count in (("2023-10-01", 1001), ("2024-10-01", 987)):
        assert sum(holds(code, day, day) for code in contracting) == count
    for row in demo.rows["appointments"]:
        assert holds(row["organisation_code"], row["starts_on"], row["ends_on"])
    for row in demo.rows["placements"]:
        assert holds(row["organisation_code"], row["decided_on"], row["decided_on"])


def test_everything_points_at_something_and_is_unique(demo: Demo) -> None:
    keys = {
        "organisations": ("code",),
        "participants": ("jet_number",),
        "placements": ("jet_number", "organisation_code", "programme_year"),
        "appointments": ("jet_number", "organisation_code", "programme_year", "starts_on"),
        "early-terminations": ("jet_number",),
    }
    for kind, columns in keys.items():
        found = Counter(tuple(row[column] for column in columns) for row in demo.rows[kind])
        assert max(found.values()) == 1, kind
    codes = {row["code"] for row in demo.rows["organisations"]}
    people = {row["jet_number"] for row in demo.rows["participants"]}
    for row in demo.rows["appointments"]:
        assert {row["organisation_code"], row["workplace_municipality_code"]} <= codes
    for kind in ("placements", "appointments", "early-terminations"):
        assert {row["jet_number"] for row in demo.rows[kind]} <= people, kind
    assert {row["host_code"] for row in demo.rows["hierarchies"]} <= codes
    assert all(re.fullmatch(r"20\d{9}", number) for number in people)
    assert len({row["email"] for row in demo.rows["participants"]}) == len(people)


def test_facts_become_known_in_order_and_before_go_live(demo: Demo) -> None:
    registered = {row["jet_number"]: row["known_from"] for row in demo.rows["participants"]}
    placed: dict[str, str] = {}
    for row in demo.rows["placements"]:
        placed[row["jet_number"]] = min(placed.get(row["jet_number"], "9"), row["known_from"])
        assert row["decided_on"] <= row["known_from"][:10]
    for person, instant in placed.items():
        assert registered[person] < instant
    first: dict[str, str] = {}
    for row in demo.rows["appointments"]:
        first[row["jet_number"]] = min(first.get(row["jet_number"], "9"), row["known_from"])
    assert all(placed[person] < instant for person, instant in first.items())
    assert all(first[row["jet_number"]] < row["known_from"] for row in demo.rows["early-terminations"])
    for kind in ("participants", "placements", "appointments", "early-terminations"):
        assert all(datetime.fromisoformat(row["known_from"]) < GO_LIVE for row in demo.rows[kind])


def test_large_organisations_share_ranks(demo: Demo) -> None:
    hosts = {row["member_code"]: row["host_code"] for row in demo.rows["hierarchies"]}
    roster = _by_person(_roster(demo, "2024", "2024-07-01"))
    sizes = Counter(served.organisation for served in roster.values())
    assert sum(size > 100 for size in sizes.values()) >= 10
    assert sum(size == 1 for size in sizes.values()) >= 300
    for counted in (sizes, Counter(hosts[served.organisation] for served in roster.values())):
        top = [size for _, size in counted.most_common(20)]
        assert len(set(top)) < len(top)


def test_names_hold_what_hurts(demo: Demo) -> None:
    names = [(row["family_name"], row["given_name"], row["middle_name"]) for row in demo.rows["participants"]]
    text = "".join(part for name in names for part in name)
    assert set("éễñø'") <= set(text.lower())
    assert any(not given for _, given, _ in names)
    assert any(len(middle) > 50 for _, _, middle in names)
    assert all(re.fullmatch(r"[ァ-ヺー・]+", row["name_kana"]) for row in demo.rows["participants"])


def test_corporate_numbers_carry_their_check_digit(demo: Demo) -> None:
    numbers = {row["code"]: row["corporate_number"] for row in demo.rows["organisations"]}
    assert numbers["130001"] == "8000020130001"
    assert numbers["010006"] == "7000020010006"
    assert not any(number for code, number in numbers.items() if code.startswith("S"))


def test_the_story_has_its_people(demo: Demo) -> None:
    story = json.loads((demo.folder / "story.json").read_text(encoding="utf-8"))
    hosts = {row["member_code"]: row["host_code"] for row in demo.rows["hierarchies"]}
    roster = _roster(demo, "2024", "2024-07-01")
    here = {served.person for served in roster if served.organisation == story["organisation_code"]}
    assert here == set(story["jet_numbers"])
    assert len(here) == 14
    assert hosts[story["neighbour_code"]] != hosts[story["organisation_code"]]
    assert story["neighbour_code"] in {served.organisation for served in roster}
    theirs = [
        r for r in demo.rows["appointments"] if r["jet_number"] in here and r["programme_year"] == "2024"
    ]
    emptied = [c for c in theirs[0] if c.startswith(("supervisor", "housing"))]
    assert len(theirs) == 14
    assert all(not row[column] for row in theirs for column in emptied)
    resigning = story["resignation"]
    terms = [s for s in _served(demo, "2024-07-07") if s.person == resigning["jet_number"]]
    assert {s.year for s in terms} == {"2023", "2024"}
    assert any(s.first < date.fromisoformat(resigning["effective_on"]) < s.last for s in terms)
    assert resigning["organisation_code"] not in {story["organisation_code"], story["neighbour_code"]}


def test_the_orientation_of_the_story_has_newcomers_of_one_organisation_who_come_in_july(demo: Demo) -> None:
    told = json.loads((demo.folder / "story.json").read_text(encoding="utf-8"))["orientation"]
    about = {row["jet_number"]: row for row in demo.rows["participants"]}
    coming = [
        served.person
        for served in _roster(demo, "2024", "2024-07-07")
        if (served.organisation, served.first) == (told["organisation_code"], date(2024, 7, 29))
        and about[served.person]["programme_year"] == "2024"
    ]
    assert sorted(coming) == told["jet_numbers"]
    assert 0 < told["too_few"] < len(coming) < 20


def test_the_survey_of_the_story_has_forty_members(demo: Demo) -> None:
    told = json.loads((demo.folder / "story.json").read_text(encoding="utf-8"))["survey"]
    mine = {row["member_code"] for row in demo.rows["hierarchies"] if row["host_code"] == told["host_code"]}
    roles = [row for row in demo.rows["organisation-roles"] if row["role"] == "contracting_organisation"]
    asked = {row["organisation_code"] for row in roles if not row["valid_to"]}
    assert len(told["members"]) == 40
    assert set(told["members"]) == mine & asked


def test_the_same_seed_writes_the_same_bytes(demo: Demo, tmp_path: Path) -> None:
    again = generate(tmp_path / "again", LOCAL_GOVERNMENTS)
    other = generate(tmp_path / "other", LOCAL_GOVERNMENTS, seed=7)
    for first, second, third in zip(demo.batches, again, other, strict=True):
        assert first.path.read_bytes() == second.path.read_bytes()
        assert (first.kind, first.rows) == (second.kind, len(demo.rows[first.kind]))
        assert third.kind == first.kind
    assert demo.batches[3].path.read_bytes() != other[3].path.read_bytes()
