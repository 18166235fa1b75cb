"""What was known when, in plain Python: the model that the bitemporal tables are held against."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Part:
    """A workplace inside an appointment."""

    starts_on: date
    ends_on: date
    name: str


@dataclass(frozen=True)
class Term:
    """One appointment as it is known."""

    person: str
    organisation: str
    year: int
    job: str
    starts_on: date
    ends_on: date
    parts: tuple[Part, ...]

    def meets(self, starts_on: date, ends_on: date) -> bool:
        return self.starts_on <= ends_on and starts_on <= self.ends_on

    def place(self, day: date) -> Part:
        return next(part for part in self.parts if part.starts_on <= day <= part.ends_on)

    def shown(self, today: date) -> Part:
        """The workplace of today, or at the nearer end."""
        return self.place(min(max(today, self.starts_on), self.ends_on))

    def within(self, starts_on: date, ends_on: date) -> "Term":
        """With another first and last day: its workplaces follow."""
        kept = [part for part in self.parts if part.starts_on <= ends_on and starts_on <= part.ends_on]
        if not kept:
            kept = [Part(starts_on, ends_on, "")]
        kept[0] = replace(kept[0], starts_on=starts_on)
        kept[-1] = replace(kept[-1], ends_on=ends_on)
        return replace(self, starts_on=starts_on, ends_on=ends_on, parts=tuple(kept))

    def named(self, today: date, name: str) -> "Term":
        spoken = self.shown(today)
        return replace(
            self, parts=tuple(replace(part, name=name) if part == spoken else part for part in self.parts)
        )

    def moved(self, day: date, name: str) -> "Term":
        """From `day` on at another workplace, until the next change."""
        old = self.place(day)
        new = (replace(old, ends_on=day - timedelta(days=1)), Part(day, old.ends_on, name))
        at = self.parts.index(old)
        return replace(self, parts=(*self.parts[:at], *new, *self.parts[at + 1 :]))


Entry = tuple[str, int, str, str, date, date, str]


@dataclass
class History:
    """Each appointment with all that was ever known of it: (known from, as it was; None once cancelled)."""

    facts: dict[str, list[tuple[datetime, Term | None]]] = field(default_factory=dict)

    def learn(self, identity: str, known_from: datetime, term: Term | None) -> None:
        self.facts.setdefault(identity, []).append((known_from, term))

    def known(self, at: datetime) -> list[Term]:
        seen = ([term for since, term in versions if since <= at][-1:] for versions in self.facts.values())
        return [term for last in seen for term in last if term is not None]

    def current(self) -> dict[str, Term]:
        last = {identity: versions[-1][1] for identity, versions in self.facts.items()}
        return {identity: term for identity, term in last.items() if term is not None}

    def roster(self, at: datetime, as_of: date | None) -> set[Entry]:
        held = [term for term in self.known(at) if as_of is None or term.meets(as_of, as_of)]
        return {_entry(term, as_of) for term in _firsts(held)}


def _firsts(terms: Iterable[Term]) -> Iterable[Term]:
    """One row per person and programme year: where the first begins."""
    first: dict[tuple[str, int], Term] = {}
    for term in sorted(terms, key=lambda one: one.starts_on):
        first.setdefault((term.person, term.year), term)
    return first.values()


def _entry(term: Term, as_of: date | None) -> Entry:
    place = term.place(as_of or term.starts_on).name
    return term.person, term.year, term.organisation, term.job, term.starts_on, term.ends_on, place
