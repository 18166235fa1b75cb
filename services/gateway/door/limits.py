"""How much one caller may do: a token bucket each, told by the RateLimit fields.

The fields follow draft-ietf-httpapi-ratelimit-headers. The store is bounded; the caller longest unheard
of is forgotten first, and by then its bucket is full again.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from services.gateway.door.asgi import Headers
from services.gateway.door.problems import Refused


class RateLimit:
    def __init__(
        self, rate: float, burst: int, *, clock: Callable[[], float] = time.monotonic, size: int = 10_000
    ) -> None:
        self._rate, self._burst, self._clock, self._size = rate, burst, clock, size
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._policy = b'"client";q=%d;w=%d' % (burst, math.ceil(burst / rate))

    def take(self, caller: str) -> Headers:
        """Counts one request; the fields go on its answer."""
        now = self._clock()
        left, since = self._buckets.pop(caller, (float(self._burst), now))
        left = min(self._burst, left + (now - since) * self._rate)
        refused = left < 1
        left = left if refused else left - 1
        self._buckets[caller] = left, now
        if len(self._buckets) > self._size:
            self._buckets.popitem(last=False)
        wait = math.ceil(max(0.0, 1 - left) / self._rate)
        fields = [
            (b"ratelimit-policy", self._policy),
            (b"ratelimit", b'"client";r=%d;t=%d' % (left, math.ceil((self._burst - left) / self._rate))),
        ]
        if refused:
            raise Refused("rate_limited", [*fields, (b"retry-after", b"%d" % max(1, wait))])
        return fields
