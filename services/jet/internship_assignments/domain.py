"""Rules of the assignment of interns to hosts (インターンシップの配属): what is hard, what is better, what a lot decides.

Hard: a host's places and its conditions (year of participation, Japanese level, languages); nobody is sent where they
did not ask to go; who is assigned already stays. Better, in this order: more people assigned, more first choices,
more second choices. Of results that are equally good the lot decides: in the order of the lottery's numbers each gets
the best that those before leave. So one input and one seed have one result, whoever computes it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

from services.jet.terms import LEVELS
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

MOST_WISHES = 3

RUN = Machine(
    "internship_assignment_run",
    "made",
    (
        Transition(
            "publish", ("made",), "published",
            Text("この割当はすでに公開されています。", "This run has been published already."),
        ),
        Transition(
            "supersede", ("published",), "superseded",
            Text("公開中の割当だけが置き換えられます。", "Only the published run is superseded."),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Host:
    """A place to work at; `places`: how many interns it takes in all."""

    id: UUID
    name: Text
    places: int
    min_year: int = 1
    japanese_level: str = "none"
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Applicant:
    """`id`: of the application. `wishes`: hosts, the first choice first. `year`: of participation on the first day of
    the programme, None for somebody who will have left."""

    id: UUID
    wishes: tuple[UUID, ...]
    year: int | None = 1
    japanese_level: str = "none"
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """What a run decides on. `kept`: applications whose assignment stands, with their hosts."""

    hosts: tuple[Host, ...]
    applicants: tuple[Applicant, ...]
    kept: tuple[tuple[UUID, UUID], ...] = ()

    def free(self) -> dict[UUID, int]:
        """Places that nobody keeps."""
        taken = Counter(host for _, host in self.kept)
        return {one.id: one.places - taken[one.id] for one in self.hosts}

    def digest(self) -> bytes:
        """SHA-256 over the case as canonical JSON: names in order, records by their ids, no blanks, UTF-8."""
        said = {
            "applicants": [_plain(one) for one in sorted(self.applicants, key=lambda one: one.id)],
            "hosts": [_plain(one) for one in sorted(self.hosts, key=lambda one: one.id)],
            "kept": sorted([str(application), str(host)] for application, host in self.kept),
        }
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).digest()


def _plain(one: Host | Applicant) -> dict[str, object]:
    shown: dict[str, object] = {"id": str(one.id), "japanese_level": one.japanese_level}
    shown["languages"] = sorted(one.languages)
    if isinstance(one, Host):
        return shown | {"places": one.places, "min_year": one.min_year}
    return shown | {"year": one.year, "wishes": [str(wish) for wish in one.wishes]}


class Unmet(NamedTuple):
    """A condition that somebody does not meet: what is needed, and what they have."""

    condition: Literal["left", "year", "japanese_level", "languages"]
    needed: str = ""
    has: str = ""


def unmet(host: Host, applicant: Applicant) -> Iterator[Unmet]:
    if applicant.year is None:
        yield Unmet("left")
    elif applicant.year < host.min_year:
        yield Unmet("year", str(host.min_year), str(applicant.year))
    if LEVELS.index(applicant.japanese_level) < LEVELS.index(host.japanese_level):
        yield Unmet("japanese_level", host.japanese_level, applicant.japanese_level)
    missing = sorted(set(host.languages) - set(applicant.languages))
    if missing:
        yield Unmet("languages", ", ".join(missing), ", ".join(sorted(applicant.languages)))


def lottery(seed: str, applications: Iterable[UUID]) -> dict[UUID, int]:
    """application → its number, from 1: in the order of SHA-256 over `seed/application`. Anybody can draw it again."""
    drawn = sorted(applications, key=lambda one: hashlib.sha256(f"{seed}/{one}".encode()).digest())
    return {application: number for number, application in enumerate(drawn, 1)}


class Score(NamedTuple):
    """How good a result is: compared from left to right. Third choices follow from the three."""

    assigned: int
    first: int
    second: int

    @property
    def third(self) -> int:
        return self.assigned - self.first - self.second


def weights(applicants: int) -> tuple[int, int, int]:
    """Of a first, second and third choice met: their sum over everybody orders results as their scores do, since
    everybody's first choice together is worth less than one more person assigned."""
    base = applicants + 1
    return base * base + base, base * base + 1, base * base


def score_of(total: int, applicants: int) -> Score:
    """The score that a sum of weights stands for."""
    base = applicants + 1
    assigned, rest = divmod(total, base * base)
    return Score(assigned, *divmod(rest, base))


Outcome = Literal["met", "condition", "full", "lottery", "not_needed"]


@dataclass(frozen=True)
class Wish:
    """What became of one preference. `instead`: how good the whole would be if this one were granted."""

    host: UUID
    outcome: Outcome
    unmet: tuple[Unmet, ...] = ()
    instead: Score | None = None


@dataclass(frozen=True)
class Placed:
    """What a run decided about one applicant; `rank`: which preference was met, from 1."""

    application: UUID
    number: int
    host: UUID | None
    rank: int | None
    wishes: tuple[Wish, ...]


@dataclass(frozen=True)
class Proof:
    """That nothing better is possible: a price of each applicant and each place, so that no open preference is worth
    more than both together, and that together come to `bound`."""

    applicants: Mapping[UUID, int]
    places: Mapping[UUID, int]
    bound: int


@dataclass(frozen=True)
class Assignment:
    """The result of a run."""

    placed: tuple[Placed, ...]
    score: Score
    objective: int
    proof: Proof


class Unsound(Exception):
    """A result that breaks a rule: a fault of the solver, never of the caller."""


def verify(case: Case, found: Assignment) -> None:
    """Everything hard, and the proof, asked anew of the case alone; nothing of the solver takes part."""
    hosts = {one.id: one for one in case.hosts}
    applicants = {one.id: one for one in case.applicants}
    worth = weights(len(applicants))
    _hold(sorted(one.application for one in found.placed) == sorted(applicants), "everybody has one row")
    taken = Counter(host for _, host in case.kept)
    total, ranks = 0, []
    for one in found.placed:
        if one.host is None:
            _hold(one.rank is None, "nobody without a place has a rank")
            continue
        applicant = applicants[one.application]
        _hold(one.host in applicant.wishes, "nobody goes where they did not ask to go")
        rank = applicant.wishes.index(one.host)
        _hold(one.rank == rank + 1, "the rank is that of the wish")
        _hold(not any(unmet(hosts[one.host], applicant)), "conditions are met")
        taken[one.host] += 1
        total += worth[rank]
        ranks.append(rank)
    _hold(all(taken[one.id] <= one.places for one in case.hosts), "no host has more interns than places")
    _hold(found.objective == total, "the objective is the sum of what was met")
    score = Score(len(ranks), ranks.count(0), ranks.count(1))
    _hold(found.score == score == score_of(total, len(applicants)), "the score is that of the rows")
    _verify_proof(case, found, hosts, worth)


def _verify_proof(case: Case, found: Assignment, hosts: Mapping[UUID, Host], worth: Sequence[int]) -> None:
    proof, free = found.proof, case.free()
    _hold(min([0, *proof.applicants.values(), *proof.places.values()]) == 0, "no price is below nothing")
    for applicant in case.applicants:
        for rank, wish in enumerate(applicant.wishes):
            if not any(unmet(hosts[wish], applicant)):
                price = proof.applicants[applicant.id] + proof.places[wish]
                _hold(price >= worth[rank], "no open preference is worth more than its price")
    bound = sum(proof.applicants.values()) + sum(free[host] * price for host, price in proof.places.items())
    _hold(bound == proof.bound == found.objective, "the bound is reached")


def _hold(true: bool, rule: str) -> None:
    if not true:
        raise Unsound(rule)
