"""Writes the demo years as import files in the order in which they must be loaded.

The same seed writes the same bytes. Totals as known at the end of 1 July: programme year 2023 5,831 people,
2024 5,861 (see cohorts.py); only the figures of the whole programme are those of the published reports.
"""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

from client.demo.calendar import day_between
from client.demo.cohorts import Person, plan_people
from client.demo.facts import Record, record
from client.demo.names import invent_name
from client.demo.nations import COMMON
from client.demo.organisations import (
    JOINED_ON,
    KNOWN_FROM,
    LEFT_ON,
    OPENED_ON,
    STORY_CITY,
    SURVEY_HOST,
    Directory,
    plan_directory,
)
from client.demo.workplaces import Housing, Supervisor, Surroundings, Workplace, Workplaces

TOO_FEW = 2  # seats at the orientation
RESIGNS_ON = date(2024, 6, 20)

ORGANISATION = ("code", "name", "name_kana", "name_en", "kind", "corporate_number", "valid_from", "valid_to")
ROLE = ("organisation_code", "role", "valid_from", "valid_to", "known_from")
HIERARCHY = ("member_code", "host_code", "valid_from", "valid_to", "known_from")
PARTICIPANT = (
    *("jet_number", "family_name", "given_name", "middle_name", "name_kana", "nationality", "birth_on"),
    *("email", "job_type", "programme_year", "arrival_group", "known_from"),
)
PLACEMENT = ("jet_number", "organisation_code", "programme_year", "decided_on", "known_from")
APPOINTMENT = (
    *("jet_number", "organisation_code", "programme_year", "job_type", "starts_on", "ends_on"),
    *Workplace._fields,
    *Supervisor._fields,
    *Housing._fields,
    "known_from",
)
EARLY_TERMINATION = ("jet_number", "effective_on", "initiated_by", "reason", "known_from")

Row = tuple[object, ...]


class Batch(NamedTuple):
    service: str
    kind: str
    path: Path
    rows: int


@dataclass(frozen=True, slots=True)
class Known:
    """A planned person with a JET number and everything recorded of them."""

    jet_number: str
    person: Person
    record: Record


def generate(folder: Path, local_governments: Path, seed: int = 2024) -> list[Batch]:
    rng = Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    directory = plan_directory(rng, local_governments)
    known = _number(rng, plan_people(rng, directory))
    files: list[tuple[str, str, tuple[str, ...], Iterable[Row]]] = [
        ("directory", "organisations", ORGANISATION, _organisations(directory)),
        ("directory", "organisation-roles", ROLE, _roles(directory)),
        ("directory", "hierarchies", HIERARCHY, _hierarchies(directory)),
        ("jet", "participants", PARTICIPANT, _participants(rng, known)),
        ("jet", "placements", PLACEMENT, _placements(known)),
        ("jet", "appointments", APPOINTMENT, _appointments(rng, directory, known)),
        ("jet", "early-terminations", EARLY_TERMINATION, _endings(known)),
    ]
    _write_story(folder / "story.json", directory, known)
    return [
        Batch(service, kind, path, _write(path, header, rows))
        for number, (service, kind, header, rows) in enumerate(files, start=1)
        for path in [folder / f"{number:02}-{kind}.csv"]
    ]


def _write(path: Path, header: tuple[str, ...], rows: Iterable[Row]) -> int:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header)
        count = 0
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _number(rng: Random, people: list[Person]) -> list[Known]:
    """JET numbers: 20, the entry year's last two digits, and a serial number with gaps."""
    serials = sorted(rng.sample(range(1, 40_000), len(people)))
    rng.shuffle(people)
    people.sort(key=lambda person: person.entry)
    return [
        Known(f"{person.entry}{serial:07}", person, record(rng, person))
        for person, serial in zip(people, serials, strict=True)
    ]


def _organisations(directory: Directory) -> Iterable[Row]:
    for o in directory.organisations.values():
        opened = o.valid_from or OPENED_ON
        yield o.code, o.name, o.name_kana, o.name_en, o.kind, o.corporate_number, opened, o.valid_to


def _roles(directory: Directory) -> Iterable[Row]:
    for code, organisation in directory.organisations.items():
        if organisation.kind in {"prefecture", "designated_city"}:
            yield code, "host_authority", OPENED_ON, "", KNOWN_FROM
    for codes, first, last in (
        (directory.steady, OPENED_ON, ""),
        (directory.leaving, OPENED_ON, LEFT_ON),
        (directory.joining, JOINED_ON, ""),
    ):
        for code in codes:
            yield code, "contracting_organisation", first, last, KNOWN_FROM


def _hierarchies(directory: Directory) -> Iterable[Row]:
    for o in directory.organisations.values():
        yield o.code, o.host_code, o.valid_from or OPENED_ON, o.valid_to, KNOWN_FROM


def _participants(rng: Random, known: list[Known]) -> Iterable[Row]:
    for k in known:
        name, p = invent_name(rng, k.person.nationality), k.person
        born = day_between(rng, date(p.entry - 38, 4, 2), date(p.entry - 22, 4, 1))
        yield (
            *(k.jet_number, name.family, name.given, name.middle, name.kana),
            *(p.nationality, born, f"jet{k.jet_number}@people.example", p.job, p.entry, p.group),
            k.record.known_from,
        )


def _placements(known: list[Known]) -> Iterable[Row]:
    for k in known:
        for placing in k.record.placings:
            yield k.jet_number, *placing


def _appointments(rng: Random, directory: Directory, known: list[Known]) -> Iterable[Row]:
    workplaces = Workplaces(rng, directory)
    for k in known:
        seen: dict[str, Surroundings] = {}
        for term in k.record.terms:
            if term.organisation not in seen:
                seen[term.organisation] = workplaces.invent(term.organisation, k.person.job)
            workplace, supervisor, housing = seen[term.organisation]
            if term.organisation == STORY_CITY and term.year == 2024:  # left for the clerk of the story
                supervisor, housing = Supervisor(), Housing()
            yield (
                *(k.jet_number, term.organisation, term.year, k.person.job, term.span.first, term.span.last),
                *(*workplace, *supervisor, *housing),
                term.known_from,
            )


def _endings(known: list[Known]) -> Iterable[Row]:
    for k in known:
        if k.record.ending:
            yield k.jet_number, *k.record.ending


def _write_story(path: Path, directory: Directory, known: list[Known]) -> None:
    """Who plays in the demo's story: a clerk's city, its neighbour, somebody who resigns elsewhere, the newcomers of the
    city's prefecture, and a host authority with its members."""
    here = [k.jet_number for k in known if k.person.organisation == STORY_CITY and k.person.last == 2024]
    resigning = next(
        k
        for k in known
        if k.person.fate == "serves"
        and (k.person.first, k.person.last, k.person.nationality) == (2023, 2024, COMMON)
        and k.person.group in {"a", "b"}
        and not k.person.moves_to
        and 5 <= directory.sizes[2024][k.person.organisation] <= 40
        and k.person.organisation != STORY_CITY
    )
    story = {
        "organisation_code": STORY_CITY,
        "jet_numbers": here,
        "neighbour_code": directory.neighbour,
        "resignation": {
            "jet_number": resigning.jet_number,
            "organisation_code": resigning.person.organisation,
            "effective_on": RESIGNS_ON.isoformat(),
        },
        "orientation": {
            "organisation_code": directory.host_of(STORY_CITY),
            "jet_numbers": _arriving(known, directory.host_of(STORY_CITY)),
            "too_few": TOO_FEW,
        },
        "survey": {"host_code": SURVEY_HOST, "members": directory.members_of(SURVEY_HOST)},
    }
    path.write_text(json.dumps(story, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _arriving(known: list[Known], code: str) -> list[str]:
    """Newcomers of an organisation who come in July of 2024."""
    return sorted(
        k.jet_number
        for k in known
        if (k.person.organisation, k.person.first, k.person.group) == (code, 2024, "a")
        and k.person.fate in {"serves", "known_in_july"}
    )
