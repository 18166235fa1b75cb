"""Local governments: the check digit of a code however it comes in, and the 法人番号 that follows from it."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.gateway.registry.organisations.resource import CORPORATIONS
from services.kit.japan.local_government_code import code_check_digit, corporate_check_digit
from tests.gateway.registry.house import Registry

WRITE = frozenset({"directory:write", "directory:read"})
PATH = "/directory/v1/organisations"


def create(house: Registry, code: str, kind: str, **more: Any) -> httpx.Response:
    body = {"code": code, "name": "試験", "kind": kind} | more
    return house.call("POST", PATH, "directory_organisations_create", scopes=WRITE, json=body)


def a_code(prefecture: int) -> str:
    five = f"{prefecture:02}{900 + uuid4().int % 100:03}"
    return five + code_check_digit(five)


@pytest.mark.parametrize(("number", "kind"), tuple(enumerate(CORPORATIONS, 1)))
def test_the_corporate_number_follows_from_the_code(house: Registry, number: int, kind: str) -> None:
    code = a_code(number)
    made = create(house, code, kind)
    assert made.status_code == 201, made.text
    derived = made.json()["corporate_number"]
    assert derived[1:] == f"000020{code}"
    assert derived[0] == corporate_check_digit(derived[1:])


def test_the_number_of_sapporo_is_the_published_one(house: Registry) -> None:
    assert create(house, "011002", "designated_city").json()["corporate_number"] == "9000020011002"


def test_a_number_that_is_given_stays(house: Registry) -> None:
    given = "1234567890123"
    assert create(house, a_code(20), "city", corporate_number=given).json()["corporate_number"] == given


@pytest.mark.parametrize(
    ("code", "kind"),
    [("011011", "ward"), ("016951", "village"), ("017001", "village"), ("S99001", "school_corporation"), ("TOWN-1", "town")],
)  # fmt: skip
def test_these_have_no_number_that_follows(house: Registry, code: str, kind: str) -> None:
    made = create(house, code, kind)
    assert made.status_code == 201, made.text
    assert made.json()["corporate_number"] is None


@pytest.mark.parametrize("kind", [*CORPORATIONS, "ward"])
def test_a_wrong_last_digit_is_refused_with_the_right_one(house: Registry, kind: str) -> None:
    code = a_code(30)
    wrong = code[:5] + str((int(code[5]) + 1) % 10)
    answer = create(house, wrong, kind)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/code", "code_check_digit")
    assert code[5] in error["remedy"]
    assert create(house, f"99{code[2:]}", kind).json()["errors"][0]["code"] == "code_prefecture"


def test_six_digits_of_another_kind_are_nobodys_check(house: Registry) -> None:
    assert create(house, f"5{uuid4().int % 100000:05}", "school_corporation").status_code == 201
