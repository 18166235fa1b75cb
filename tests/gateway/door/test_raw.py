"""Whatever a raw socket sends: at most one request gets through, and only one that authorisation has seen."""

import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from services.gateway.door.routes import Routes
from services.kit.auth.keys import public_jwk, ring
from services.kit.auth.tokens import verify_internal
from tests.gateway.door.house import House, documents, house
from tests.gateway.door.raw_strings import strings

ENDS, ROUTES = 5.0, Routes(documents())


def test_each_string_leads_to_at_most_one_request_that_authorisation_saw(tmp_path: Path) -> None:
    cases = list(strings())
    quick = {
        "header_timeout": 0.4,
        "body_timeout": 0.4,
        "slow_window": 0.4,
        "keep_alive": 0.2,
        "deadline": 2.0,
    }
    with house(tmp_path, token_burst=1_000, address_burst=1_000, **quick) as there:
        with ThreadPoolExecutor(48) as threads:
            answers = list(threads.map(lambda case: sent(there, *case), enumerate(cases)))
        requests = [
            one
            for service in there.services.values()
            for one in service.requests
            if one["raw_path"] != "/readyz"  # the door asks that itself
        ]
        seen = [authorised(there, one) for one in requests]
    assert len(cases) >= 400
    assert [case for case, answer in zip(cases, answers, strict=True) if b" 500 " in answer[:20]] == []
    through = Counter(client for client in seen if client)
    assert not {client: times for client, times in through.items() if times > 1}
    assert 30 < len(through) < len(cases) / 2  # some are odd, and have one meaning all the same
    assert all("inner" not in one["raw_path"] for one in requests)


def sent(there: House, number: int, case: bytes) -> bytes:
    """All that came back until the door hung up; each string goes under a client's name of its own."""
    token = there.token(client=f"case-{number}", organisation=None).encode()
    data = case.replace(b"{T}", b"Authorization: Bearer %b\r\n" % token).replace(
        b"{H}", b"Host: localhost\r\n"
    )
    answer, deadline = b"", time.monotonic() + ENDS
    with (
        socket.create_connection(("127.0.0.1", there.port), timeout=ENDS) as connection,
        suppress(ConnectionError),
    ):
        connection.sendall(data)
        while piece := connection.recv(65536):
            answer += piece
            assert time.monotonic() < deadline, "the door does not hang up"
    return answer


def authorised(there: House, request: dict[str, Any]) -> str:
    """The client whose internal token names the very route that the service was asked; empty for a public one."""
    match = ROUTES.match(request["method"], request["raw_path"])
    assert (match.operation.service, match.path) == (request["service"], request["raw_path"])
    token = dict(request["headers"]).get("x-kakehashi-token")
    if match.operation.public:
        assert token is None
        return ""
    key = ring([public_jwk(there.door_key)], "Ed25519")
    claims = verify_internal(token or "", key, request["service"], time.time())
    assert claims.route == match.operation.id
    return claims.client
