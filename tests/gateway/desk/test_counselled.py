"""What others are shown at the desk of somebody is the same before and after that somebody is counselled."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from difflib import unified_diff
from html import unescape

import pytest

from services.system import System
from tests.support.careers import Careers, careers
from tests.support.desk import Visitor
from tests.support.offices import Offices

_HREF = re.compile(r'href="(/desk(?!/static|/files/)[^"#?]*)"')
# made anew for each page: its token, the support code of a refusal, and the instant at which it was asked for
_ANEW = re.compile(
    r'name="form_token" value="[^"]*"|<strong class="code">\w+</strong>|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?'
)
_COUNSELLING, _MOST = "/desk/appointments", 120


@pytest.fixture(scope="module")
def made(office: Offices) -> Iterator[Careers]:
    with careers(office) as opened:
        yield opened


def pages(visitor: Visitor, *first: str) -> dict[str, tuple[int, str]]:
    """Everything that can be reached by links from the desk's first page and from these."""
    seen: dict[str, tuple[int, str]] = {}
    waiting = ["/desk", *first]
    while waiting and len(seen) < _MOST:
        path = waiting.pop(0)
        if path in seen:
            continue
        shown = visitor.get(path)
        seen[path] = shown.status, _ANEW.sub("", shown.html)
        waiting += [unescape(found) for found in _HREF.findall(shown.html)]
    return seen


def test_no_page_of_others_tells_that_somebody_is_counselled(
    system: System, office: Offices, made: Careers
) -> None:
    me, like = made.person("Quarry"), made.person("Quince")
    home = made.clair.get("/jet/v1/appointments", {"jet_number": me.jet_number})["items"][0][
        "organisation_code"
    ]
    people = {
        "coordinator": office.staff(), "registrar": office.staff("registry"), "auditor": office.staff("audit"),
        "organisation": office.officer(home), "colleague": like.who,
    }  # fmt: skip
    address = f"/desk/people/{me.who.id}"
    with ExitStack() as stack:
        visitors = {role: stack.enter_context(Visitor(system)) for role in people}
        mine = stack.enter_context(Visitor(system))
        for role, visitor in visitors.items():
            visitor.sign_in(people[role].email)
        mine.sign_in(me.who.email)
        before = {role: pages(visitor, address) for role, visitor in visitors.items()}
        mine.get(f"{_COUNSELLING}/messages")
        mine.post(f"{_COUNSELLING}/messages", {"body": "夜眠れません"})
        assert "夜眠れません" in mine.get(f"{_COUNSELLING}/messages").text
        after = {role: pages(visitor, address) for role, visitor in visitors.items()}
    differing = [
        (role, path, *unified_diff(page[1].split("\n"), after[role].get(path, (0, ""))[1].split("\n"), n=0))
        for role, found in before.items()
        for path, page in found.items()
        if after[role].get(path) != page
    ]
    assert differing == [] and before == after
    assert before["coordinator"][address][0] == before["organisation"][address][0] == 200
    assert min(len(found) for found in before.values()) > 2
