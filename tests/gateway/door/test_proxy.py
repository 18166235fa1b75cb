"""What reaches a service and what comes back: one hop's headers stay on it, bytes flow, faults stay apart."""

import json
import re
import socket
import time
from http.client import IncompleteRead
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.door.trace import trace_of
from tests.gateway.door.house import PACKED, House, house, until

THINGS = "/jet/v1/things"


def seen(body: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    told = json.loads(body)
    return told, dict(told["headers"])


def test_the_service_gets_the_request_and_an_internal_token_in_place_of_ours(a_house: House) -> None:
    status, headers, body = a_house.ask("GET", f"{THINGS}?limit=5&q=%E6%9D%B1", a_house.bearer())
    told, got = seen(body)
    assert status == 200
    assert (told["service"], told["raw_path"], told["query"]) == ("jet", THINGS, "limit=5&q=%E6%9D%B1")
    assert "authorization" not in got
    assert got["x-kakehashi-token"].count(".") == 2
    assert 0 < int(got["x-kakehashi-deadline"]) <= 30_000
    assert got["x-forwarded-for"] == "127.0.0.1"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch(r'"client";r=\d+;t=\d+, "organisation";r=\d+;t=\d+', headers["RateLimit"])
    assert headers["RateLimit-Policy"] == '"client";q=400;w=2, "organisation";q=800;w=2'


def test_headers_of_one_hop_and_of_our_house_never_pass(a_house: House) -> None:
    smuggled = {
        "Connection": "keep-alive, X-Listed, idempotency-key",
        "X-Listed": "1",
        "Idempotency-Key": "1",
        "Keep-Alive": "1",
        "Proxy-Authorization": "1",
        "Proxy-Connection": "1",
        "TE": "trailers",
        "Trailer": "X-T",
        "Upgrade": "h2c",
        "Forwarded": "for=6.6.6.6",
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Anything": "1",
        "X-Real-IP": "6.6.6.6",
        "X-Kakehashi-Token": "forged",
        "X-Kakehashi-Deadline": "1",
        "X-Kakehashi-Anything": "1",
        "Via": "1.1 a",
        "X-Harmless": "kept",
        "Accept-Language": "en",
    }
    status, _, body = a_house.ask("GET", THINGS, a_house.bearer() | smuggled)
    _, got = seen(body)
    assert status == 200
    assert set(got) == {
        "host",
        "accept-encoding",
        "accept-language",
        "traceparent",
        "x-forwarded-for",
        "x-harmless",
        "x-kakehashi-deadline",
        "x-kakehashi-token",
        "x-request-id",
    }
    assert got["x-harmless"] == "kept"
    assert got["x-forwarded-for"] == "127.0.0.1"
    assert got["x-kakehashi-token"] != "forged"
    assert got["host"] == "jet"


def test_headers_of_the_service_s_hop_stay_there_too(a_house: House) -> None:
    _, headers, _ = a_house.ask("GET", "/jet/v1/odd-headers", a_house.bearer())
    assert headers["ETag"] == '"7"'
    assert "X-Hop" not in headers and "X-Kakehashi-Secret" not in headers
    assert len(headers.get_all("Date", [])) == 1 and "Server" not in headers


def test_a_compressed_answer_passes_as_it_is(a_house: House) -> None:
    _, headers, body = a_house.ask("GET", "/jet/v1/packed", a_house.bearer())
    assert (headers["Content-Encoding"], body) == ("gzip", PACKED)


def test_an_answer_without_a_body_leaves_the_connection_usable(a_house: House) -> None:
    connection = a_house.connect()
    for _ in range(2):
        connection.request("GET", "/jet/v1/unchanged", headers=a_house.bearer())
        response = connection.getresponse()
        assert (response.status, response.headers["ETag"], response.read()) == (304, '"7"', b"")
    connection.close()


def test_a_path_is_passed_on_as_it_was_matched_never_decoded_twice(a_house: House) -> None:
    path = f"{THINGS}/%E6%9D%B1%E4%BA%AC-1.2~_/parts/%e5%8c%97"
    _, _, body = a_house.ask("GET", path, a_house.bearer())
    assert seen(body)[0]["raw_path"] == path


def test_request_id_and_trace_are_kept_when_they_are_good_and_made_when_not(a_house: House) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    good = {"X-Request-Id": "a.B-1_", "traceparent": parent, "tracestate": "a=b"}
    _, headers, body = a_house.ask("GET", THINGS, a_house.bearer() | good)
    _, got = seen(body)
    assert (headers["X-Request-Id"], got["x-request-id"], got["traceparent"]) == ("a.B-1_", "a.B-1_", parent)
    assert got["tracestate"] == "a=b"
    bad = {
        "X-Request-Id": "a b",
        "traceparent": "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "tracestate": "a=b",
    }
    _, headers, body = a_house.ask("GET", THINGS, a_house.bearer() | bad)
    _, got = seen(body)
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", got["x-request-id"]
    )
    assert headers["X-Request-Id"] == got["x-request-id"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", got["traceparent"])
    assert "tracestate" not in got


def test_public_routes_need_no_token_and_carry_none(a_house: House) -> None:
    status, _, body = a_house.ask("GET", "/jet/v1/public/notice", {"Authorization": "Bearer whatever"})
    _, got = seen(body)
    assert status == 200
    assert "authorization" not in got and "x-kakehashi-token" not in got


def test_client_secrets_reach_the_token_endpoint_alone(a_house: House) -> None:
    headers = {"Authorization": "Basic YTpi", "Content-Type": "application/x-www-form-urlencoded"}
    status, _, body = a_house.ask("POST", "/oauth/token", headers, "grant_type=client_credentials")
    told, got = seen(body)
    assert (status, told["service"], told["size"]) == (200, "registry", 29)
    assert got["authorization"] == "Basic YTpi"


@pytest.mark.parametrize(
    "path", ["/jet/v1/nothing", "/", "/jet", f"{THINGS}/", f"{THINGS}/a/parts", "/jet/v2/things"]
)
def test_what_no_contract_names_is_not_there(a_house: House, path: str) -> None:
    assert a_house.ask("GET", path, a_house.bearer())[0] == 404
    assert a_house.reached() == 0


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", THINGS, "GET, POST"),
        ("HEAD", THINGS, "GET, POST"),
        ("OPTIONS", THINGS, "GET, POST"),
        ("TRACE", THINGS, "GET, POST"),
        ("POST", f"{THINGS}/1", "DELETE, GET, PATCH"),
        ("PATCH", f"{THINGS}/special", "GET"),
        ("POST", "/healthz", "GET, HEAD"),
    ],
)
def test_an_undeclared_method_gets_the_whole_list(
    a_house: House, method: str, path: str, allowed: str
) -> None:
    status, headers, _ = a_house.ask(method, path, a_house.bearer())
    assert (status, headers["Allow"]) == (405, allowed)
    assert a_house.reached() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "text/csv"},
        {"Content-Type": ""},
        {"Content-Type": "application/json2"},
        {"Content-Type": "application/jsonx; charset=utf-8"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {},
    ],
)
def test_an_undeclared_type_is_refused(a_house: House, headers: dict[str, str]) -> None:
    status, _, body = a_house.ask("POST", THINGS, a_house.bearer() | headers, b"{}")
    assert (status, json.loads(body)["code"]) == (415, "media_type_unsupported")
    assert a_house.reached() == 0


def test_a_declared_type_passes_with_its_parameters(a_house: House) -> None:
    headers = a_house.bearer() | {"Content-Type": "Application/JSON; charset=utf-8"}
    status, _, body = a_house.ask("POST", THINGS, headers, b"{}")
    told, got = seen(body)
    assert (status, told["size"], got["content-length"]) == (200, 2, "2")
    assert got["content-type"] == "Application/JSON; charset=utf-8"


def test_a_body_where_none_is_declared_is_refused(a_house: House) -> None:
    headers = a_house.bearer() | {"Content-Type": "application/json"}
    status, _, body = a_house.ask("GET", THINGS, headers, b"{}")
    assert (status, json.loads(body)["code"]) == (400, "body_not_allowed")


def test_a_body_over_the_limit_is_refused_with_or_without_its_length(a_house: House) -> None:
    headers = a_house.bearer() | {"Content-Type": "application/json"}
    status, answered, _ = a_house.ask("POST", THINGS, headers, bytes((1 << 20) + 1))
    assert (status, answered["Connection"]) == (413, "close")
    assert a_house.ask("POST", THINGS, headers, iter([bytes(1 << 18)] * 5))[0] == 413


def test_a_large_upload_flows_through_in_both_framings(a_house: House) -> None:
    headers = a_house.bearer() | {"Content-Type": "text/csv"}
    size = 24 << 20
    status, _, body = a_house.ask("POST", "/jet/v1/imports", headers, bytes(size))
    assert (status, seen(body)[0]["size"], seen(body)[1]["content-length"]) == (200, size, str(size))
    pieces = iter([bytes(1 << 20)] * 24)
    status, _, body = a_house.ask("POST", "/jet/v1/imports", headers, pieces)
    told, got = seen(body)
    assert (status, told["size"]) == (200, size)
    assert got["transfer-encoding"] == "chunked" and "content-length" not in got


def test_an_answer_flows_and_a_slow_reader_holds_the_service_back(a_house: House) -> None:
    jet = a_house.services["jet"]
    connection = a_house.connect()
    connection.request("GET", "/jet/v1/stream", headers=a_house.bearer())
    response = connection.getresponse()
    assert response.read(5) == b"first"
    jet.released.set()
    until(lambda: jet.sent > 0)
    time.sleep(0.5)
    assert jet.sent < 24 << 20
    assert response.read().endswith(b"last")
    connection.close()


def test_a_caller_who_leaves_ends_the_work_behind_the_door(a_house: House) -> None:
    connection = a_house.connect()
    connection.request("GET", "/jet/v1/mute", headers=a_house.bearer())
    until(lambda: a_house.reached() == 1)
    connection.close()
    assert a_house.services["jet"].gone.wait(10)


def test_an_answer_that_breaks_off_is_cut_and_never_looks_whole(a_house: House) -> None:
    with socket.create_connection(("127.0.0.1", a_house.port), timeout=10) as connection:
        token = a_house.token().encode()
        connection.sendall(
            b"GET /jet/v1/broken HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n\r\n" % token
        )
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
        except ConnectionResetError:
            pass
    assert b"content-length: 1000" in received or received == b""
    assert len(received.partition(b"\r\n\r\n")[2]) < 1000


def test_one_service_down_leaves_the_others_serving(a_house: House) -> None:
    status, headers, body = a_house.ask("GET", "/grants/v1/programmes", a_house.bearer())
    assert (status, json.loads(body)["code"]) == (503, "service_unavailable")
    assert headers["Retry-After"] == "5"
    assert a_house.ask("GET", THINGS, a_house.bearer())[0] == 200
    status, _, body = a_house.ask("GET", "/readyz")
    ready = {"registry": True, "jet": True, "care": True, "grants": False, "events": True}
    assert (status, json.loads(body)) == (200, {"status": "ready", "services": ready})


def test_a_pipelined_pair_gets_two_answers_in_order(a_house: House) -> None:
    request = b"GET %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + a_house.token().encode()
    both = (
        request % b"/jet/v1/things/1"
        + b"\r\n\r\n"
        + request % b"/jet/v1/things/2"
        + b"\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", a_house.port), timeout=10) as connection:
        connection.sendall(both)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    assert received.count(b"HTTP/1.1 200") == 2
    assert received.index(b"/jet/v1/things/1") < received.index(b"/jet/v1/things/2")


def test_a_reader_who_stops_reading_is_cut(tmp_path: Path) -> None:
    with house(tmp_path, stream_timeout=0.3) as strict:
        jet = strict.services["jet"]
        jet.released.set()
        connection = strict.connect()
        connection.request("GET", "/jet/v1/stream", headers=strict.bearer())
        response = connection.getresponse()
        time.sleep(1)
        with pytest.raises((IncompleteRead, ConnectionResetError)):
            response.read()
        connection.close()
        assert strict.ask("GET", THINGS, strict.bearer())[0] == 200


def test_a_service_with_all_its_connections_taken_is_busy_and_no_other(tmp_path: Path) -> None:
    with house(tmp_path, connections_per_service=1) as narrow:
        waiting = narrow.connect()
        waiting.request("GET", "/jet/v1/mute", headers=narrow.bearer())
        until(lambda: narrow.reached() == 1)
        status, headers, body = narrow.ask("GET", THINGS, narrow.bearer())
        assert (status, json.loads(body)["code"], headers["Retry-After"]) == (503, "service_busy", "1")
        assert narrow.ask("GET", "/.well-known/jwks.json")[0] == 200
        waiting.close()


def test_one_client_cannot_take_every_connection_of_a_service(tmp_path: Path) -> None:
    with house(tmp_path, connections_per_service=5, connections_per_client=2) as narrow:
        greedy, other = narrow.bearer(), narrow.bearer(client="another")
        waiting = [narrow.connect() for _ in range(2)]
        for connection in waiting:
            connection.request("GET", "/jet/v1/mute", headers=greedy)
        until(lambda: narrow.reached() == 2)
        status, headers, body = narrow.ask("GET", THINGS, greedy)
        assert (status, json.loads(body)["code"], headers["Retry-After"]) == (429, "too_many_at_once", "1")
        assert narrow.ask("GET", THINGS, other)[0] == 200
        assert narrow.ask("GET", "/jet/v1/public/notice")[0] == 200
        for connection in waiting:
            connection.close()
        until(lambda: narrow.ask("GET", THINGS, greedy)[0] == 200)


@pytest.mark.parametrize("rest", [b"\x00\x01\r\n\r\n", b"GET / HTTP/1.1\r\nBad Header\r\n\r\n", b"nonsense"])
def test_what_follows_a_request_is_never_taken_for_its_answer(a_house: House, rest: bytes) -> None:
    request = b"GET /jet/v1/mute HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n\r\n"
    with socket.create_connection(("127.0.0.1", a_house.port), timeout=10) as connection:
        connection.sendall(request % a_house.token().encode())
        until(lambda: a_house.reached() == 1)
        connection.sendall(rest)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65536) == b""


def test_limits_and_time_outs_are_settings(tmp_path: Path) -> None:
    with house(tmp_path, deadline=0.3, body_timeout=0.3, burst=5, rate=0.001) as strict:
        status, _, body = strict.ask("GET", "/jet/v1/mute", strict.bearer())
        assert (status, json.loads(body)["code"]) == (504, "upstream_timeout")
        assert strict.services["jet"].gone.wait(10)
        head = b"POST /jet/v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        credentials = b"Authorization: Bearer %s\r\nContent-Length: 10\r\n\r\n{" % strict.token().encode()
        status, body = strict.raw(head + credentials)
        assert (status, json.loads(body)["code"]) == (408, "request_timeout")
        left = [strict.ask("GET", THINGS, strict.bearer())[0] for _ in range(4)]
        assert left == [200, 200, 200, 429]
        status, headers, _ = strict.ask("GET", THINGS, strict.bearer())
        assert (status, headers["RateLimit"][:14]) == (429, '"client";r=0;t')
        assert int(headers["Retry-After"]) >= 1
        assert strict.ask("GET", THINGS, strict.bearer(client="another"))[0] == 200


@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=80))
def test_any_headers_give_names_to_find_the_request_by(
    identity: bytes, parent: bytes, language: bytes
) -> None:
    trace = trace_of([(b"x-request-id", identity), (b"traceparent", parent), (b"accept-language", language)])
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", trace.request_id)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", trace.traceparent)
    assert trace.language in ("ja", "en")
