"""Finding one's imports again, and what the routes of imports refuse."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.kit.imports.running import codes, csv_of, organisations
from tests.support.house import Caller, House

LIST = "directory_imports_list"


def _pages(api: House, caller: Caller, **query: str) -> Iterator[list[str]]:
    cursor: str | None = ""
    while cursor is not None:
        asked = query | ({"cursor": cursor} if cursor else {})
        page = api.call("GET", "/directory/v1/imports", LIST, caller, params=asked).json()
        yield [item["id"] for item in page["items"]]
        cursor = page["next"]


def test_ones_own_imports_are_found_the_newest_first(api: House) -> None:
    mine, other = Caller(client=f"tool-{uuid4()}"), Caller(client=f"tool-{uuid4()}")
    given = codes(4)
    sent = [api.done(organisations([code]), caller=mine)["id"] for code in given[:3]]
    theirs = api.done(organisations(given[3:]), caller=other)["id"]
    assert list(_pages(api, mine)) == [sent[::-1]]
    assert list(_pages(api, mine, limit="2")) == [[sent[2], sent[1]], [sent[0]]]
    assert list(_pages(api, other)) == [[theirs]]
    assert list(_pages(api, Caller(client=mine.client, person=uuid4()))) == [[]]


def test_imports_are_sought_by_kind_and_state(api: House) -> None:
    mine = Caller(client=f"tool-{uuid4()}")
    good = api.done(organisations(codes(1)), caller=mine)["id"]
    bad = api.done(csv_of([("X", "名", "会社ではない")]), caller=mine)["id"]
    assert list(_pages(api, mine, state="failed")) == [[bad]]
    assert list(_pages(api, mine, state="succeeded", kind="organisations")) == [[good]]
    assert list(_pages(api, mine, kind="hierarchies")) == [[]]


def test_an_import_in_the_list_is_the_same_as_by_its_id(api: House) -> None:
    mine = Caller(client=f"tool-{uuid4()}")
    identity = api.done(organisations(codes(1)), caller=mine)["id"]
    (item,) = api.call("GET", "/directory/v1/imports", LIST, mine).json()["items"]
    path = f"/directory/v1/imports/{identity}"
    assert item == api.call("GET", path, "directory_imports_read", mine).json()


def test_a_cursor_is_good_for_its_own_question_alone(api: House) -> None:
    mine = Caller(client=f"tool-{uuid4()}")
    for code in codes(2):
        api.done(organisations([code]), caller=mine)
    asked = {"limit": "1"}
    cursor = api.call("GET", "/directory/v1/imports", LIST, mine, params=asked).json()["next"]
    for caller, more in ((mine, {"state": "succeeded"}), (Caller(client="another"), {})):
        params = asked | {"cursor": cursor} | more
        assert api.call("GET", "/directory/v1/imports", LIST, caller, params=params).status_code == 400


@pytest.fixture(scope="module")
def paths(api: House) -> dict[str, str]:
    """Verb → path of each route that answers in JSON."""
    here = f"/directory/v1/imports/{api.done(organisations(codes(1)))['id']}"
    kinds = "/directory/v1/imports/kinds"
    return {
        "list": "/directory/v1/imports", "read": here, "problems": f"{here}/problems", "kinds": kinds,
        "kind": f"{kinds}/organisations",
    }  # fmt: skip


@pytest.mark.parametrize("verb", ["list", "read", "problems", "kinds", "kind"])
def test_a_route_speaks_json_alone_and_knows_its_parameters(
    api: House, paths: dict[str, str], verb: str
) -> None:
    path, route = paths[verb], f"directory_imports_{verb}"
    assert api.call("GET", path, route).status_code == 200
    assert api.call("GET", path, route, headers={"Accept": "text/csv"}).status_code == 406
    assert api.call("GET", path, route, params={"colour": "red"}).status_code == 400


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("template", "/directory/v1/imports/kinds/organisations/template"),
        ("marked_workbook", "/directory/v1/imports/0197a000-0000-7000-8000-000000000000/marked-workbook"),
    ],
)
def test_a_route_that_answers_a_workbook_knows_its_parameters(api: House, verb: str, path: str) -> None:
    answer = api.call("GET", path, f"directory_imports_{verb}", params={"colour": "red"})
    assert answer.status_code == 400


def test_a_list_of_an_unknown_kind_or_state_is_refused(api: House) -> None:
    for asked in ({"kind": "nothing"}, {"state": "lost"}, {"limit": "0"}, {"cursor": "x"}):
        answer = api.call("GET", "/directory/v1/imports", LIST, params=asked)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, next(iter(asked)))


def test_the_dictionary_of_a_kind_names_rules_and_former_headings(api: House) -> None:
    path = "/directory/v1/imports/kinds/organisations"
    told = {
        column["name"]: column for column in api.call("GET", path, "directory_imports_kind").json()["columns"]
    }
    assert told["code"]["rules"] == ["L2-02", "L3-06", "code_not_readable"]
    assert told["kind"]["rules"] == ["L2-02", "L2-04"]
    assert told["valid_from"]["rules"] == ["L3-05"]
    assert all(set(column["aliases"]) <= set(column["headings"]) for column in told.values())
