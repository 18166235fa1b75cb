"""Sessions of the desk: they end when they must, at once, and nobody else's page or key makes use of one."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from client.credentials import JWT_BEARER
from services.system import System
from tests.support.desk import Visitor
from tests.support.offices import Offices, Somebody
from tests.support.sql import execute, value

ACCOUNT, ENTER, COOKIE = "/desk/account", "/desk/enter", "kakehashi-session"
REACTED = 2.0  # seconds: the door looks for changed rights twice in one


def signed_out(visitor: Visitor) -> bool:
    deadline = time.monotonic() + REACTED
    while visitor.get(ACCOUNT).path != ENTER:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_a_session_has_a_fixed_end(system: System, office: Offices) -> None:
    who = office.staff()
    with Visitor(system) as visitor:
        visitor.sign_in(who.email)
        life = f"SELECT expires_at - began_at = '8 hours' FROM identity.session WHERE person_id = '{who.id}'"
        assert value(system.database, life) is True
        visitor.get(ACCOUNT)
        assert value(system.database, life) is True  # work does not make it longer
        with pytest.raises(Exception, match="session_fixed"):
            execute(
                system.database,
                f"UPDATE identity.session SET expires_at = expires_at + interval '1 s' WHERE person_id = '{who.id}'",
            )


def test_the_number_turns_with_the_standing(system: System, office: Offices) -> None:
    who = office.staff("jet")
    office.post(who, "CLAIR", "registry")
    with Visitor(system) as visitor:
        visitor.sign_in(who.email)
        before = visitor.http.cookies[COOKIE]
        visitor.get(ACCOUNT)
        shown = visitor.post("/desk/standing", {"standing": "registrar "})
        assert "登録担当" in shown.text and visitor.http.cookies[COOKIE] != before
        with Visitor(system) as thief:
            thief.http.cookies.set(COOKIE, before)
            assert thief.get(ACCOUNT).path == ENTER
        visitor.get(ACCOUNT)
        refused = visitor.post("/desk/standing", {"standing": "auditor "})
        assert refused.status == 409 and "その立場では" in refused.text


def test_leaving_ends_one_session_or_all(system: System, office: Offices) -> None:
    who = office.staff()
    with Visitor(system) as here, Visitor(system) as there, Visitor(system) as elsewhere:
        for visitor in (here, there, elsewhere):
            visitor.sign_in(who.email)
        kept = here.http.cookies[COOKIE]
        here.get(ACCOUNT)
        assert "サインアウトしました" in here.post("/desk/leave").text
        here.http.cookies.set(COOKIE, kept)
        assert here.get(ACCOUNT).path == ENTER
        assert there.get(ACCOUNT).status == 200 and there.get(ACCOUNT).path == ACCOUNT
        there.post("/desk/leave", {"everywhere": "yes"})
        assert signed_out(elsewhere)


@pytest.mark.parametrize("how", ["post", "address", "registrar", "time"])
def test_a_session_ends_with_what_it_stood_on(system: System, office: Offices, how: str) -> None:
    code = office.organisation(f"S{uuid4().hex[:8].upper()}")
    who = office.person("officer")
    post = office.post(who, code, "international")
    with Visitor(system) as visitor:
        visitor.sign_in(who.email)
        assert visitor.get(ACCOUNT).path == ACCOUNT
        _ended(system, office, who, post, how)
        assert signed_out(visitor)


def _ended(system: System, office: Offices, who: Somebody, post: str, how: str) -> None:
    if how == "post":
        path = f"/directory/v1/posts/{post}"
        record = office.registrar.request("GET", path)
        match = {"If-Match": record.headers["etag"]}
        office.registrar.request("PATCH", path, json={"valid_to": "2021-03-31"}, headers=match)
    elif how == "address":
        path = f"/directory/v1/people/{who.number}"
        match = {"If-Match": office.registrar.request("GET", path).headers["etag"]}
        office.registrar.request("PATCH", path, json={"email": "another@office.example"}, headers=match)
    elif how == "registrar":
        office.registrar.post("/identity/v1/revocations", {"subject": who.number})
    else:
        execute(
            system.database,
            f"UPDATE identity.session SET expires_at = began_at WHERE person_id = '{who.id}'; "
            f"SELECT identity.rights_changed('{who.id}')",
        )


def test_the_desks_key_alone_acts_for_nobody(system: System, office: Offices) -> None:
    who, other = office.staff(), office.staff()
    with Visitor(system) as visitor:
        visitor.sign_in(who.email)
        number = visitor.http.cookies[COOKIE].partition("~")[0]
        assert _token(system, who, number) == 200
        for sub, sid in ((who, None), (who, "A" * 43), (other, number), (other, None)):
            assert _token(system, sub, sid) == 400


def _token(system: System, who: Somebody, number: str | None) -> int:
    key = ECKey.import_key(json.loads(Path(system.keys, "desk.jwk").read_text()))
    now = int(time.time())
    said = {
        "iss": "desk", "sub": str(who.id), "aud": system.url, "jti": str(uuid4()), "iat": now, "exp": now + 60,
    }  # fmt: skip
    header = {"alg": "ES256", "typ": "authorization-grant+jwt", "kid": key.kid}
    assertion = jwt.encode(header, said | ({} if number is None else {"sid": number}), key)
    form = {"grant_type": JWT_BEARER, "assertion": assertion}
    return httpx.post(f"{system.url}/oauth/token", data=form).status_code


FORGERIES = {
    "no token": ({}, {"form_token": ""}),
    "another's token": ({}, {"form_token": "0" * 64}),
    "another site": ({"Sec-Fetch-Site": "cross-site"}, {}),
    "a sister site": ({"Sec-Fetch-Site": "same-site"}, {}),
    "another origin": ({"Origin": "https://elsewhere.example"}, {}),
    "no origin": ({"Origin": "null"}, {}),
}


@pytest.fixture(scope="module")
def deceived(system: System, office: Offices) -> Iterator[Visitor]:
    """One for all forgeries: signed in, and so after each of them."""
    with Visitor(system) as visitor:
        visitor.sign_in(office.staff().email)
        yield visitor


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_form_from_elsewhere_does_nothing(deceived: Visitor, forgery: str) -> None:
    headers, fields = FORGERIES[forgery]
    token = deceived.get(ACCOUNT).hidden["form_token"]
    answer = deceived.http.post("/desk/leave", data={"form_token": token} | fields, headers=headers)
    assert answer.status_code == 403
    assert deceived.get(ACCOUNT).path == ACCOUNT


def test_a_page_is_framed_kept_and_read_by_nobody_else(system: System, office: Offices) -> None:
    who = office.staff()
    with Visitor(system) as visitor:
        visitor.sign_in(who.email)
        headers = visitor.get(ACCOUNT).headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
        assert "unsafe" not in policy and headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store" and headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
    answer = httpx.get(f"{system.url}/desk/enter")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie


@pytest.mark.parametrize("back", ["https://elsewhere.example", "//elsewhere.example", "/jet/v1/participants"])
def test_the_language_leads_nowhere_else(system: System, back: str) -> None:
    answer = httpx.post(f"{system.url}/desk/language", data={"language": "en", "back": back})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")


def test_what_is_no_page_or_no_form_is_told_in_a_page(system: System, office: Offices) -> None:
    who = office.staff()
    with Visitor(system) as visitor:
        visitor.sign_in(who.email)
        for method, path, body, status in (
            ("GET", "/desk/static/none.css", None, 404),
            ("POST", "/desk/account", {"x": "y"}, 404),
            ("POST", "/desk/leave", dict.fromkeys(map(str, range(2500)), "x"), 400),
        ):
            answer = visitor.http.request(method, path, data=body)
            assert (answer.status_code, "お問い合わせ番号" in answer.text) == (status, True), path
        assert visitor.get(ACCOUNT).path == ACCOUNT


def test_the_desk_has_no_address_of_the_database(system: System) -> None:
    environment = system.children["desk"].environment
    assert not [name for name in environment if "DATABASE" in name or name.startswith("PG")]
    assert "postgresql" not in "".join(environment.values())
