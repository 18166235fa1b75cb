"""The desk behind the door: its pages pass untouched, what the door refuses there is a page, and no path is told."""

import json
from collections.abc import Iterator

import pytest

from tests.gateway.door.house import House, house, until

LINK = "/desk/enter/" + "k" * 43
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def desk_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The fake of events stands for the desk."""
    folder = tmp_path_factory.mktemp("desk")
    with house(folder, upstream_desk=f"unix:{folder}/events.sock", refused_burst=10_000) as built:
        yield built


@pytest.fixture(scope="module")
def closed_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("closed")
    with house(folder, upstream_desk=f"unix:{folder}/nobody.sock", refused_burst=10_000) as built:
        yield built


def test_a_page_passes_with_its_cookies_and_without_a_token(desk_house: House) -> None:
    sent = desk_house.bearer() | {"Cookie": "kakehashi-session=a~b", "Accept-Language": "en"}
    status, _, body = desk_house.ask("GET", "/desk/find?q=%E9%AB%98&x=1", sent)
    seen = json.loads(body)
    headers = {name: value for name, value in seen["headers"]}
    assert status == 200 and (seen["raw_path"], seen["query"]) == ("/desk/find", "q=%E9%AB%98&x=1")
    assert headers["cookie"] == "kakehashi-session=a~b" and headers["accept-language"] == "en"
    assert "authorization" not in headers


def test_a_form_and_a_file_pass_as_they_come(desk_house: House) -> None:
    form = b"name=" + b"x" * 300_000
    for kind, body in (
        ("application/x-www-form-urlencoded", b"a=1"),
        ("multipart/form-data; boundary=b", form),
    ):
        status, _, answer = desk_house.ask("POST", "/desk/files", {"Content-Type": kind}, body)
        assert status == 200 and json.loads(answer)["size"] == len(body)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("PUT", "/desk/find", FORM, 405),
        ("DELETE", "/desk", {}, 405),
        ("POST", "/desk/files", {"Content-Type": "application/json"}, 415),
    ],
)
def test_what_is_refused_is_a_page(
    desk_house: House, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    before = desk_house.reached()
    answered, said, body = desk_house.ask(method, path, headers, b"{}" if method != "DELETE" else None)
    assert answered == status and desk_house.reached() == before
    assert (
        said["Content-Type"].startswith("text/html")
        and "default-src 'none'" in said["Content-Security-Policy"]
    )
    assert "Support code" in body.decode() and (status != 405 or said["Allow"] == "GET, POST")


def test_a_desk_that_is_away_says_so_in_both_languages(closed_house: House) -> None:
    status, said, body = closed_house.ask("GET", LINK)
    text = body.decode()
    assert status == 503 and said["Retry-After"] and 'lang="ja"' in text and 'lang="en"' in text
    assert LINK not in text and said["Cache-Control"] == "no-store"


def test_only_the_desks_own_paths_are_its(desk_house: House) -> None:
    for path in ("/desks", "/deskx/find", "/Desk"):
        status, said, _ = desk_house.ask("GET", path)
        assert status == 404 and said["Content-Type"].startswith("application/problem+json")


def test_no_path_of_the_desk_is_told(desk_house: House, capfd: pytest.CaptureFixture[str]) -> None:
    """A line of the log names the route: the path could sign somebody in."""
    told = ""

    def noted() -> bool:
        nonlocal told
        told += "".join(capfd.readouterr())
        return '"desk_enter"' in told and '"desk"' in told

    desk_house.ask("GET", LINK)
    desk_house.ask("POST", LINK, FORM, b"a=1")
    until(noted)
    assert "k" * 43 not in told
