"""What an adversary does with tables that are published: everything but to ask us. They know the rules, the totals and how
tables hang together; what is theirs to find out are the cells that are withheld."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import ceil, floor
from random import Random
from typing import Any

import highspy

from services.jet.care.releases.domain import Equation, Key, Rules, rounded

Shown = Mapping[Key, int | None]
Range = tuple[int, int]


def ranges(shown: Shown, rules: Rules, top: int) -> dict[Key, Range]:
    """By counting through what would be shown of each number."""
    found = {}
    for key, value in shown.items():
        could = [
            true
            for true in range(rules.threshold, top + rules.rounding + 1)
            if value is not None and rounded(true, rules.rounding) == value
        ]
        found[key] = (0, top) if value is None else (could[0], could[-1])
    return found


def linear(
    shown: Shown, equations: Sequence[Equation], rules: Rules, within: Sequence[tuple[Key, Key]] = ()
) -> dict[Key, Range]:
    """Least and greatest value of every cell, by linear programming over all cells together. `within`: of which two cells
    the first cannot be more than the second."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)  # HiGHS keeps to the number that a thread began with
    solver.setOptionValue("presolve", "off")  # each question but the first starts from the last answer
    top = max((abs(one.total) for one in equations), default=0)
    limits = ranges(shown, rules, top)
    place = {key: number for number, key in enumerate(shown)}
    for key in shown:
        solver.addVar(*limits[key])
    for one in equations:
        columns = [place[key] for key in one.terms]
        solver.addRow(
            one.total, one.total, len(columns), columns, [float(sign) for sign in one.terms.values()]
        )
    for less, more in within:
        solver.addRow(0.0, highspy.kHighsInf, 2, [place[more], place[less]], [1.0, -1.0])
    found = {}
    for key, column in place.items():
        ends = []
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            solver.changeObjectiveSense(sense)
            solver.changeColCost(column, 1.0)
            solver.run()
            assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            ends.append(solver.getInfo().objective_function_value)
        solver.changeColCost(column, 0.0)
        found[key] = ceil(ends[0] - 1e-6), floor(ends[1] + 1e-6)
    return found


def from_totals(shown: Shown, equations: Sequence[Equation], rules: Rules) -> dict[Key, Range]:
    """What the totals alone tell, with no table published at all."""
    return linear(dict.fromkeys(shown), equations, rules)


def tables(keys: Sequence[Key], limits: Mapping[Key, Range], total: int) -> Iterator[dict[Key, int]]:
    """Every whole table of one row that is possible."""
    for values in product(
        *(range(low, min(high, total) + 1) for low, high in (limits[key] for key in keys[:-1]))
    ):
        last = total - sum(values)
        low, high = limits[keys[-1]]
        if low <= last <= high:
            yield dict(zip(keys, (*values, last), strict=True))


def rows(total: int, length: int) -> Iterator[tuple[int, ...]]:
    """Every row of whole numbers that has this sum."""
    if length == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *rest) for rest in rows(total - first, length - 1))


class Drawn(Random):
    """A lot that falls as it is told."""

    def __init__(self, order: Iterable[int]) -> None:
        super().__init__(0)
        self._order = tuple(order)

    def shuffle(self, x: Any) -> None:
        x[:] = [x[number] for number in self._order]
