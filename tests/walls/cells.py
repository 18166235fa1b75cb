"""Cells of a matrix: each is one expectation with its name; a test fails with every cell that differs."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Cells:
    count: int = 0
    wrong: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def expect(self, kind: str, name: str, expected: object, found: object) -> None:
        """`kind` groups cells, so that no group can be empty unseen."""
        self.count += 1
        self.kinds[kind] += 1
        if expected != found:
            self.wrong.append(f"{kind}: {name}: expected {expected}, found {found}")

    def close(self, at_least: int, *kinds: str) -> None:
        assert not self.wrong, f"{len(self.wrong)} of {self.count} cells differ:\n" + "\n".join(
            self.wrong[:40]
        )
        assert self.count >= at_least, f"only {self.count} cells, the matrix demands {at_least}"
        assert set(kinds) <= self.kinds.keys(), f"no cell of {set(kinds) - self.kinds.keys()}"
