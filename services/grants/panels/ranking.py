"""The rank of each application of a round, from the sealed scores that count: a pure function, exact in fractions.

A review's points are the mean of its scores, each as a part of its criterion's maximum, weighted; of a hundred. An
application's are the mean of its reviews'. Where two are alike, the higher median goes first, then the earlier arrival.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from statistics import median
from typing import NamedTuple
from uuid import UUID

from services.grants.panels.rubric import Rubric


class Scored(NamedTuple):
    """`scores`: by reviewer, each by the criterion's code."""

    application: UUID
    arrived_at: datetime
    scores: Mapping[UUID, Mapping[str, int]]


class Ranked(NamedTuple):
    application: UUID
    mean: Fraction
    median: Fraction


def points(rubric: Rubric, scores: Mapping[str, int]) -> Fraction:
    weights = sum(one.weight for one in rubric.criteria)
    parts = (one.weight * Fraction(scores[one.code], one.maximum) for one in rubric.criteria)
    return 100 * sum(parts, Fraction()) / weights


def ranking(rubric: Rubric, entries: Sequence[Scored]) -> list[Ranked]:
    """The first has rank 1. Whoever has no score that counts is none of the entries."""
    given = {
        (one.application, reviewer): points(rubric, scores)
        for one in entries
        for reviewer, scores in one.scores.items()
    }
    if rubric.normalised:
        given = normalised(given)
    arrived = {one.application: one.arrived_at for one in entries}
    found = []
    for one in entries:
        of = [given[one.application, reviewer] for reviewer in one.scores]
        found.append(Ranked(one.application, _mean(of), Fraction(median(of))))
    return sorted(found, key=lambda one: (-one.mean, -one.median, arrived[one.application], one.application))


def normalised(given: Mapping[tuple[UUID, UUID], Fraction]) -> dict[tuple[UUID, UUID], Fraction]:
    """Each reviewer's points moved so that their mean is that of all: who is strict to everybody is strict to nobody."""
    of: dict[UUID, list[Fraction]] = defaultdict(list)
    for (_, reviewer), value in given.items():
        of[reviewer].append(value)
    overall = _mean(given.values())
    means = {reviewer: _mean(values) for reviewer, values in of.items()}
    return {key: value - means[key[1]] + overall for key, value in given.items()}


def _mean(values: Iterable[Fraction]) -> Fraction:
    held = [*values]
    return sum(held, Fraction()) / len(held) if held else Fraction()
