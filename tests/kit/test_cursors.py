"""Paging: whatever the sort and the size of a page, each row once and in order; a cursor serves its owner only."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import count
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.gateway.registry.app import create_app
from services.kit.errors import Refused
from services.kit.http.cursor import Cursors
from services.postgres import PrivatePostgres
from tests.support.database import short_folder
from tests.support.jet import Jet, appointment
from tests.support.serving import Caller, Serving, serving
from tests.support.sql import fetch

LIST = "directory_organisations_list"
REGISTRAR = Caller("registrar")
SORTS = ("code", "-code", "name_kana", "-name_kana")
KANA = st.sampled_from((None, "ア", "イ", "ウ"))
_GROUPS = count(1)


@pytest.fixture(scope="module")
def registry(postgres: PrivatePostgres) -> Iterator[Serving]:
    with short_folder() as folder, serving("registry", create_app, postgres, folder / "keys") as served:
        yield served


def store(postgres: PrivatePostgres, group: str, kana: list[str | None], start: int = 0) -> None:
    values = ", ".join(
        f"('{group}-{start + number:03d}', '{group}', {'NULL' if one is None else repr(one)}, 'city', '{group}')"
        for number, one in enumerate(kana)
    )
    fetch(
        postgres.url(),
        f"INSERT INTO directory.organisation (code, name, name_kana, kind, search_key) VALUES {values} RETURNING 1",
    )


def page(registry: Serving, caller: Caller = REGISTRAR, **query: Any) -> httpx.Response:
    return registry.call(
        LIST, caller, params={name: value for name, value in query.items() if value is not None}
    )


def place(row: dict[str, Any], sort: str) -> tuple[bool, list[int], str]:
    """Absent last, then by the key, then by the id."""
    value = row[sort.lstrip("-")]
    sign = -1 if sort.startswith("-") else 1
    return value is None, [sign * ord(letter) for letter in value or ""], row["id"]


@given(before=st.lists(KANA, min_size=1, max_size=9), between=st.lists(KANA, max_size=4),
       limit=st.integers(1, 4), sort=st.sampled_from(SORTS))  # fmt: skip
@example(before=[None, None, "ア", None], between=[None], limit=1, sort="-name_kana")
@example(before=["ア", "ア", None, None], between=[], limit=2, sort="name_kana")
@settings(max_examples=25, deadline=None, derandomize=True)
def test_pages_hold_each_row_once_in_order(
    registry: Serving, postgres: PrivatePostgres, before: list[str | None], between: list[str | None],
    limit: int, sort: str,
) -> None:  # fmt: skip
    group = f"page{next(_GROUPS):05d}z"
    store(postgres, group, before)
    seen: list[dict[str, Any]] = []
    cursor = None
    for number in range(len(before) + len(between) + 1):
        answer = page(registry, q=group, limit=limit, sort=sort, cursor=cursor)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert len(found["items"]) <= limit
        seen += found["items"]
        cursor = found["next"]
        assert (cursor is None) == ("link" not in answer.headers)
        if cursor is None:
            break
        if number < len(between):
            store(postgres, group, [between[number]], start=100 + number)
    assert cursor is None
    ids = [row["id"] for row in seen]
    assert len(ids) == len(set(ids))
    assert seen == sorted(seen, key=lambda row: place(row, sort))
    assert {row["code"] for row in seen} >= {f"{group}-{number:03d}" for number in range(len(before))}


def test_the_link_of_a_page_is_the_next_page(registry: Serving, postgres: PrivatePostgres) -> None:
    group = f"page{next(_GROUPS):05d}z"
    store(postgres, group, [None, None])
    first = page(registry, q=group, limit=1)
    said = httpx.URL(first.headers["link"].partition(">")[0].lstrip("<"))
    assert dict(said.params) == {"q": group, "limit": "1", "cursor": first.json()["next"]}


def test_a_roster_is_paged_whether_or_not_it_says_when(jet: Jet) -> None:
    family = f"Page{next(_GROUPS):05d}x"
    organisation = jet.organisation()
    numbers = [jet.participant(family=family) for _ in range(3)]
    for number in numbers:
        body = appointment(number, organisation, date(2024, 8, 1), date(2025, 7, 31))
        assert jet.call("jet_appointments_create", json=body).status_code == 201
    for basis in ({}, {"as_of": "2024-08-01"}, {"known_at": "2124-08-01"}):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            answer = jet.call("jet_roster_list", params={"q": family, "limit": 1} | basis | cursor)
            assert answer.status_code == 200, answer.text
            seen += [row["jet_number"] for row in answer.json()["items"]]
            if answer.json()["next"] is None:
                break
            cursor = {"cursor": answer.json()["next"]}
        assert seen == numbers


@pytest.mark.parametrize(
    ("caller", "changed"),
    [
        (Caller("registrar", client="another"), {}),
        (REGISTRAR, {"q": "other"}),
        (REGISTRAR, {"sort": "-code"}),
        (REGISTRAR, {"kind": "town"}),
    ],
)
def test_a_cursor_is_for_its_caller_and_question(
    registry: Serving, postgres: PrivatePostgres, caller: Caller, changed: dict[str, str]
) -> None:
    group = f"page{next(_GROUPS):05d}z"
    store(postgres, group, [None, None])
    cursor = page(registry, q=group, limit=1).json()["next"]
    answer = page(registry, caller, **{"q": group, "limit": 1, "cursor": cursor} | changed)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["cursor"]


def test_a_cursor_of_another_list_is_refused(registry: Serving, postgres: PrivatePostgres) -> None:
    store(postgres, f"page{next(_GROUPS):05d}z", [None, None])
    cursor = page(registry, limit=1).json()["next"]
    for other in ("directory_countries_list", "directory_people_list"):
        assert registry.call(other, REGISTRAR, params={"cursor": cursor}).status_code == 400


@given(flip=st.integers(0, 10_000), letter=st.sampled_from("AZaz09-_"))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_a_forged_cursor_is_refused(flip: int, letter: str) -> None:
    cursors = Cursors([b"k" * 32])
    cursor = cursors.seal(["alpha", None, 7], "mine")
    at = flip % (len(cursor) - 1)  # the last letter holds bits that nothing reads
    forged = cursor[:at] + letter + cursor[at + 1 :]
    if forged != cursor:
        with pytest.raises(Refused):
            cursors.open(forged, "mine")


@given(st.text(max_size=60))
def test_anything_else_is_no_cursor(said: str) -> None:
    with pytest.raises(Refused):
        Cursors([b"k" * 32]).open(said, "mine")


@given(
    values=st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), max_size=4),
    binding=st.text(max_size=9),
)
def test_a_cursor_says_what_was_sealed_also_after_the_key_has_turned(
    values: list[str | None], binding: str
) -> None:
    old = Cursors([b"a" * 32])
    with suppress(UnicodeEncodeError):
        cursor = old.seal(values, binding)
        assert Cursors([b"b" * 32, b"a" * 32]).open(cursor, binding) == values
        with pytest.raises(Refused):
            Cursors([b"b" * 32]).open(cursor, binding)
