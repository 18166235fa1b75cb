"""The problems of a file: all of them on disk until its end, the first of them in memory for the marks."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from pydantic_core import to_json

from services.kit.imports.parsing import CellProblem

KEPT = 10_000
_BATCH = 2_000


class Problems:
    """A file may have a problem in each of very many rows. `kept` are the first, `total` counts all."""

    def __init__(self, spool: Path) -> None:
        self.kept: list[CellProblem] = []
        self.total = 0
        self._spool = spool
        spool.touch()

    def add(self, found: Sequence[CellProblem]) -> None:
        """What was found in a chunk of the file, told by row and column."""
        found = sorted(found, key=lambda one: (one.row, one.column_letter))
        self.kept += found[: KEPT - len(self.kept)]
        with self._spool.open("ab") as spool:
            for one in found:
                self.total += 1
                told = {"ordinal": self.total, "row": one.row, "problem": one.as_json()}
                spool.write(to_json(told) + b"\n")

    def batches(self) -> Iterator[str]:
        """As JSON arrays of {ordinal, row, problem}."""
        with self._spool.open("rb") as spool:
            while lines := list(islice(spool, _BATCH)):
                yield "[" + b",".join(lines).decode() + "]"
