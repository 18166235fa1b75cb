"""The access matrix of pages: each page for each role, and that a page can do nothing that its row does not name."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.gateway.desk import contracts, page
from services.gateway.desk.app import PAGES
from services.gateway.desk.page import NoRow
from services.gateway.desk.pages.account import EVERYBODY
from services.openapi import FOLDER
from services.system import System
from tests.support.desk import Visitor
from tests.support.offices import Offices
from tests.walls.sampling import SAMPLED

_PARAMETER = re.compile(r"\{[a-z_]+(?::path)?\}")
_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
INSIDE = 'action="/desk/leave"'  # what a page shows to whoever it is for


@pytest.fixture(scope="module")
def visitors(system: System, office: Offices) -> Iterator[dict[str, Visitor]]:
    """Somebody of each role, signed in."""
    code = office.organisation(f"R{uuid4().hex[:8].upper()}", "prefecture")
    office.registrar.post(
        "/directory/v1/organisation-roles",
        {"organisation_code": code, "role": "host_authority", "valid_from": "2020-04-01"},
    )
    people = {
        "coordinator": office.staff("jet"),
        "registrar": office.staff("registry"),
        "auditor": office.staff("audit"),
        "organisation": office.officer(code),
        "host_authority": office.officer(code, "host"),
        "participant": office.person("participant", participant=uuid4()),
        "business": office.contact(code),
        "counsellor": office.officer(code, "counsellor"),
        "care_officer": office.staff("care"),
        "protector": office.staff("protection"),
        "grant_officer": office.staff("grants-exchange"),
        "event_officer": office.staff("events"),
    }
    # at addresses of their own: visitors from one would wait for the door most of the time
    made = {role: Visitor(system, address=f"127.0.0.{number}") for number, role in enumerate(people, 11)}
    for role, visitor in made.items():
        visitor.sign_in(people[role].email)
    yield made
    for visitor in made.values():
        visitor.http.close()


def asked(visitor: Visitor, method: str, path: str, **options: Any) -> httpx.Response:
    """A quick machine asks for more than the door lets any address ask for at once."""
    while (answer := visitor.http.request(method, path, **options)).status_code == 429:
        time.sleep(float(answer.headers["retry-after"]))
    return answer


@SAMPLED
@pytest.mark.parametrize("role", EVERYBODY)
def test_a_page_is_there_for_the_roles_of_its_row_alone(
    visitors: dict[str, Visitor], role: str, whole: bool
) -> None:
    """In the suite for all whom its row names, and in turn for two or three of the others."""
    wrong, visitor, place = [], visitors[role], EVERYBODY.index(role)
    for turn, row in enumerate(PAGES):
        if not whole and role not in row.roles and (turn - place) % 5:
            continue
        path = _PARAMETER.sub(str(uuid4()), row.path)
        if row.method == "POST":
            answer = asked(visitor, "POST", path, data={"form_token": "none of ours"})
            right = answer.status_code == (403 if role in row.roles else 404)
        else:
            answer = asked(visitor, "GET", path)
            right = (INSIDE in answer.text or not answer.is_error) == (role in row.roles)
            right &= answer.status_code < 500 and (role in row.roles or answer.status_code == 404)
        if not right:
            wrong.append((row.method, row.path, answer.status_code))
    assert not wrong


def test_without_a_session_every_page_leads_to_the_entrance(system: System) -> None:
    with Visitor(system, address="127.0.0.10") as visitor:
        for row in PAGES:
            answer = asked(visitor, row.method, _PARAMETER.sub("x", row.path), follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (303, "/desk/enter"), row.path


def test_a_page_without_a_right_row_does_not_start() -> None:
    operations = contracts.load(FOLDER)
    page.check(PAGES, operations)
    account = next(row for row in PAGES if row.path == "/desk/account")
    for calls in (("nothing_of_ours",), ("identity_clients_list",)):
        with pytest.raises(NoRow):
            page.check([replace(account, calls=calls)], operations)


def test_no_two_pages_share_a_place() -> None:
    places = [(row.method, row.path) for row in PAGES]
    assert len(places) == len(set(places))
    assert all(row.path.startswith("/desk/") for row in PAGES)


ODD = (
    "?name=x&call=y&self=z&dimensions=a&accept=b&programme_year=x&as_of=x&known_at=9999-99-99",
    "?cursor=x&state=x&q=%7F&code=%F0%9F%98%80&organisation=%27%3B&by=nothing",
    f"?address=%3Cscript%3E&sent=x&{'q=' + 'x' * 2000}",
)


@SAMPLED
@pytest.mark.parametrize("role", EVERYBODY)
def test_no_page_fails_whatever_it_is_asked(visitors: dict[str, Visitor], role: str, whole: bool) -> None:
    """Odd addresses, paths that lead nowhere, and forms with nothing in them: each is answered, and none is a 500. In the
    suite one of a page's roles asks all of it, the others one odd address."""
    wrong, visitor = [], visitors[role]
    token = _TOKEN.search(asked(visitor, "GET", "/desk/account").text)
    assert token is not None
    own = [row for row in PAGES if role in row.roles and row.path not in ("/desk/leave", "/desk/standing")]
    for turn, row in enumerate(own):
        alone = sorted(row.roles)[PAGES.index(row) % len(row.roles)]
        odds = ODD if whole or role == alone else (ODD[turn % len(ODD)],)
        path = _PARAMETER.sub("%3Cscript%3E", row.path)
        if row.method == "POST":
            form = {"form_token": token[1]}
            answers = [asked(visitor, "POST", path, data=form, headers={"Origin": visitor.system.url})]
        else:
            answers = [asked(visitor, "GET", path + odd) for odd in odds]
        wrong += [
            (row.method, answer.url.raw_path[:80], answer.status_code)
            for answer in answers
            if answer.status_code >= 500 or "<script>" in answer.text.replace("<script src=", "")
        ]
    assert not wrong
