"""How much one caller may do: so many requests a second, so many at once, and not slower than so.

The RateLimit fields follow draft-ietf-httpapi-ratelimit-headers. What is remembered is bounded; the caller
longest unheard of is forgotten first, and by then its bucket is full again.
"""

import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Any, NamedTuple

from services.gateway.door.asgi import Headers
from services.gateway.door.problems import Refused
from services.kit.auth.tokens import AccessToken


class Party(NamedTuple):
    """On whose account a request goes: a client, a person at one or an address, and the organisation concerned."""

    client: str
    organisation: Hashable = None


def party_of(token: AccessToken) -> Party:
    """A tool that acts for people has an allowance for each: who is quick takes nothing from the others."""
    client = token.client if token.person is None else f"{token.client} {token.person}"
    return Party(client, token.organisation)


@lru_cache(maxsize=1_000)
def place(address: str) -> str:
    """One caller has all addresses of its IPv6 network."""
    if ":" not in address:
        return address
    try:
        return ":".join(IPv6Address(address).exploded.split(":")[:4]) + "::/64"
    except ValueError:
        return address


class RateLimit:
    """One policy: a token bucket for each name."""

    def __init__(
        self,
        policy: str,
        rate: float,
        burst: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        size: int = 10_000,
    ) -> None:
        self._rate, self._burst, self._clock, self._size = rate, burst, clock, size
        self._buckets: OrderedDict[Hashable, list[float]] = OrderedDict()
        self._name = policy.encode()
        self.policy = b'"%b";q=%d;w=%d' % (self._name, burst, math.ceil(burst / rate))

    def bucket(self, who: Hashable) -> list[float]:
        """What is left now, and since when it has been counted."""
        now = self._clock()
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = [float(self._burst), now]
            if len(self._buckets) > self._size:
                self._buckets.popitem(last=False)
            return bucket
        self._buckets.move_to_end(who)
        bucket[0] = min(self._burst, bucket[0] + (now - bucket[1]) * self._rate)
        bucket[1] = now
        return bucket

    def give_back(self, who: Hashable) -> None:
        """One that was taken turned out not to count."""
        bucket = self.bucket(who)
        bucket[0] = min(self._burst, bucket[0] + 1)

    def told(self, left: float) -> bytes:
        return b'"%b";r=%d;t=%d' % (self._name, left, math.ceil((self._burst - left) / self._rate))

    def wait(self, left: float) -> int:
        return max(0, math.ceil((1 - left) / self._rate))


def take(*asked: tuple[RateLimit, Hashable]) -> Headers:
    """Counts one request under every policy, or under none and refuses it; the fields go on its answer."""
    found = [(limit, limit.bucket(who)) for limit, who in asked]
    wait = max(limit.wait(bucket[0]) for limit, bucket in found)
    if not wait:
        for _, bucket in found:
            bucket[0] -= 1
    fields = [
        (b"ratelimit-policy", b", ".join([limit.policy for limit, _ in asked])),
        (b"ratelimit", b", ".join([limit.told(bucket[0]) for limit, bucket in found])),
    ]
    if wait:
        raise Refused("rate_limited", [*fields, (b"retry-after", b"%d" % wait)])
    return fields


class Slots:
    """How many requests may be in one place at once: in all, of one client, of one organisation."""

    def __init__(self, in_all: int, per_client: int, per_organisation: int) -> None:
        self._in_all, self._per_client, self._per_organisation = in_all, per_client, per_organisation
        self._taken = 0
        self._clients: Counter[str] = Counter()
        self._organisations: Counter[Hashable] = Counter()

    def __len__(self) -> int:
        return self._taken

    def taken(self, party: Party) -> "_Place":
        """The narrower bound speaks first: whoever has all its places is not told that others are busy."""
        client, organisation = party
        if (
            self._clients[client] >= self._per_client
            or self._organisations[organisation] >= self._per_organisation
        ):
            raise Refused("too_many_at_once", [(b"retry-after", b"1")])
        if self._taken >= self._in_all:
            raise Refused("service_busy", [(b"retry-after", b"1")])
        return _Place(self, party)

    def count(self, party: Party, change: int) -> None:
        self._taken += change
        _count(self._clients, party.client, change)
        if party.organisation is not None:
            _count(self._organisations, party.organisation, change)


class _Place:
    __slots__ = ("_party", "_slots")

    def __init__(self, slots: Slots, party: Party) -> None:
        self._slots, self._party = slots, party

    def __enter__(self) -> None:
        self._slots.count(self._party, 1)

    def __exit__(self, *_: object) -> None:
        self._slots.count(self._party, -1)


def _count(counts: Counter[Any], name: Hashable, change: int) -> None:
    counts[name] += change
    if not counts[name]:
        del counts[name]


class Pace:
    """At least `rate` bytes a second, on average of each `window` seconds that the other side was waited for.

    Time in which it was not its turn is not counted, so whoever is kept waiting is not called slow.
    """

    def __init__(self, rate: float, window: float) -> None:
        self._enough, self._window = rate * window, window
        self._waited = self._moved = 0.0

    def left(self) -> float:
        """Seconds that it may still be waited for."""
        return self._window - self._waited

    def note(self, waited: float, moved: int) -> None:
        self._waited += waited
        self._moved += moved
        if self._moved >= self._enough:
            self._waited = self._moved = 0.0
