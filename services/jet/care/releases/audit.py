"""What can be recovered of cells that are withheld, exactly: over all cells of a release and its exact totals together.

The attacker knows every rule: the threshold, the rounding, the totals, the links between tables. They ask for the least
and the greatest whole value of each cell, which is an integer programme; its linear relaxation only leaves more open.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import highspy

from services.jet.care.releases.domain import Equation, Key, Rules, Sheet, rounded, told
from services.kit.solving import Silent, Unsolved

Range = tuple[int, int]


class Programme:
    """The cells of some equations, each within its range."""

    def __init__(self, equations: Collection[Equation], ranges: Mapping[Key, Range]) -> None:
        self._keys = list(dict.fromkeys(key for one in equations for key in one.terms))
        place = {key: number for number, key in enumerate(self._keys)}
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self._keys), len(equations)
        model.col_cost_ = [0.0] * len(self._keys)
        model.col_lower_ = [float(ranges[key][0]) for key in self._keys]
        model.col_upper_ = [float(ranges[key][1]) for key in self._keys]
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(self._keys)
        model.row_lower_ = model.row_upper_ = [float(one.total) for one in equations]
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        starts = [0]
        for one in equations:
            starts.append(starts[-1] + len(one.terms))
        model.a_matrix_.start_ = starts
        model.a_matrix_.index_ = [place[key] for one in equations for key in one.terms]
        model.a_matrix_.value_ = [float(sign) for one in equations for sign in one.terms.values()]
        self._solver, self._place = Silent(), place
        self._solver.passModel(model)

    def range(self, key: Key) -> Range:
        """The least and the greatest whole value that the cell can have."""
        column, found = self._place[key], []
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            self._solver.changeObjectiveSense(sense)
            self._solver.changeColCost(column, 1.0)
            self._solver.run()
            if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                raise Unsolved
            found.append(round(self._solver.getInfo().objective_function_value))
        self._solver.changeColCost(column, 0.0)
        return found[0], found[1]


def parts(sheet: Sheet) -> Iterator[tuple[Equation, ...]]:
    """The equations that share cells, directly or through others: what one tells, others may."""
    left = list(sheet.equations)
    while left:
        found = [left.pop()]
        cells = set(found[0].terms)
        while more := [one for one in left if not cells.isdisjoint(one.terms)]:
            left = [one for one in left if cells.isdisjoint(one.terms)]
            found += more
            cells.update(key for one in more for key in one.terms)
        yield tuple(found)


def most(equations: Collection[Equation]) -> dict[Key, int]:
    """No cell is more than a total that it is part of."""
    found: dict[Key, int] = {}
    for one in equations:
        if min(one.terms.values()) > 0:
            for key in one.terms:
                found[key] = min(found.get(key, one.total), one.total)
    return found


class Weak(NamedTuple):
    """A cell that can be recovered, or nearly; between which values it lies."""

    key: Key
    between: Range


class Audit:
    """Of one part of a release: its equations and cells.

    Two attackers ask: one who knows what is published, and one who knows besides in which cells there is nothing at all.
    What the exact totals tell them without any table is told anyhow: less than that is not asked of the tables.
    """

    def __init__(self, sheet: Sheet, equations: tuple[Equation, ...], rules: Rules) -> None:
        self._equations, self._rules, self._most = equations, rules, most(equations)
        self.cells = {key: sheet.cells[key] for key in self._most}
        nothing = {key for key, value in self.cells.items() if value == 0}
        everything = frozenset(self.cells)
        self._scenes = [
            (known, self._ranges(everything, known)) for known in (frozenset[Key](), frozenset(nothing))
        ]

    def _ranges(self, withheld: Collection[Key], known: Collection[Key]) -> dict[Key, Range]:
        """Of each withheld cell that is not known to be nothing."""
        open_to = {
            key: (0, 0) if key in known
            else (0, self._most[key]) if key in withheld
            else told(rounded(value, self._rules.rounding), self._rules)
            for key, value in self.cells.items()
        }  # fmt: skip
        programme, alike, found = Programme(self._equations, open_to), {}, {}
        for key in self.cells:
            if key in withheld and key not in known:
                # cells of the same range with the same signs in the same equations can be exchanged
                signs = tuple(one.terms.get(key, 0) for one in self._equations)
                sort = open_to[key], signs
                if sort not in alike:
                    alike[sort] = programme.range(key)
                found[key] = alike[sort]
        return found

    def weak(self, withheld: Collection[Key]) -> Weak | None:
        """A withheld cell of which the tables tell too much: less than `protection` stays open, or of one below the
        threshold it is told that there is something at all."""
        for known, alone in self._scenes:
            for key, (least, greatest) in self._ranges(withheld, known).items():
                below, above = alone[key]
                narrow = greatest - least < min(self._rules.protection, above - below)
                if narrow or (self.cells[key] < self._rules.threshold and least > below):
                    return Weak(key, (least, greatest))
        return None
