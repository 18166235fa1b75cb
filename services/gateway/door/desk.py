"""The desk's pages, passed to it untouched: it knows its visitors by a cookie, and calls services as anybody does.

Their paths are told to nobody: one of them may be a link that signs somebody in.
"""

from services.gateway.door.problems import Refused
from services.gateway.door.refuse import Seen
from services.gateway.door.routes import Match, Operation

PATH = "/desk"
ENTER = "desk_enter"  # guesses at links are counted like those at tokens
_METHODS = ("GET", "POST")
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def _operation(name: str, method: str) -> Operation:
    return Operation(
        id=name, service="desk", method=method, template=PATH, media_types=_FORMS if method == "POST" else frozenset(),
        public=True, basic=False, paged=False,
    )  # fmt: skip


_VISITS = {method: _operation("desk", method) for method in _METHODS}
_ENTERS = _operation(ENTER, "POST")


def visited(method: str, seen: Seen) -> Match | None:
    """None for every path that is not the desk's."""
    if seen.path != PATH and not seen.path.startswith(f"{PATH}/"):
        return None
    if method not in _METHODS:
        raise Refused("method_not_allowed", [(b"allow", ", ".join(_METHODS).encode())])
    entering = method == "POST" and seen.path.startswith(f"{PATH}/enter")
    return Match(_ENTERS if entering else _VISITS[method], seen.path)
