"""What a raw socket may send at the door. `{T}` is a good Authorization line, `{H}` a Host line, both with CRLF."""

from collections.abc import Iterator
from itertools import product

GET, POST = b"GET /jet/v1/things HTTP/1.1\r\n{H}{T}", b"POST /jet/v1/things HTTP/1.1\r\n{H}{T}"
JSON, CSV = b"Content-Type: application/json\r\n", b"Content-Type: text/csv\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
# what a service would take for a request of its own; the door, which would ask for a token, must not be got round
INNER = b"DELETE /jet/v1/things/inner HTTP/1.1\r\n{H}X-Kakehashi-Token: a.b.c\r\n\r\n"

_LENGTHS = (
    b"0, 5", b"5, 5", b"5,", b",5", b"+5", b"-5", b"0x5", b"5.0", b"5e0", b"5 5", b"5\t5", b"05;", b"five", b"",
    b"99999999999999999999", b"18446744073709551616", b"18446744073709551621", b"-0", b"\xb5", b"5\x0b", b"0b101",
    b"\xd9\xa5", b"5_0", b"'5'", b"4", b"6", b"00000000005", b"0",
)  # fmt: skip
_CODINGS = (
    b"gzip", b"identity", b"chunked, chunked", b"chunked, gzip", b"gzip, chunked", b"xchunked", b"chunkedx", b"\"chunked\"",
    b"chunked;a=b", b"chunked,", b",chunked", b"\tchunked", b"chunked\t", b" chunked", b"chunked ", b"\x0bchunked",
    b"CHUNKED", b"Chun\xe7ked", b"chunked\x00", b"", b"chunked identity", b"deflate", b"trailers, chunked",
)  # fmt: skip
_CODING_NAMES = (
    b"Transfer-Encoding ", b"Transfer_Encoding", b" Transfer-Encoding", b"Transfer-Encoding\t", b"X: y\nTransfer-Encoding",
    b"X: y\rTransfer-Encoding", b"Transfer\x00-Encoding", b"Transfer-Enc\xc3\xb6ding", b"transfer-encoding",
)  # fmt: skip
_CHUNKS = (
    b"5\r\nhello\r\n0\r\n\r\n", b"5;a=b\r\nhello\r\n0\r\n\r\n", b"5;a=\"b\r\n\r\n\"\r\nhello\r\n0\r\n\r\n", b"5 \r\nhello\r\n0\r\n\r\n",
    b"0x5\r\nhello\r\n0\r\n\r\n", b"+5\r\nhello\r\n0\r\n\r\n", b"-5\r\nhello\r\n0\r\n\r\n", b"5\nhello\n0\n\n", b"5\r\nhello0\r\n\r\n",
    b"6\r\nhello\r\n0\r\n\r\n", b"4\r\nhello\r\n0\r\n\r\n", b"100000000000000005\r\nhello\r\n0\r\n\r\n", b"ffffffffffffffff\r\nhello",
    b"fffffffffffffffff\r\nhello", b"5\r\nhello\r\n0\r\nX: y\r\n\r\n", b"5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n",
    b"5\r\nhello\r\n0\r\n{T}\r\n", b"5\r\nhello\r\n00\r\n\r\n", b"\r\n5\r\nhello\r\n0\r\n\r\n", b"g\r\nhello\r\n0\r\n\r\n", b"5\rhello\r\n0\r\n\r\n",
    b"5;\x00\r\nhello\r\n0\r\n\r\n", b"5;" + b"a" * 40_000 + b"\r\nhello\r\n0\r\n\r\n", b"5\r\nhello\r\n0\r\n",
    b"\xef\xbc\x95\r\nhello\r\n0\r\n\r\n", b"0\r\n\r\n", b"0;\r\n\r\n", b"5\r\nhello\r\n-0\r\n\r\n",
)  # fmt: skip
_SEGMENTS = (
    b"..", b".", b"%2e", b"%2e%2e", b"%2E.", b".%2e", b"%252e%252e", b"..%2f", b"..%5c", b"%2f", b"%5c", b"\\", b"..\\", b"%00", b"%3b",
    b";x=1", b"..;", b"..;/", b"%ff", b"%c0%ae", b"%c0%ae%c0%ae%c0%af", b"%e0%80%ae", b"%f0%80%80%ae", b"%u002e", b"%uff0e", b"%ef%bc%8e%ef%bc%8e",
    b"%ef%bc%8f", b"\xef\xbc\x8e", b"%e2%80%a5", b"%e2%88%95", b"%e2%81%84", b"%0d%0a", b"%0a", b"%09", b"%20", b"%23", b"%3f", b"%25", b"%2525",
    b"%", b"%2", b"%2g", b"#", b"{id}", b"*", b"a b", b"a\tb", b"a\x0bb", b"a\x7fb", b"~", b"%7E", b"...", b"a%2", b"%e2%80%8b", b"%ed%a0%80", b"|", b"^", b"`", b"<", b'"',
)  # fmt: skip
_LINES = (
    b"get /jet/v1/things HTTP/1.1", b"Get /jet/v1/things HTTP/1.1", b"GETT /jet/v1/things HTTP/1.1", b"G\xc9T /jet/v1/things HTTP/1.1",
    b"TRACE /jet/v1/things HTTP/1.1", b"TRACK /jet/v1/things HTTP/1.1", b"CONNECT localhost:80 HTTP/1.1", b"CONNECT /jet/v1/things HTTP/1.1",
    b"OPTIONS * HTTP/1.1", b"OPTIONS /jet/v1/things HTTP/1.1", b"HEAD /jet/v1/things HTTP/1.1", b"PUT /jet/v1/things HTTP/1.1", b"DEBUG / HTTP/1.1",
    b"PROPFIND / HTTP/1.1", b"M-SEARCH * HTTP/1.1", b"SOURCE /jet/v1/things HTTP/1.1", b"DESCRIBE / RTSP/1.0", b"GET /jet/v1/things RTSP/1.0",
    b"SOURCE /jet/v1/things ICE/1.0", b"GET /jet/v1/things", b"GET /jet/v1/things HTTP/0.9", b"GET /jet/v1/things HTTP/1.2", b"GET /jet/v1/things HTTP/2.0",
    b"GET /jet/v1/things HTTP/3", b"GET /jet/v1/things HTTP/1", b"GET /jet/v1/things HTTP/1.10", b"GET /jet/v1/things HTTP/01.1",
    b"GET /jet/v1/things http/1.1", b"GET /jet/v1/things HTTP /1.1", b"GET /jet/v1/things HTTP/1.1 ", b"GET /jet/v1/things HTTP/1.1 HTTP/1.1",
    b"GET  /jet/v1/things HTTP/1.1", b"GET\t/jet/v1/things HTTP/1.1", b"GET /jet/v1/things\tHTTP/1.1", b" GET /jet/v1/things HTTP/1.1",
    b"\x00GET /jet/v1/things HTTP/1.1", b"GET HTTP/1.1", b"GET ? HTTP/1.1", b"GET http://localhost/jet/v1/things HTTP/1.1",
    b"GET HTTP://localhost/jet/v1/things HTTP/1.1", b"GET //localhost/jet/v1/things HTTP/1.1", b"GET localhost:80 HTTP/1.1",
    b"GET file:///etc/passwd HTTP/1.1", b"GET unix:/jet.sock:/ HTTP/1.1", b"GET /jet/v1/things?a=%00 HTTP/1.1", b"GET /jet/v1/things?%ff HTTP/1.1",
    b"GET /jet/v1/things#/../grants HTTP/1.1", b"GET /jet/v1/things?a=b HTTP/1.1\r\nX: y\r\n\r\nGET /jet/v1/things/two HTTP/1.1\nHost: b",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", b"\r\n\r\n\r\nGET /jet/v1/things HTTP/1.1",
    b"GET /jet/v1/public/notice HTTP/1.0", b"POST /oauth/token HTTP/1.1", b"GET /oauth/token HTTP/1.1", b"GET /readyz HTTP/1.1", b"GET /docs/../jet/v1/things HTTP/1.1",
)  # fmt: skip
_HEADS = (
    b"X: a\r\n b\r\n", b"X: a\r\n\tb\r\n", b"X : a\r\n", b"X\t: a\r\n", b": a\r\n", b"X\r\n", b"X: a\nY: b\r\n", b"X: a\rY: b\r\n", b"X: a\x00\r\n", b"X: \x08\r\n",
    b"X_Forwarded_For: 6.6.6.6\r\n", b"X-Kakehashi_Token: a\r\n", b"X-Kakehashi-Token: a.b.c\r\n", b"X-Kakehashi-Token: a.b.c\r\nConnection: x-kakehashi-token\r\n",
    b"Host: evil.example\r\n", b"HOST: localhost\r\n", b"X-Forwarded-Host: evil.example\r\n", b"Forwarded: for=6.6.6.6;host=evil\r\n", b"X-Original-URL: /grants/v1/programmes\r\n",
    b"X-Rewrite-URL: /grants/v1/programmes\r\n", b"X-HTTP-Method-Override: DELETE\r\n", b"X-HTTP-Method: DELETE\r\n", b"Connection: close, host\r\n", b"Connection: authorization\r\n",
    b"Connection: content-length\r\n", b"Connection: transfer-encoding\r\n", b"Connection: x-request-id, traceparent\r\n", b"Proxy-Connection: keep-alive\r\n", b"TE: trailers, chunked\r\n",
    b"Trailer: Host\r\n", b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n", b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n",
    b"Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n", b"Expect: 100-continue\r\n", b"Expect: 200-ok\r\n", b"Expect: 100-continue, 100-continue\r\n", b"Expect: \r\n",
    b"Authorization: Bearer forged\r\n", b"Authorization : Bearer forged\r\n", b"Authorization\x00: Bearer forged\r\n", b"X-\xe9: a\r\n", b"X: \xe3\x81\x82\r\n", b"X: " + b"a" * 33_000 + b"\r\n",
    b"Cookie: " + b"a=b;" * 9_000 + b"\r\n", b"If-Match: a\r\nIf-Match: b\r\n", b"Range: bytes=0-0,0-0\r\n", b"Host: localhost:99999999\r\n", b"X: y\r\n\r\n\r\n",
)  # fmt: skip


def strings() -> Iterator[bytes]:
    """Every string once, as it is sent."""
    seen = set()
    for one in _all():
        if one not in seen:
            seen.add(one)
            yield one


def _all() -> Iterator[bytes]:
    for length in _LENGTHS:
        yield POST + JSON + b"Content-Length: " + length + b"\r\n\r\n12345" + INNER
    for first, second in product((b"5", b"0", b"50"), (b"5", b"0", b"50")):
        yield POST + JSON + b"Content-Length: %b\r\nContent-Length: %b\r\n\r\n12345" % (first, second) + INNER
    for coding in _CODINGS:
        yield POST + JSON + b"Transfer-Encoding: " + coding + b"\r\n\r\n0\r\n\r\n" + INNER
    for name in _CODING_NAMES:
        yield POST + JSON + name + b": chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + INNER
    for head in (b"Content-Length: 5\r\n" + CHUNKED, CHUNKED + b"Content-Length: 5\r\n", CHUNKED + CHUNKED):
        for kind in (JSON, CSV):
            yield (
                POST.replace(b"things", b"imports" if kind == CSV else b"things")
                + kind
                + head
                + b"\r\n0\r\n\r\n"
                + INNER
            )
    for chunks in _CHUNKS:
        yield POST + JSON + CHUNKED + b"\r\n" + chunks
        yield POST.replace(b"things", b"imports") + CSV + CHUNKED + b"\r\n" + chunks
    yield POST.replace(b"1.1", b"1.0") + JSON + CHUNKED + b"\r\n5\r\nhello\r\n0\r\n\r\n"
    for segment in _SEGMENTS:
        for path in (
            b"/jet/v1/things/%b",
            b"/jet/%b/v1/things",
            b"/%b/jet/v1/things",
            b"/jet/v1/things/1/parts/%b",
        ):
            yield b"GET " + path % segment + b" HTTP/1.1\r\n{H}{T}\r\n"
    for path in (b"/jet/v1/things%b", b"/jet/v1/things/special%b", b"/jet/v1/public/notice%b"):
        for end in (b"/", b"//", b"/.", b";", b"?", b"??", b"%2f", b"%3f", b"%23", b"\\", b".json", b"%20"):
            yield b"GET " + path % end + b" HTTP/1.1\r\n{H}{T}\r\n"
    for line in _LINES:
        yield line + b"\r\n{H}{T}\r\n"
        yield line + b"\n{H}{T}\n"
    for head in _HEADS:
        yield GET + head + b"\r\n"
    yield from (
        GET.replace(b"{H}", b""),
        GET.replace(b"{T}", b"") + b"\r\n",
        GET,
        GET + b"\r",
        GET + b"\n",
        b"{H}{T}\r\n",
        b"",
        b"\x00" * 100,
    )
    yield GET + b"Content-Length: 5\r\n\r\n12345" + INNER
    yield GET + b"Connection: close\r\n\r\n" + INNER
    yield POST + JSON + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}" + INNER
    yield GET + b"\r\n" + b"\x16\x03\x01"
    yield GET + b"\r\n" + b"GARBAGE" + INNER
    yield b"GET /healthz HTTP/1.1\r\n{H}Content-Length: 5\r\n\r\n12345" + INNER
