"""Who takes part in which years, where and with what fate; the totals of both years are planned here.

A cohort is a group with one history. Its people first get a place (an organisation), then a job type,
a nationality, an entry year and an arrival group.
"""

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Literal

from client.demo.nations import COMMON, NEWCOMER, WEIGHTS, draw_nationality
from client.demo.organisations import LARGE, STORY_CITY, Directory

Fate = Literal["serves", "leaves_early", "withdraws", "withdraws_in_july", "arrives_late", "known_in_july"]
Jobs = dict[str, int]

STAYERS: Jobs = {"ALT": 3490, "CIR": 300, "SEA": 5}
LATE_STAYERS = 60
LEAVERS: Jobs = {"ALT": 1865, "CIR": 168, "SEA": 3}
LATE_LEAVERS = 60
NEWCOMERS: Jobs = {"ALT": 1823, "CIR": 179, "SEA": 4}
NEW_IN_2023 = 1995
APRIL = {2023: 98, 2024: 104}
EARLY_LEAVERS, UNRENEWED_REAPPOINTED = 150, 25
WITHDRAWN = {2023: 30, 2024: 15}
SWAPPED_IN_JULY: Jobs = {"ALT": 6, "CIR": 1}
TRANSFERS = {2023: 12, 2024: 3}
LATER_GROUPS = (("a", 46), ("b", 48), ("c", 4), ("ad_hoc", 2))
SETTLED_GROUPS = (("april", 5), *LATER_GROUPS)


@dataclass(slots=True)
class Person:
    organisation: str
    first: int
    last: int
    fate: Fate = "serves"
    job: str = "ALT"
    nationality: str = COMMON
    entry: int = 0
    group: str = "b"
    moves_to: str = ""
    moves_in: int = 0

    def organisation_in(self, year: int) -> str:
        """Where the person stands when the term of `year` begins."""
        return self.moves_to if self.moves_to and year > self.moves_in else self.organisation


def plan_people(rng: Random, directory: Directory) -> list[Person]:
    stayers, late, leavers, newcomers = _place(rng, directory)
    _give_jobs(rng, directory, stayers, STAYERS)
    _give_jobs(rng, directory, leavers, LEAVERS)
    _give_jobs(rng, directory, newcomers, NEWCOMERS)
    _give_nationalities(rng, stayers, newcomers, [*late, *leavers])
    _give_entries(rng, stayers, leavers)
    _give_groups(rng, directory, stayers, leavers, newcomers)
    _give_fates(rng, directory, leavers, newcomers)
    swapped = _swap_in_july(rng, directory, newcomers)
    _transfer(rng, directory, 2023, stayers)
    _transfer(rng, directory, 2024, stayers)
    return [*stayers, *late, *leavers, *newcomers, *swapped, *_never_arrived(rng, directory)]


def _place(rng: Random, directory: Directory) -> tuple[list[Person], ...]:
    """Fills each organisation's places of both years: who stays, who leaves, who comes."""
    before, now = directory.sizes[2023], directory.sizes[2024]
    can_stay = [code for code in directory.steady for _ in range(min(before[code], now[code]))]
    stayers = [Person(code, 2023, 2024) for code in rng.sample(can_stay, sum(STAYERS.values()))]
    staying = Counter(person.organisation for person in stayers)
    leavers = [Person(c, 2023, 2023) for c, size in before.items() for _ in range(size - staying[c])]
    open_places = [code for code, size in now.items() for _ in range(size - staying[code])]
    rng.shuffle(open_places)
    late_places = [i for i, c in enumerate(open_places) if c in before and c != STORY_CITY][:LATE_STAYERS]
    late = [
        Person(open_places[i], 2023, 2024, "arrives_late", entry=2023, group="ad_hoc") for i in late_places
    ]
    taken = set(late_places)
    newcomers = [Person(c, 2024, 2024, entry=2024) for i, c in enumerate(open_places) if i not in taken]
    busy = [code for code in directory.steady if before[code] >= 3 and code != STORY_CITY]
    late += [
        Person(rng.choice(busy), 2023, 2023, "arrives_late", entry=2023, group="ad_hoc")
        for _ in range(LATE_LEAVERS)
    ]
    return stayers, late, leavers, newcomers


def _give_jobs(rng: Random, directory: Directory, people: list[Person], jobs: Jobs) -> None:
    """CIRs and SEAs work for governments, never for school corporations."""
    public = [p for p in people if directory.organisations[p.organisation].kind != "school_corporation"]
    chosen = rng.sample(public, jobs["CIR"] + jobs["SEA"])
    for number, person in enumerate(chosen):
        person.job = "CIR" if number < jobs["CIR"] else "SEA"


def _give_nationalities(
    rng: Random, stayers: list[Person], newcomers: list[Person], others: list[Person]
) -> None:
    """One ALT of every nationality stays through both years, so that each is counted in both."""
    for person in (*stayers, *newcomers, *others):
        person.nationality = draw_nationality(rng, person.job)
    keepers = rng.sample([p for p in stayers if p.job == "ALT"], len(WEIGHTS))
    for person, nationality in zip(keepers, WEIGHTS, strict=True):
        person.nationality = nationality
    for person in rng.sample([p for p in newcomers if p.job == "ALT"], 2):
        person.nationality = NEWCOMER


def _give_entries(rng: Random, stayers: list[Person], leavers: list[Person]) -> None:
    """Five years at most: whoever entered in 2019 cannot stay into 2024."""
    for person in stayers:
        person.entry = rng.choices((2022, 2021, 2020), weights=(6, 3, 1))[0]
    for person in leavers:
        person.entry = rng.choices((2022, 2021, 2020, 2019), weights=(5, 3, 1, 2))[0]
    for person in rng.sample([*stayers, *leavers], NEW_IN_2023):
        person.entry = 2023


def _give_groups(
    rng: Random, directory: Directory, stayers: list[Person], leavers: list[Person], newcomers: list[Person]
) -> None:
    for person in (*stayers, *leavers, *newcomers):
        table = SETTLED_GROUPS if person.entry < 2023 else LATER_GROUPS
        person.group = rng.choices([g for g, _ in table], weights=[w for _, w in table])[0]
    joining = set(directory.joining)  # they join on 1 April, too late to ask for April arrivals
    for year, people in ((2023, [*stayers, *leavers]), (2024, newcomers)):
        new = [p for p in people if p.entry == year and p.organisation not in joining]
        for person in rng.sample(new, APRIL[year]):
            person.group = "april"


def _give_fates(rng: Random, directory: Directory, leavers: list[Person], newcomers: list[Person]) -> None:
    """Some leave within their term; one April arrival of 2024 does and still counts for that year."""
    steady = set(directory.steady)
    candidates = [
        p for p in leavers if p.entry > 2019 and p.organisation in steady and p.organisation != STORY_CITY
    ]
    chosen = rng.sample(candidates, EARLY_LEAVERS + UNRENEWED_REAPPOINTED)
    for number, person in enumerate(chosen):
        person.fate = "leaves_early" if number < EARLY_LEAVERS else "withdraws"
    for person in chosen[EARLY_LEAVERS:]:
        person.last = 2024
    arrived = [p for p in newcomers if p.group == "april" and p.organisation != STORY_CITY]
    rng.choice(arrived).fate = "leaves_early"


def _swap_in_july(rng: Random, directory: Directory, newcomers: list[Person]) -> list[Person]:
    """Seven newcomers give up in the first week of July and seven others take the same seats."""
    seats = [
        p
        for p in newcomers
        if p.nationality == COMMON
        and p.group in {"a", "b"}
        and p.organisation != STORY_CITY
        and directory.sizes[2024][p.organisation] >= 5
    ]
    replacements = []
    for job, count in SWAPPED_IN_JULY.items():
        for person in rng.sample([p for p in seats if p.job == job], count):
            person.fate = "withdraws_in_july"
            replacements.append(
                Person(person.organisation, 2024, 2024, "known_in_july", job, entry=2024, group=person.group)
            )
    return replacements


def _transfer(rng: Random, directory: Directory, year: int, people: list[Person]) -> None:
    """Moves within one host authority, between organisations of ordinary size."""
    sizes = directory.sizes[2024]
    targets: dict[str, list[str]] = {}
    for code in directory.steady:
        if code != STORY_CITY and 3 <= sizes[code] <= LARGE:
            targets.setdefault(directory.host_of(code), []).append(code)
    movable = [
        p
        for p in people
        if p.job == "ALT"
        and p.group in {"a", "b"}
        and not p.moves_to
        and p.organisation in (near := targets.get(directory.host_of(p.organisation), []))
        and len(near) > 1
    ]
    seen: set[str] = set()
    for person in rng.sample(movable, len(movable)):
        if len(seen) == TRANSFERS[year]:
            break
        if person.organisation not in seen:
            seen.add(person.organisation)
            others = [c for c in targets[directory.host_of(person.organisation)] if c != person.organisation]
            person.moves_to, person.moves_in = rng.choice(others), year


def _never_arrived(rng: Random, directory: Directory) -> list[Person]:
    """Newly placed people who withdrew before their year's figure was taken."""
    places = [c for c in directory.steady if directory.sizes[2023][c] >= 3 and c != STORY_CITY]
    return [
        Person(rng.choice(places), year, year, "withdraws", entry=year, group=rng.choice(("a", "b")))
        for year, count in WITHDRAWN.items()
        for _ in range(count)
    ]
