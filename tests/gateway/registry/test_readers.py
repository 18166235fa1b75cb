"""The readers of what a stranger sends: they understand or refuse, and never do anything else."""

import base64
import time
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.registry.issuer.assertion import AUTHENTICATES, read_assertion
from services.gateway.registry.issuer.form import FORM, read_basic, read_form
from services.gateway.registry.issuer.refusals import OAuthRefused
from services.kit.auth.keys import new_key
from services.kit.auth.tokens import TokenRefused
from tests.gateway.registry.house import ISSUER, assertion, claims

PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=50)
KEY = new_key("ES256")


@given(st.dictionaries(PRINTABLE, PRINTABLE, max_size=20))
def test_a_form_is_read_as_it_was_written(form: dict[str, str]) -> None:
    assert read_form(f"{FORM}; charset=UTF-8", urlencode(form).encode()) == form


@given(st.binary(max_size=200) | st.text("&=%+a0\x00é").map(str.encode))
def test_any_bytes_are_a_form_or_refused(body: bytes) -> None:
    try:
        form = read_form(FORM, body)
    except OAuthRefused as refused:
        assert refused.error == "invalid_request"
    else:
        assert all(value and value.isprintable() and value.isascii() for value in form.values())


@given(PRINTABLE, PRINTABLE)
def test_basic_is_read_as_it_was_written(client_id: str, secret: str) -> None:
    said = base64.b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()
    read = read_basic(f"Basic {said}")
    assert (read.client_id, read.secret) == (client_id, secret)


@given(
    st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: f"Basic {base64.b64encode(raw).decode()}")
)
def test_any_header_is_basic_or_refused(header: str) -> None:
    try:
        read_basic(header)
    except OAuthRefused as refused:
        assert refused.error == "invalid_client"


@given(st.text(max_size=60) | st.lists(st.binary(min_size=1, max_size=40), min_size=3, max_size=3).map(
    lambda parts: ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
))  # fmt: skip
def test_any_text_is_an_assertion_or_refused(token: str) -> None:
    try:
        read_assertion(token)
    except TokenRefused:
        return
    raise AssertionError("chance does not make an assertion")


@pytest.mark.parametrize(
    "payload",
    [
        b'{"iss":"a","iss":"b","sub":"b","jti":"c"}',
        b'{"iss":"a","sub":"a","jti":"c","exp":NaN}',
        b'["iss"]',
        b"[" * 2000,
        b'{"iss":"\xff"}',
        b'{"iss":"a","sub":"a","jti":"\xe3\x81\x82"}',
    ],
)
def test_a_payload_with_two_readings_is_refused(payload: bytes) -> None:
    parts = [
        base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (b'{"alg":"ES256"}', payload, b"sig")
    ]
    with pytest.raises(TokenRefused):
        read_assertion(".".join(parts))


NOW = 1_800_000_000
WRONG: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"aud": [ISSUER, "x"]}, {}, "aud"),
    ({"aud": ISSUER + "/"}, {}, "aud"),
    ({"exp": NOW}, {}, "exp"),
    ({"exp": NOW + 306}, {}, "exp"),
    ({"exp": True}, {}, "exp"),
    ({"iat": NOW + 6}, {}, "iat"),
    ({"nbf": NOW + 6}, {}, "nbf"),
    ({"nbf": "now"}, {}, "nbf"),
    ({}, {"typ": "at+jwt"}, "typ"),
    ({}, {"typ": None}, "typ"),
    ({}, {"alg": "none"}, "header"),
    ({}, {"jku": "https://x.example"}, "header"),
]


@pytest.mark.parametrize(("wrong", "header", "reason"), WRONG)
def test_an_assertion_is_refused_for_its_one_fault(
    wrong: dict[str, Any], header: dict[str, Any], reason: str
) -> None:
    good: dict[str, Any] = {"iat": NOW, "exp": NOW + 60}
    read_assertion(assertion(KEY, claims("c", **good))).verify(KEY, ISSUER, AUTHENTICATES, NOW)
    with pytest.raises(TokenRefused, match=f"^{reason}$"):
        read_assertion(assertion(KEY, claims("c", **good | wrong), **header)).verify(
            KEY, ISSUER, AUTHENTICATES, NOW
        )


def test_the_signature_is_of_this_key_over_these_bytes() -> None:
    token = assertion(KEY, claims("c"))
    head, _, signature = token.split(".")
    other = assertion(KEY, claims("d")).split(".")[1]
    for forged in (assertion(new_key("ES256"), claims("c")), f"{head}.{other}.{signature}"):
        with pytest.raises(TokenRefused, match=r"^signature$"):
            read_assertion(forged).verify(KEY, ISSUER, AUTHENTICATES, time.time())
