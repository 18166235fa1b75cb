"""The assignment as a linear programme, solved by HiGHS.

A variable for each open preference, a row for each applicant (at most one) and each host (at most its free places).
Every corner of this polytope is whole, so that whole costs need no search: the optimum comes with prices that prove it.
Among optima the lot decides by the same solver: what the prices leave open is narrowed, one number after the other.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

import highspy

from services.jet.internship_assignments.domain import (
    Applicant,
    Assignment,
    Case,
    Outcome,
    Placed,
    Proof,
    Score,
    Wish,
    lottery,
    score_of,
    unmet,
    weights,
)
from services.kit.solving import Silent, Unsolved


class Arc(NamedTuple):
    """An open preference: places in the lists of applicants and hosts, and its rank from 0."""

    applicant: int
    host: int
    rank: int


class Programme:
    """The linear programme of a case, kept between questions: each but the first starts from the last answer."""

    def __init__(self, arcs: Sequence[Arc], applicants: int, free: Sequence[int]) -> None:
        self.arcs, self.applicants, self.free = arcs, applicants, free
        worth = weights(applicants)
        self.worth = [worth[arc.rank] for arc in arcs]
        self._solver = Silent(solver="simplex", presolve="off")
        self._solver.passModel(self._model())

    def _model(self) -> highspy.HighsLp:
        columns, rows = len(self.arcs), self.applicants + len(self.free)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = columns, rows
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_cost_ = [float(one) for one in self.worth]
        # no bound of their own above: all of a price stands in the rows
        model.col_lower_, model.col_upper_ = [0.0] * columns, [highspy.kHighsInf] * columns
        model.row_lower_ = [-highspy.kHighsInf] * rows
        model.row_upper_ = [1.0] * self.applicants + [float(one) for one in self.free]
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = list(range(0, 2 * columns + 1, 2))
        model.a_matrix_.index_ = [
            row for arc in self.arcs for row in (arc.applicant, self.applicants + arc.host)
        ]
        model.a_matrix_.value_ = [1.0] * (2 * columns)
        return model

    def _run(self) -> highspy.HighsSolution:
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise Unsolved
        return self._solver.getSolution()

    def optimum(self) -> tuple[int, list[int], list[int]]:
        """The best sum of weights, and the prices of applicants and of hosts' places."""
        solution = self._run()
        prices = [round(one) for one in solution.row_dual]
        best = sum(worth for worth, value in zip(self.worth, solution.col_value, strict=True) if value > 0.5)
        return best, prices[: self.applicants], prices[self.applicants :]

    def forced(self, column: int) -> int:
        """The best sum of weights with this preference granted."""
        self._solver.changeColBounds(column, 1.0, 1.0)
        solution = self._run()
        self._solver.changeColBounds(column, 0.0, highspy.kHighsInf)
        return sum(worth for worth, value in zip(self.worth, solution.col_value, strict=True) if value > 0.5)

    def drawn(self, order: Sequence[int], prices: Sequence[int], of_places: Sequence[int]) -> dict[int, int]:
        """applicant → the arc that they get: of the optima the one that the lot prefers. The optima are what uses
        no arc below its price, and leaves nobody and no place out that has one."""
        mine: dict[int, list[int]] = {}
        for column, arc in enumerate(self.arcs):
            tight = prices[arc.applicant] + of_places[arc.host] == self.worth[column]
            self._solver.changeColCost(column, 0.0)
            self._solver.changeColBounds(column, 0.0, highspy.kHighsInf if tight else 0.0)
            if tight:
                mine.setdefault(arc.applicant, []).append(column)
        for row, price in enumerate((*prices, *of_places)):
            full = 1.0 if row < self.applicants else float(self.free[row - self.applicants])
            self._solver.changeRowBounds(row, full if price else 0.0, full)
        got: dict[int, int] = {}
        for applicant in order:
            best = self._best(mine.get(applicant, []))
            if best is not None:
                got[applicant] = best
        return got

    def _best(self, columns: Sequence[int]) -> int | None:
        """The best of one applicant's arcs that still fits; from then on it is fixed."""
        if not columns:
            return None
        for column in columns:
            self._solver.changeColCost(column, float(3 - self.arcs[column].rank))
        value = self._run().col_value
        found = next((column for column in columns if value[column] > 0.5), None)
        for column in columns:
            fixed = float(column == found)
            self._solver.changeColCost(column, 0.0)
            self._solver.changeColBounds(column, fixed, fixed)
        return found


def assign(case: Case, seed: str) -> Assignment:
    """The one result of a case and a seed."""
    hosts = sorted(case.hosts, key=lambda one: one.id)
    applicants = sorted(case.applicants, key=lambda one: one.id)
    place = {host.id: number for number, host in enumerate(hosts)}
    arcs = [
        Arc(number, place[wish], rank)
        for number, applicant in enumerate(applicants)
        for rank, wish in enumerate(applicant.wishes)
        if not any(unmet(hosts[place[wish]], applicant))
    ]
    numbers = lottery(seed, (one.id for one in applicants))
    if not arcs:
        nothing = Proof({one.id: 0 for one in applicants}, {one.id: 0 for one in hosts}, 0)
        rows = tuple(_placed(one, numbers, None, iter(_refused(case, one))) for one in applicants)
        return Assignment(rows, Score(0, 0, 0), 0, nothing)
    free = case.free()
    programme = Programme(arcs, len(applicants), [free[host.id] for host in hosts])
    best, prices, of_places = programme.optimum()
    order = sorted(range(len(applicants)), key=lambda one: numbers[applicants[one].id])
    asked = Programme(arcs, len(applicants), programme.free)
    got = programme.drawn(order, prices, of_places)
    rows = tuple(
        _placed(
            applicant, numbers, arcs[got[number]] if number in got else None,
            _wishes(case, applicant, number, asked, got.get(number), best),
        )
        for number, applicant in enumerate(applicants)
    )  # fmt: skip
    proof = Proof(
        {one.id: price for one, price in zip(applicants, prices, strict=True)},
        {one.id: price for one, price in zip(hosts, of_places, strict=True)},
        sum(prices) + sum(price * seats for price, seats in zip(of_places, programme.free, strict=True)),
    )
    objective = sum(programme.worth[column] for column in got.values())
    return Assignment(rows, score_of(objective, len(applicants)), objective, proof)


def _placed(
    applicant: Applicant, numbers: dict[UUID, int], arc: Arc | None, wishes: Iterator[Wish]
) -> Placed:
    host = applicant.wishes[arc.rank] if arc is not None else None
    rank = arc.rank + 1 if arc is not None else None
    return Placed(applicant.id, numbers[applicant.id], host, rank, tuple(wishes))


def _refused(case: Case, applicant: Applicant) -> Iterator[Wish]:
    hosts = {one.id: one for one in case.hosts}
    for wish in applicant.wishes:
        yield Wish(wish, "condition", tuple(unmet(hosts[wish], applicant)))


def _wishes(
    case: Case, applicant: Applicant, number: int, programme: Programme, got: int | None, best: int
) -> Iterator[Wish]:
    """Why each better preference was not met: a condition, or what granting it would have cost the whole."""
    columns = {arc.rank: column for column, arc in enumerate(programme.arcs) if arc.applicant == number}
    met = programme.arcs[got].rank if got is not None else len(applicant.wishes)
    for rank, refused in enumerate(_refused(case, applicant)):
        if rank not in columns:
            yield refused
        elif rank >= met:
            yield Wish(refused.host, "met" if rank == met else "not_needed")
        elif programme.free[programme.arcs[columns[rank]].host] <= 0:
            yield Wish(refused.host, "full")
        else:
            total = programme.forced(columns[rank])
            outcome: Outcome = "lottery" if total == best else "full"
            yield Wish(refused.host, outcome, (), score_of(total, programme.applicants))
