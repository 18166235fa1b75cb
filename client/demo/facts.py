"""What the programme recorded of a planned person: appointments, placements, an early end, and when it knew.

A termination effective before an appointment's first day cancels it; effective within, it shortens it.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from random import Random
from typing import NamedTuple

from client.demo.calendar import (
    DAY,
    Span,
    ad_hoc_term,
    april_terms,
    day_between,
    group_term,
    instant_between,
    instant_on,
    settled_term,
)
from client.demo.cohorts import Person

REASONS = {"resignation": 12, "family": 4, "medical": 3, "dismissal": 1, "other": 2}
NEVER_RENEWED = 0.12  # share of April arrivals who go home on 31 March


@dataclass(frozen=True, slots=True)
class Term:
    organisation: str
    year: int
    span: Span
    known_from: str


class Placing(NamedTuple):
    organisation: str
    year: int
    decided_on: date
    known_from: str


class Ending(NamedTuple):
    effective_on: date
    initiated_by: str
    reason: str
    known_from: str


@dataclass(frozen=True, slots=True)
class Record:
    known_from: str
    placings: tuple[Placing, ...]
    terms: tuple[Term, ...]
    ending: Ending | None


def record(rng: Random, person: Person) -> Record:
    terms = [term for year in range(person.first, person.last + 1) for term in _terms(rng, person, year)]
    ending = _ending(rng, person, terms)
    if ending:
        terms = [term for term in terms if not _never_renewed(term, ending)]
    registered, placing = _entry(rng, person, terms[0])
    placings = (placing, *_transfer_placings(rng, terms))
    return Record(registered, placings, tuple(terms), ending)


def _terms(rng: Random, person: Person, year: int) -> list[Term]:
    organisation = person.organisation_in(year)
    if person.entry < year:
        latest = date(year, 4, 30) if person.fate == "withdraws" else date(year, 6, 14)
        known = instant_between(rng, date(year, 2, 15), latest)
        return _split(rng, person, Term(organisation, year, settled_term(person.group, year), known))
    if person.group == "april":
        return _april(rng, person, organisation, year)
    span = ad_hoc_term(rng, year) if person.group == "ad_hoc" else group_term(person.group, year)
    known = instant_between(rng, *_first_known(person, span, year))
    return _split(rng, person, Term(organisation, year, span, known))


def _first_known(person: Person, span: Span, year: int) -> tuple[date, date]:
    if person.fate == "arrives_late":
        return span.first - 40 * DAY, span.first - 7 * DAY
    if person.fate == "known_in_july":
        return date(year, 7, 2), date(year, 7, 5)
    return date(year, 5, 13), date(year, 6, 5) if person.fate == "withdraws" else date(year, 6, 28)


def _april(rng: Random, person: Person, organisation: str, year: int) -> list[Term]:
    first, renewal = april_terms(year)
    known = instant_between(rng, date(year, 2, 20), date(year, 3, 25))
    terms = [Term(organisation, year, first, known)]
    stays = person.last > year or rng.random() >= NEVER_RENEWED
    if year == 2023 and stays:  # the renewal of 2024's arrivals is not known before 2025
        known = instant_between(rng, date(year + 1, 2, 5), date(year + 1, 3, 15))
        terms.append(Term(organisation, year, renewal, known))
    return terms


def _split(rng: Random, person: Person, term: Term) -> list[Term]:
    """A transfer: two abutting appointments of one programme year."""
    if person.moves_in != term.year:
        return [term]
    cut = rng.choice((date(2023, 12, 1), date(2024, 4, 1)))
    decided = cut - 50 * DAY, cut - 30 * DAY
    if term.year == 2024:
        cut, decided = date(2025, 1, 1), (date(2024, 6, 17), date(2024, 6, 28))
    return [
        Term(term.organisation, term.year, Span(term.span.first, cut - DAY), term.known_from),
        Term(person.moves_to, term.year, Span(cut, term.span.last), instant_between(rng, *decided)),
    ]


def _never_renewed(term: Term, ending: Ending) -> bool:
    """Nobody renews an appointment once the end is known."""
    return term.known_from > ending.known_from


def _ending(rng: Random, person: Person, terms: list[Term]) -> Ending | None:
    year = person.last
    if person.fate == "leaves_early":
        span = terms[0].span
        first, last = (
            max(span.first + 20 * DAY, date(2023, 9, 15)),
            min(span.last - 10 * DAY, date(2024, 6, 25)),
        )
        effective = day_between(rng, first, last)
        known = min(day_between(rng, effective - 30 * DAY, effective + 12 * DAY), date(2024, 6, 30))
        known = max(known, span.first)
    elif person.fate == "withdraws":
        known = day_between(rng, date(year, 6, 10), date(year, 6, 28))
        effective = day_between(rng, known, date(year, 7, 20))
    elif person.fate == "withdraws_in_july":
        known = day_between(rng, date(year, 7, 2), date(year, 7, 5))
        effective = day_between(rng, known, date(year, 7, 20))
    else:
        return None
    reason = rng.choices(tuple(REASONS), weights=tuple(REASONS.values()))[0]
    initiated_by = "organisation" if reason == "dismissal" else "participant"
    return Ending(effective, initiated_by, reason, instant_on(rng, known))


def _entry(rng: Random, person: Person, first: Term) -> tuple[str, Placing]:
    """Registered on the embassy's list, then placed, both before the first appointment is known."""
    year = person.entry
    registered, decided = (date(year, 3, 15), date(year, 4, 12)), (date(year, 4, 22), date(year, 5, 10))
    if person.group == "april":
        registered, decided = (date(year, 1, 8), date(year, 1, 19)), (date(year, 1, 24), date(year, 2, 12))
    elif person.fate == "known_in_july":
        registered, decided = (date(year, 6, 3), date(year, 6, 7)), (date(year, 6, 19), date(year, 6, 28))
    elif person.fate == "arrives_late":
        start = first.span.first
        registered, decided = (start - 75 * DAY, start - 65 * DAY), (start - 55 * DAY, start - 45 * DAY)
    day = day_between(rng, *decided)
    known = instant_on(rng, day + rng.randint(0, 2) * DAY)
    return instant_between(rng, *registered), Placing(person.organisation, year, day, known)


def _transfer_placings(rng: Random, terms: list[Term]) -> list[Placing]:
    return [
        Placing(after.organisation, after.year, day, instant_on(rng, day))
        for before, after in pairwise(terms)
        if before.organisation != after.organisation
        for day in [date.fromisoformat(after.known_from[:10]) - 7 * DAY]
    ]
