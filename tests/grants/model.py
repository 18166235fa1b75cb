"""What a budget line and a cap should do, in plain Python and one thing at a time."""

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from services.grants.ledger.domain import recut


@dataclass
class Line:
    """Each act says the code that it is refused with."""

    planned: int
    given: int | None = None
    reserved: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    committed: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def total(self) -> int:
        return self.planned if self.given is None else self.given

    @property
    def promised(self) -> int:
        return sum(self.reserved.values()) + sum(self.committed.values())

    def reserve(self, holder: UUID, yen: int) -> str:
        if self.promised + yen > self.total:
            return "budget_insufficient"
        self.reserved[holder] += yen
        return ""

    def commit(self, holder: UUID, yen: int) -> str:
        if self.given is None:
            return "budget_not_appropriated"
        if yen > self.reserved[holder]:
            return "budget_not_held"
        self.reserved[holder] -= yen
        self.committed[holder] += yen
        return ""

    def release(self, holder: UUID, yen: int, of: str) -> str:
        held = self.reserved if of == "reserved" else self.committed
        if yen > held[holder]:
            return "budget_not_held"
        held[holder] -= yen
        return ""

    def recut(self, ranked: list[UUID], total: int, unit: int) -> str:
        left = recut({one: yen for one, yen in sorted(self.reserved.items()) if yen}, ranked, total, unit)
        self.reserved.update(left)
        return ""

    def appropriate(self, yen: int) -> str:
        if self.promised > yen:
            return "budget_recut_needed"
        self.given = yen
        return ""


@dataclass
class Cap:
    limit: int
    taken: int = 0

    def take(self, yen: int) -> str:
        if self.taken + yen > self.limit:
            return "cap_reached"
        self.taken += yen
        return ""
