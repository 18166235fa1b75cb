"""Coming in at the desk: whose link it is, where and how often it holds, and what asking tells about anybody."""

import re
from uuid import uuid4

import pytest

from services.system import System
from tests.support.desk import Visitor, letters, next_letter
from tests.support.offices import Offices
from tests.support.sql import execute, fetch, value

UNSTEADY = re.compile(r'name="form_token" value="[0-9a-f]+"')
VOID = "このリンクは使えません"


def path_of(system: System, email: str, before: int = 0) -> str:
    return next_letter(system, email, before).link.removeprefix(system.url)


def test_a_link_lets_its_person_in_once(system: System, office: Offices) -> None:
    who = office.staff()
    with Visitor(system) as visitor:
        asked = visitor.ask(who.email)
        assert asked.status == 200 and "メールをご確認ください" in asked.text
        path = path_of(system, who.email)
        assert "サインインする" in visitor.get(path).text
        assert "サインインする" in visitor.get(path).text  # opening it spends nothing
        assert who.name in visitor.post(path).text
        visitor.get(path)
        again = visitor.post(path)
        assert again.status == 409 and VOID in again.text
        assert visitor.get("/desk/account").status == 200  # the session itself stays


def test_a_link_is_bound_to_the_browser_that_asked(system: System, office: Offices) -> None:
    """Forwarded, or caught on its way, it opens nothing; and is not used up by the attempt."""
    who = office.staff()
    with Visitor(system) as asking, Visitor(system) as other:
        asking.ask(who.email)
        path = path_of(system, who.email)
        other.get(path)
        refused = other.post(path)
        assert refused.status == 409 and VOID in refused.text
        assert other.get("/desk/account").path == "/desk/enter"
        asking.get(path)
        assert asking.post(path).status == 200


def test_a_link_ends_after_its_minutes(system: System, office: Offices) -> None:
    who = office.staff()
    with Visitor(system) as visitor:
        visitor.ask(who.email)
        path = path_of(system, who.email)
        left = (
            f"SELECT expires_at - now() BETWEEN '14 min' AND '15 min' FROM identity.sign_in_link {of(who.id)}"
        )
        assert value(system.database, left) is True
        execute(system.database, f"UPDATE identity.sign_in_link SET expires_at = now() {of(who.id)}")
        visitor.get(path)
        refused = visitor.post(path)
        assert refused.status == 409 and VOID in refused.text


def of(person: object) -> str:
    return f"WHERE person_id = '{person}'"


def test_a_letter_goes_to_the_registered_address(system: System, office: Offices) -> None:
    """Some letters become another one's small form: K is the sign of kelvin."""
    who = office.staff(email=f"k{uuid4().hex[:8]}@office.example")
    with Visitor(system) as visitor:
        visitor.ask(who.email.upper())
        next_letter(system, who.email, 0)
        visitor.ask(who.email.replace("k", "\N{KELVIN SIGN}", 1))
        visitor.ask(who.email)
        next_letter(system, who.email, 0, 2)
    assert not [path for path in system.mail.glob("*.eml") if "\N{KELVIN SIGN}" in path.read_text()]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_address_is_answered_alike(system: System, office: Offices, language: str) -> None:
    """The same page, the same rows of the same transaction, and one job: what is found is the job's to know."""
    known, gone = office.staff(), office.person("officer")  # who holds no post can come in as nobody
    said, work = set(), set()
    for email in (known.email, known.email.upper(), gone.email, f"nobody-{uuid4().hex}@office.example"):
        with Visitor(system, language) as visitor:
            before = work_done(system)
            shown = visitor.ask(email)
            said.add((shown.status, shown.path, UNSTEADY.sub("", shown.html)))
            work.add(work_done(system) - before)
    assert len(said) == 1 and work == {1}
    next_letter(system, known.email, 0, 2)
    assert letters(system, gone.email) == []


def work_done(system: System) -> int:
    """Rows that the desk's asking left: the job's own are another client's."""
    asked = value(system.database, "SELECT count(*) FROM identity.sign_in_request")
    noted = value(system.database, "SELECT count(*) FROM identity.audit_entry WHERE client = 'desk'")
    return int(str(asked)) + int(str(noted))


def test_no_number_is_in_the_database(system: System, office: Offices) -> None:
    who = office.staff()
    with Visitor(system) as visitor:
        visitor.sign_in(who.email)
        link = next_letter(system, who.email, 0).link.rsplit("/", 1)[1]
        session = visitor.http.cookies["kakehashi-session"].partition("~")[0]
    for table in ("sign_in_request", "sign_in_link", "session", "idempotency", "audit_entry", "operation"):
        rows = str(fetch(system.database, f"SELECT t::text FROM identity.{table} AS t"))
        for number in (link, session):
            assert number not in rows and number.encode().hex() not in rows


def test_letters_are_counted_by_address_and_browser(system: System, office: Offices) -> None:
    who, others = office.staff(), [office.staff() for _ in range(6)]
    for _ in range(7):
        with Visitor(system) as visitor:
            visitor.ask(who.email)
    with Visitor(system) as visitor:
        for one in others:
            visitor.ask(one.email)
            visitor.ask(one.email)
    last = office.staff()
    with Visitor(system) as visitor:
        visitor.sign_in(last.email)  # its job came after all of theirs
    assert len(letters(system, who.email)) == 5
    assert sum(len(letters(system, one.email)) for one in others) == 10


def test_people_of_one_mailbox_get_a_link_each(system: System, office: Offices) -> None:
    code = office.organisation(f"M{uuid4().hex[:8].upper()}")
    shared = f"{code.lower()}@office.example"
    two = [office.officer(code, name=name, email=shared) for name in ("架空 一", "架空 二")]
    with Visitor(system) as visitor:
        visitor.ask(shared)
        next_letter(system, shared, 0, 2)
        found = letters(system, shared)
        for who in two:
            (letter,) = [one for one in found if f"{who.name} 様" in one.text]
            path = letter.link.removeprefix(system.url)
            visitor.get(path)
            assert who.name in visitor.post(path).text


def test_an_address_that_is_none_is_told_so(system: System) -> None:
    with Visitor(system) as visitor:
        shown = visitor.ask("nobody at all")
        assert shown.status == 422 and "メールアドレス" in shown.text and shown.hidden["form_token"]


def test_a_guessed_link_is_answered_like_a_used_one(system: System) -> None:
    with Visitor(system) as visitor:
        for number in ("A" * 43, "x", "A" * 200):
            visitor.get("/desk/enter")
            shown = visitor.post(f"/desk/enter/{number}")
            assert (shown.status, VOID in shown.text) == (409, True), number
