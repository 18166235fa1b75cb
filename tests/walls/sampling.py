"""What the suite asks of a cross product: one case of each kind. `make long` asks everything."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from typing import TypeVar

import pytest

from tests.walls.world import Actor, kind

T = TypeVar("T")
SAMPLED = pytest.mark.parametrize(
    "whole", [pytest.param(False, id="sampled"), pytest.param(True, id="whole", marks=pytest.mark.long)]
)


def one_of_each(cases: Iterable[T], kind: Callable[[T], object], turn: int) -> list[T]:
    """`turn` tells which one, so that the same rule elsewhere meets another."""
    same: dict[object, list[T]] = defaultdict(list)
    for case in cases:
        same[kind(case)].append(case)
    return [found[turn % len(found)] for found in same.values()]


def callers(
    actors: Sequence[Actor], roles: Container[str], turn: int, sort: Callable[[Actor], object] = kind
) -> list[Actor]:
    """Of those whom a row names one of each sort; and half the roles that it does not name, the others in the next turn."""
    named = one_of_each((one for one in actors if one.role in roles), sort, turn)
    others = one_of_each((one for one in actors if one.role not in roles), lambda one: one.role, turn)
    return [*named, *others[turn % 2 :: 2]]
