"""What a pool should do, in plain Python and one thing at a time: the database's pools are held against it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID


@dataclass
class Asked:
    """A claim of the model; `state` empty until it is decided."""

    id: UUID
    party: int
    priority: int = 0
    certain: bool = False
    state: str = ""
    number: int | None = None
    ends: datetime | None = None

    @property
    def holds(self) -> int:
        return self.party if self.state in ("offered", "confirmed") else 0

    def over(self, now: datetime) -> bool:
        return self.state == "offered" and self.ends is not None and not now < self.ends

    def open(self, now: datetime) -> bool:
        return self.state in ("waiting", "offered", "confirmed") and not self.over(now)


@dataclass
class Model:
    seats: int | None
    hours: int
    drawn: int = 0
    claims: dict[UUID, Asked] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        return sum(one.holds for one in self.claims.values())

    def room(self, party: int) -> bool:
        return self.seats is None or self.taken + party <= self.seats

    def held(self, now: datetime) -> int:
        return sum(one.holds for one in self.claims.values() if not one.over(now))

    def lapse(self, now: datetime) -> None:
        for one in self.claims.values():
            if one.over(now):
                one.state, one.ends = "lapsed", None

    def promote(self, now: datetime) -> list[UUID]:
        """The first of the queue who fits is offered, until nobody does; who was."""
        made: list[UUID] = []
        while fitting := [o for o in self.claims.values() if o.state == "waiting" and self.room(o.party)]:
            first = min(fitting, key=lambda one: (one.priority, one.number or 0))
            first.state, first.ends = "offered", now + timedelta(hours=self.hours)
            made.append(first.id)
        return made

    def settle(self, now: datetime) -> list[UUID]:
        self.lapse(now)
        return self.promote(now)

    def claim(self, asked: Sequence[Asked], now: datetime) -> None:
        self.settle(now)
        for one in sorted(asked, key=lambda one: -100 if one.certain else one.priority):
            fits = self.room(one.party)
            self.claims[one.id] = one
            one.state = "confirmed" if fits else "waiting"
        for one in asked:
            if one.state == "waiting":
                self.drawn += 1
                one.number = self.drawn

    def confirm(self, claim: UUID, now: datetime) -> None:
        self.claims[claim].state, self.claims[claim].ends = "confirmed", None
        self.settle(now)

    def release(self, claims: Sequence[UUID], now: datetime) -> list[UUID]:
        self.lapse(now)
        for claim in claims:
            self.claims[claim].state, self.claims[claim].ends = "released", None
        return self.promote(now)

    def resize(self, seats: int | None, now: datetime) -> list[UUID]:
        self.lapse(now)
        self.seats = seats
        return self.promote(now)
