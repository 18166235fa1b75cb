"""What a raw socket can send: whatever has two meanings is refused, and no service ever sees it."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.door.problems import Refused
from services.gateway.door.refuse import look
from tests.gateway.door.house import House, house

HOST = b"Host: localhost\r\n"

TARGETS = [
    b"/jet/v1/../v1/things",
    b"/jet/v1/./things",
    b"/jet/v1/things/..",
    b"/jet/v1/things/.",
    b"/..",
    b"/jet/%2e%2e/jet/v1/things",
    b"/jet/%2E%2E/grants/v1/programmes",
    b"/jet/v1/%2e/things",
    b"/jet/v1/things/a%2e",
    b"/jet/v1/things/a%2Fb",
    b"/jet/v1/things/a%2fb",
    b"/jet%2fv1/things",
    b"/jet/v1/things/%5c",
    b"/jet/v1/things/a%5Cb",
    b"/jet/v1/things/a\\b",
    b"/jet\\v1\\things",
    b"/jet/v1/things/%00",
    b"/jet/v1/things/a%00b",
    b"/jet/v1/things/%3b",
    b"/jet/v1/things/%3B",
    b"/jet/v1/things;a=b",
    b"/jet/v1/things/a;b",
    b"/jet;/v1/things",
    b"//jet/v1/things",
    b"/jet//v1/things",
    b"/jet/v1//things",
    b"/jet/v1/things//",
    b"//localhost/jet/v1/things",
    b"/jet/v1/things/%ff",
    b"/jet/v1/things/%c0%af",
    b"/jet/v1/things/%c0%ae%c0%ae",
    b"/jet/v1/things/%e0%80%af",
    b"/jet/v1/things/%ed%a0%80",
    b"/jet/v1/things/%e3%81",
    b"/jet/v1/things/%252e%252e",
    b"/jet/v1/things/%25",
    b"/jet/v1/things/%",
    b"/jet/v1/things/%4",
    b"/jet/v1/things/%zz",
    b"/jet/v1/things/%u002e",
    b"/jet/v1/things/%41",
    b"/jet/v1/things/%7e",
    b"/jet/v1/things/%0d%0aX:1",
    b"/jet/v1/things/%0a",
    b"/jet/v1/things/%09",
    b"/jet/v1/things/%20",
    b"/jet/v1/things/%7f",
    b"/jet/v1/things/%c2%85",
    b"/jet/v1/things/%e2%80%ae",
    b"/jet/v1/things/%e2%80%8b",
    b"/jet/v1/things/a*b",
    b"/jet/v1/things/<a>",
    b"/jet/v1/things/a|b",
    b'/jet/v1/things/"a"',
    b"/jet/v1/things/{id}",
    b"/jet/v1/things#part",
    b"/jet/v1/things?a=%00",
    b"/jet/v1/things?a=%ff",
    b"/jet/v1/things?a=%",
    b"/jet/v1/things?a=%g0",
    b"/jet/v1/things?a=<b>",
    b"/jet/v1/things?a#b",
    b"http://localhost/jet/v1/things",
    b"http://evil.example/jet/v1/things",
    b"https://localhost:443/jet/v1/things",
    b"jet/v1/things",
    b"*",
    b"?a=b",
    b"/jet/v1/things/\xe3\x81\x82",
    b"/jet/v1/things/\xff",
    b"/jet/v1/things/a\x01",
]

HEADS = {
    "no host": b"",
    "empty host": b"Host:\r\n",
    "two hosts": HOST + HOST,
    "two different hosts": HOST + b"Host: evil.example\r\n",
    "host with a path": b"Host: localhost/jet\r\n",
    "host with a user": b"Host: me@localhost\r\n",
    "host with a space": b"Host: local host\r\n",
    "host with a bad port": b"Host: localhost:http\r\n",
    "underscore": HOST + b"X_Kakehashi_Token: a\r\n",
    "underscore twin of a length": HOST + b"Content_Length: 5\r\n",
    "space before the colon": HOST + b"X-A : 1\r\n",
    "folded line": HOST + b"X-A: 1\r\n  Host: evil.example\r\n",
    "no name": HOST + b": 1\r\n",
    "no colon": HOST + b"Broken\r\n",
    "NUL in a value": HOST + b"X-A: a\x00b\r\n",
    "control in a value": HOST + b"X-A: a\x0bb\r\n",
    "bare carriage return": HOST + b"X-A: a\rX-B: b\r\n",
    "non-ASCII value": HOST + b"X-A: \xe3\x81\x82\r\n",
    "non-ASCII name": HOST + b"X-\xe9: a\r\n",
    "length and chunked": HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
    "chunked and length": HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    "two lengths": HOST + b"Content-Length: 4\r\nContent-Length: 4\r\n",
    "two different lengths": HOST + b"Content-Length: 4\r\nContent-Length: 5\r\n",
    "list of lengths": HOST + b"Content-Length: 4, 4\r\n",
    "negative length": HOST + b"Content-Length: -1\r\n",
    "signed length": HOST + b"Content-Length: +4\r\n",
    "hexadecimal length": HOST + b"Content-Length: 0x4\r\n",
    "absurd length": HOST + b"Content-Length: 99999999999999999999\r\n",
    "chunked twice": HOST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "gzip, chunked": HOST + b"Transfer-Encoding: gzip, chunked\r\n",
    "identity coding": HOST + b"Transfer-Encoding: identity\r\n",
    "hidden chunked": HOST + b"Transfer-Encoding: xchunked\r\n",
    "two tokens": HOST + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n",
    "two types": HOST + b"Content-Type: text/csv\r\nContent-Type: application/json\r\n",
    "two keys": HOST + b"Idempotency-Key: a\r\nIdempotency-Key: b\r\n",
    "two preconditions": HOST + b"If-Match: a\r\nIf-Match: b\r\n",
}

LINES = {
    "no version": b"GET /jet/v1/things\r\n",
    "old version": b"GET /jet/v1/things HTTP/0.9\r\n",
    "version 2": b"GET /jet/v1/things HTTP/2.0\r\n",
    "lower-case method": b"get /jet/v1/things HTTP/1.1\r\n",
    "method of ours": b"STEAL /jet/v1/things HTTP/1.1\r\n",
    "tunnel": b"CONNECT localhost:80 HTTP/1.1\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n",
}


@pytest.fixture(scope="module")
def a_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that no other test has used: whatever reaches its services was let through here."""
    with house(tmp_path_factory.mktemp("refusing")) as built:
        built.source.tell()
        yield built


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_with_two_readings_is_refused(a_house: House, target: bytes) -> None:
    token = a_house.token().encode()
    status, body = a_house.raw(
        b"GET %s HTTP/1.1\r\n%sAuthorization: Bearer %s\r\n\r\n" % (target, HOST, token)
    )
    assert status == 400
    assert json.loads(body)["code"] in ("bad_target", "bad_query", "malformed_request")
    assert a_house.reached() == 0


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_a_head_with_two_readings_is_refused(a_house: House, head: bytes) -> None:
    token = a_house.token().encode()
    credentials = b"" if b"Authorization" in head else b"Authorization: Bearer %s\r\n" % token
    request = b"GET /jet/v1/things HTTP/1.1\r\n%s%sConnection: close\r\n\r\n0\r\n\r\n" % (head, credentials)
    status, body = a_house.raw(request)
    assert status == 400
    assert json.loads(body)["status"] == 400
    assert a_house.reached() == 0


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_an_odd_request_line_is_refused(a_house: House, line: bytes) -> None:
    status, body = a_house.raw(line + HOST + b"\r\n")
    assert status in (400, 405)
    assert json.loads(body)["type"].startswith("/problems/")
    assert a_house.reached() == 0


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /jet/v1/things?q=%s HTTP/1.1\r\n%s\r\n" % (b"a" * 8200, HOST), 414),
        (b"GET /jet/v1/things HTTP/1.1\r\n%sX-Long: %s\r\n\r\n" % (HOST, b"a" * 33_000), 431),
        (b"GET /jet/v1/things HTTP/1.1\r\n%s%s\r\n" % (HOST, b"X-Many: a\r\n" * 3_000), 431),
        (b"GET /jet/v1/things HTTP/1.1\r\n%sX-Endless: %s" % (HOST, b"a" * 300_000), 431),
    ],
    ids=["long target", "long header", "many headers", "header without end"],
)
def test_what_is_too_large_is_refused(a_house: House, request_bytes: bytes, status: int) -> None:
    assert a_house.raw(request_bytes)[0] == status


def test_the_refusal_says_it_in_the_language_of_the_caller(a_house: House) -> None:
    request = b"GET //a HTTP/1.1\r\n%sAccept-Language: %s\r\n\r\n"
    japanese = json.loads(a_house.raw(request % (HOST, b"fr, de"))[1])
    english = json.loads(a_house.raw(request % (HOST, b"ja;q=0.5, en-GB"))[1])
    assert "パス" in japanese["detail"]
    assert english["title"] == "The request target is not acceptable"
    assert english["errors"] == [] and len(english["support_code"]) == 6
    assert set(japanese) == set(english)


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_whatever_path_is_let_through_has_one_reading(text: str) -> None:
    target = b"/" + text.encode()
    try:
        seen = look(target, [(b"host", b"localhost")])
    except Refused:
        return
    assert not set(seen.path) & set("\\;%#? ") and "//" not in seen.path
    assert not {".", ".."} & set(seen.path.split("/"))


@given(st.binary(max_size=60))
def test_no_bytes_break_the_first_look(data: bytes) -> None:
    try:
        look(data, [(b"host", b"localhost"), (b"x-any", data)])
    except Refused as refused:
        assert refused.code
