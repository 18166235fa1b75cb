"""The desk's pages, passed to it untouched: it knows its visitors by a cookie, and calls services as anybody does.

Their paths are told to nobody: one of them may be a link that signs somebody in. What the door refuses there, or cannot
pass on, is a page as well.
"""

from html import escape

from services.gateway.door.asgi import Answer
from services.gateway.door.problems import KINDS, Refused, headers_of
from services.gateway.door.refuse import Seen
from services.gateway.door.routes import Match, Operation
from services.gateway.door.trace import Trace
from services.kit.http.problem import support_code
from services.kit.text import Language

PATH = "/desk"
ENTER = "desk_enter"  # guesses at links are counted like those at tokens
_METHODS = ("GET", "POST")
_LANGUAGES: tuple[Language, ...] = ("ja", "en")
_PAGE = """<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>架け橋 / Kakehashi</title></head>
<body>{said}<p>お問い合わせコード / Support code: <strong>{code}</strong></p><p><a href="/desk">架け橋 / Kakehashi</a></p></body></html>
"""
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
    if not _ours(seen.path):
        return None
    if method not in _METHODS:
        raise Refused("method_not_allowed", [(b"allow", ", ".join(_METHODS).encode())])
    entering = method == "POST" and seen.path.startswith(f"{PATH}/enter")
    return Match(_ENTERS if entering else _VISITS[method], seen.path)


def shows(target: bytes) -> bool:
    """Whether somebody with a browser waits for the answer."""
    return _ours(target.partition(b"?")[0].decode("latin-1"))


def _ours(path: str) -> bool:
    return path == PATH or path.startswith(f"{PATH}/")


def notice(refused: Refused, trace: Trace) -> Answer:
    """In both languages: what the visitor chose is known to the desk alone."""
    kind, code = KINDS[refused.code], support_code(trace.request_id)
    said = "".join(
        f'<section lang="{lang}"><h1>{escape(kind.title.within(lang))}</h1><p>{escape(kind.detail.within(lang))}</p></section>'
        for lang in _LANGUAGES
    )
    body = _PAGE.format(said=said, code=code).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        *headers_of(refused),
    ]
    return Answer(kind.status, headers, body)
