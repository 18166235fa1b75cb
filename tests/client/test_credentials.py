"""What the token endpoint is sent, read back as the issuer reads it."""

import base64
import json
import time
from pathlib import Path

from joserfc import jwt

from client.credentials import (
    ASSERTION_TYPE,
    JWT_BEARER,
    ActingFor,
    Secret,
    SigningKey,
    load_key,
    new_key,
    public_part,
    save_key,
)
from tests.client.fake import URL

KEY = new_key()


def test_a_secret_goes_into_the_header_and_shows_in_no_text() -> None:
    secret = Secret("tool", "s3cret")
    asked = secret.request(URL)
    assert asked.basic == ("tool", "s3cret")
    assert asked.form == {"grant_type": "client_credentials"}
    assert "s3cret" not in repr(secret)


def test_a_key_signs_for_the_client_itself() -> None:
    form = SigningKey("tool", KEY).request(URL).form
    assert form["client_assertion_type"] == ASSERTION_TYPE
    token = jwt.decode(form["client_assertion"], KEY, algorithms=["ES256"])
    assert token.header["typ"] == "client-authentication+jwt"
    assert (token.claims["iss"], token.claims["sub"], token.claims["aud"]) == ("tool", "tool", URL)
    assert 0 < token.claims["exp"] - time.time() <= 300


def test_acting_for_a_person_names_them_and_no_secret() -> None:
    form = ActingFor("tool", KEY, "person-1").request(URL).form
    assert form.keys() == {"grant_type", "assertion"}
    assert form["grant_type"] == JWT_BEARER
    token = jwt.decode(form["assertion"], KEY, algorithms=["ES256"])
    assert (token.claims["iss"], token.claims["sub"]) == ("tool", "person-1")


def test_no_assertion_is_used_twice() -> None:
    signing = SigningKey("tool", KEY)
    tokens = [jwt.decode(signing.request(URL).form["client_assertion"], KEY) for _ in range(2)]
    assert tokens[0].claims["jti"] != tokens[1].claims["jti"]


def test_the_registered_half_is_public_and_a_saved_key_is_its_owners(tmp_path: Path) -> None:
    shown = public_part(KEY)
    assert shown.keys() == {"kty", "crv", "x", "y", "kid"}
    path = tmp_path / "tool.jwk"
    save_key(KEY, path)
    assert path.stat().st_mode & 0o777 == 0o600
    signed = SigningKey("tool", load_key(path)).request(URL).form["client_assertion"]
    header = json.loads(base64.urlsafe_b64decode(signed.split(".")[0] + "=="))
    assert header["kid"] == shown["kid"]
    assert jwt.decode(signed, KEY).claims["iss"] == "tool"
