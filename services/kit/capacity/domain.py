"""Rules of capacity: pools of seats, claims on them, and the order in which those who wait are offered what is free.

Who fits is confirmed at once where that overtakes nobody who could take the seat; others wait with a number. The queue
goes by priority (lower first), then by number. A party that does not fit is passed over, and smaller ones behind it are
offered. An offer is half-open: whoever answers at its end is too late.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import Refusal, Refused
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

SEATS_EXHAUSTED = Refusal(
    "seats_exhausted", "conflict",
    Text("空席が足りません", "Too few seats are free"),
    Text("人数を減らすか、定員を確認してください。", "Ask for fewer seats, or check how many there are."),
)  # fmt: skip
OFFER_LAPSED = Refusal(
    "offer_lapsed", "conflict",
    Text("席の案内は期限を過ぎています", "The offer of a seat has ended"),
    Text("期限までに回答がなかった席は、次の順番の方に案内されます。必要であれば、もう一度申し込んでください。",
         "A seat that is not accepted in time is offered to the next in the queue. Apply again if you still want one."),
)  # fmt: skip
CLAIM_CLOSED = Refusal(
    "claim_closed", "conflict",
    Text("今の状態ではこの操作はできません", "This is not open in the present state"),
    Text("{reason}", "{reason}"),
)  # fmt: skip
NO_SEAT = Finding(SEATS_EXHAUSTED.code, SEATS_EXHAUSTED.title, SEATS_EXHAUSTED.detail)
REFUSALS = (SEATS_EXHAUSTED, OFFER_LAPSED, CLAIM_CLOSED)
# for the `constraints=` of a resource whose records claim seats
CONSTRAINTS = {"capacity_pool_not_overdrawn": SEATS_EXHAUSTED}

# What fits at once begins as confirmed.
CLAIM = Machine(
    "capacity_claim",
    "waiting",
    (
        Transition(
            "offer", ("waiting",), "offered",
            Text("順番を待っている申込みだけに席を案内できます。", "Only who waits can be offered a seat."),
        ),
        Transition(
            "confirm", ("offered",), "confirmed",
            Text("案内中の席がありません。", "There is no offer to accept."),
        ),
        Transition("lapse", ("offered",), "lapsed", Text("案内中の席がありません。", "There is no offer that could end.")),
        Transition(
            "release", ("waiting", "offered", "confirmed"), "released",
            Text("すでに取り消されたか、案内の期限が過ぎています。", "It is withdrawn already, or its offer has ended."),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """A claim to be made, under the id of the record that it is for. `certain`: a past fact of a list, which waits for
    nobody: it has its seats, or is refused. `organisation_id`: whose change feed is told of it."""

    id: UUID
    pool_id: UUID
    party: int = 1
    priority: int = 0
    organisation_id: UUID | None = None
    certain: bool = False


class Pool(NamedTuple):
    """`seats` None: without limit. `drawn`: waiting numbers given out. `resource`: the plural of the records that claim."""

    id: UUID
    resource: str
    seats: int | None
    taken: int
    drawn: int
    offer_hours: int

    @property
    def free(self) -> int | None:
        return None if self.seats is None else self.seats - self.taken


class Claim(NamedTuple):
    """`number` is its waiting number, `offer_ends_at` the end of the offer that it has."""

    id: UUID
    pool_id: UUID
    party: int
    priority: int
    state: str
    number: int | None
    claimed_at: datetime
    offer_ends_at: datetime | None
    organisation_id: UUID | None
    row_version: int


def fits(party: int, free: int | None) -> bool:
    return free is None or party <= free


def why_waiting(party: int, free: int | None) -> Text:
    """What somebody in the queue is told: seats may be free that are too few for the whole party."""
    if free and party > free:
        return Text(
            f"空席は{free}名分で、{party}名分には足りません。人数の少ない申込みに先に案内することがあります。",
            f"{free} seats are free, too few for a party of {party}. Smaller parties may be offered them first.",
        )
    return Text("空席が出ると、順番に案内します。", "Seats are offered in turn as they become free.")


class Passed(NamedTuple):
    """Who is passed over, and how many seats were free then."""

    claim: Claim
    free: int

    @property
    def why(self) -> Text:
        return why_waiting(self.claim.party, self.free)


class Offer(NamedTuple):
    """Who is offered seats, and whom that passes over who was not passed over by an offer before it."""

    claim: Claim
    passed: tuple[Passed, ...] = ()


def walk(free: int | None, queue: Iterable[Claim]) -> list[Offer]:
    """Whom of those that wait the free seats are offered to, in their order."""
    offers: list[Offer] = []
    passed: list[Passed] = []
    for claim in sorted(queue, key=lambda one: (one.priority, one.number or 0)):
        if free is not None and claim.party > free:
            passed.append(Passed(claim, free))
            continue
        offers.append(Offer(claim, tuple(passed)))
        passed = []
        free = None if free is None else free - claim.party
    return offers


class Admission(NamedTuple):
    """Of new claims on one pool: which have their seats, which wait with what number, which are certain and have none."""

    confirmed: list[Wanted]
    waiting: list[tuple[Wanted, int]]
    short: list[Wanted]


def admit(free: int | None, drawn: int, wanted: Sequence[Wanted]) -> Admission:
    """Of claims made together, facts come first, then lower priorities, then as they are given. Numbers are drawn in the
    order given. None of those that waited before fits in `free`: the pool is settled first."""
    seated: list[Wanted] = []
    left: set[UUID] = set()
    for one in sorted(wanted, key=lambda one: (not one.certain, one.priority)):
        if fits(one.party, free):
            seated.append(one)
            free = None if free is None else free - one.party
        else:
            left.add(one.id)
    waiting = [one for one in wanted if one.id in left and not one.certain]
    short = [one for one in wanted if one.id in left and one.certain]
    return Admission(seated, [(one, drawn + place) for place, one in enumerate(waiting, 1)], short)


def lapsed(claim: Claim, now: datetime) -> bool:
    """Half-open: an offer does not hold at its end."""
    return claim.offer_ends_at is not None and claim.offer_ends_at <= now


def refuse(action: str, claim: Claim, now: datetime) -> Refused | None:
    """Why an action is not open to a claim."""
    if action == "confirm" and (claim.state == "lapsed" or lapsed(claim, now)):
        return OFFER_LAPSED()
    reason = CLAIM.why_closed(action, claim.state)
    return None if reason is None else Refused(CLAIM_CLOSED, reason)


def too_small(pool: Pool, seats: int | None) -> Refused | None:
    """Why a pool cannot have so few seats: what is offered or confirmed is not taken away."""
    if seats is None or seats >= pool.taken:
        return None
    told = Text(
        "すでに{taken}名分の席が確保されています。定員をそれ以上にするか、先に取り消してください。",
        "{taken} seats are held already. Keep as many, or release some first.",
    )
    return Refused(SEATS_EXHAUSTED, told.fill(taken=pool.taken))


def demand(wanted: Iterable[tuple[Wanted, int]]) -> Counter[UUID]:
    """How many numbers each pool gives out."""
    return Counter(one.pool_id for one, _ in wanted)
