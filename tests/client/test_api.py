"""The API client: tokens, retries, refusals in words, pages, imports."""

from pathlib import Path

import httpx
import pytest

from client.api import TRIES, ImportFailed
from client.problem import Problem
from tests.client.fake import Fake, problem

OK = httpx.Response(200, json={"done": True})
SUMMARY = {"rows": 2, "created": 2, "changed": 0, "unchanged": 0, "refused": 0, "problems": 0, "stored": True}


def operation(state: str, done: int, **more: object) -> httpx.Response:
    body = {"id": "7", "state": state, "done": done, "total": 2, "result": None, "problem": None}
    return httpx.Response(200, json=body | more)


def test_a_token_is_used_until_it_is_nearly_over() -> None:
    fake = Fake(OK, OK)
    with fake.api() as api:
        api.get("/a")
        api.get("/b")
    assert [request.headers["Authorization"] for request in fake.asked] == ["Bearer token-1"] * 2


def test_a_token_about_to_end_is_renewed() -> None:
    fake = Fake(OK, OK)
    fake.lifetime = 20
    with fake.api() as api:
        api.get("/a")
        api.get("/b")
    assert [request.headers["Authorization"] for request in fake.asked] == [
        "Bearer token-1",
        "Bearer token-2",
    ]


def test_a_post_is_repeated_with_its_key_and_waits_as_told() -> None:
    fake = Fake(
        problem(429, "rate_limited", {"Retry-After": "7"}),
        problem(409, "idempotency_key_in_flight"),
        httpx.ConnectError("down"),
        problem(503, "unavailable"),
        OK,
    )
    with fake.api() as api:
        assert api.post("/a", {"x": 1}) == {"done": True}
    assert len({request.headers["Idempotency-Key"] for request in fake.asked}) == 1
    assert {request.content for request in fake.asked} == {b'{"x":1}'}
    assert fake.slept[0] == 7
    assert fake.slept[1:] == sorted(fake.slept[1:])


def test_each_post_has_a_key_of_its_own() -> None:
    fake = Fake(OK, OK)
    with fake.api() as api:
        api.post("/a", {})
        api.post("/a", {})
    assert len({request.headers["Idempotency-Key"] for request in fake.asked}) == 2


@pytest.mark.parametrize(
    ("status", "code"), [(404, "not_found"), (409, "appointment_overlap"), (422, "invalid")]
)
def test_a_refusal_is_not_repeated(status: int, code: str) -> None:
    fake = Fake(problem(status, code))
    with fake.api() as api, pytest.raises(Problem) as raised:
        api.post("/a", {})
    assert (raised.value.status, raised.value.code) == (status, code)
    assert not fake.slept


def test_it_gives_up_in_the_end() -> None:
    fake = Fake(*[problem(503, "unavailable") for _ in range(TRIES)])
    with fake.api() as api, pytest.raises(Problem):
        api.get("/a")
    assert not fake.answers


def test_a_problem_reads_well() -> None:
    error = {"pointer": "/starts_on", "code": "c", "message": "重なっています", "remedy": "直してください。"}
    fake = Fake(problem(422, "invalid_content", errors=[error]))
    with fake.api() as api, pytest.raises(Problem) as raised:
        api.get("/a")
    assert str(raised.value).splitlines() == [
        "422 題名: 説明",
        "  /starts_on: 重なっています 直してください。",
        "  (invalid_content, ABC234)",
    ]


def test_an_answer_that_is_no_problem_document_is_told_too() -> None:
    fake = Fake(httpx.Response(404, text="<html>"))
    with fake.api() as api, pytest.raises(Problem, match="404 Not Found"):
        api.get("/a")


def test_all_pages_are_read() -> None:
    pages = [
        httpx.Response(200, json={"items": [{"n": n}], "next": following})
        for n, following in ((1, "two"), (2, "three"), (3, None))
    ]
    fake = Fake(*pages)
    with fake.api() as api:
        assert [one["n"] for one in api.iterate("/a", {"q": "x"})] == [1, 2, 3]
    assert [request.url.params.get("cursor") for request in fake.asked] == [None, "two", "three"]
    assert {request.url.params["q"] for request in fake.asked} == {"x"}


def test_a_file_is_sent_whole_again_after_a_break_and_followed_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"a,b\n1,2\n" * 50_000)
    fake = Fake(
        problem(503, "unavailable"),
        httpx.Response(202, json={"id": "7", "operation": "/jet/v1/operations/7"}),
        operation("running", 1),
        operation("succeeded", 2, result={"import": "/jet/v1/imports/7", **SUMMARY}),
    )
    told: list[tuple[int, int | None]] = []
    with fake.api() as api:
        result = api.submit("jet", "appointments", path, dry_run=True, progress=lambda *at: told.append(at))
    first, second = fake.asked[:2]
    assert first.content == second.content == path.read_bytes()
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert dict(second.url.params) == {"kind": "appointments", "mode": "atomic", "dry_run": "true"}
    assert second.headers["Content-Type"] == "text/csv"
    assert told == [(1, 2), (2, 2)]
    assert (result.path, result.created, result.stored) == ("/jet/v1/imports/7", 2, True)


def test_a_file_that_cannot_be_taken_says_why(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.touch()
    said = {"code": "empty_file", "title": "空です", "detail": "行がありません"}
    fake = Fake(
        httpx.Response(202, json={"id": "7", "operation": "/o/7"}), operation("failed", 0, problem=said)
    )
    with fake.api() as api, pytest.raises(ImportFailed, match="空です: 行がありません") as raised:
        api.submit("jet", "appointments", path)
    assert raised.value.code == "empty_file"


def test_a_download_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    fake = Fake(*[httpx.RemoteProtocolError("cut") for _ in range(TRIES)])
    with fake.api() as api, pytest.raises(httpx.RemoteProtocolError):
        api.download("/a", tmp_path / "list.csv")
    assert not list(tmp_path.iterdir())
