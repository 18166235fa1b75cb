"""Until the instant of publication nothing that anybody outside the section reads tells what was decided; then all does."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from services.grants.applications.domain import STATES
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.ids import OrganisationId, PersonId
from tests.grants.applying import Applying, Body
from tests.grants.deciding import Deciding, budget
from tests.support.grants import Grants, done
from tests.support.serving import Caller

LISTS = (
    "applications", "application_members", "submissions", "awards", "selections", "selection_entries", "ledger_entries",
    "budget_lines",
)  # fmt: skip
Seen = dict[str, tuple[Any, ...]]


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    return Applying(grants)


def seen(grants: Grants, who: Caller | None, refs: Sequence[str], **of: str) -> Seen:
    """All that a reader is told, byte by byte, and each ETag. `of`: what a list is asked for."""
    return {name: _told(grants, who, *rest) for name, *rest in _questions(refs, of)}


def _questions(refs: Sequence[str], of: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    for plural in LISTS:
        for accept in (
            ("application/json", "text/csv") if plural in ("applications", "awards") else ("text/csv",)
        ):
            asked = of if plural == "applications" else {}
            yield f"{plural} {accept}", f"{plural}_list", {"Accept": accept}, {"params": asked}
    for state in STATES[STATES.index("ranked") :]:
        yield f"state {state}", "applications_list", {}, {"params": {"state": state, "include": "total"} | of}
    for ref in refs:
        yield f"read {ref}", "applications_read", {}, {"path": {"ref": ref}}
        yield f"eligibility {ref}", "applications_eligibility", {}, {"path": {"ref": ref}}
    yield "feed", "changes_list", {}, {}
    yield "public", "public_rounds_list", {}, {}


def _told(grants: Grants, who: Caller | None, operation: str, headers: Any, options: Any) -> tuple[Any, ...]:
    answer = grants.call(operation, who, headers, **options)
    if answer.status_code >= 400:
        return answer.status_code, answer.json()["code"]
    if operation == "changes_list":
        return 200, answer.json()["items"]
    return answer.status_code, answer.headers.get("ETag"), answer.content


def test_all_results_of_a_round_are_there_at_one_instant(applying: Applying) -> None:
    grants = applying.grants
    round_, other = Deciding(applying, 4_600_000), applying.organisation()
    city, member, *rest = [applying.organisation() for _ in range(6)]
    bodies = [city, rest[0], rest[1], rest[1], rest[2], rest[3]]
    asked = [1_000_000, 1_000_000, 2_600_000, 1_000_000, 1_000_000, 1_000_000]
    refs = round_.ranked(
        (city, budget(asked[0]), member),
        *((body, budget(yen)) for body, yen in zip(bodies[1:], asked[1:], strict=True)),
    )
    conflicted = grants.officer("grants-exchange")
    grants.sql(
        "INSERT INTO directory.secondment (person_id, home_id, valid_from) "
        f"VALUES ('{conflicted.person}', '{city.id}', '2024-04-01')"
    )
    readers: dict[str, tuple[Caller | None, list[str], dict[str, str]]] = {
        "selected": (city.first, [refs[0], refs[1]], {}), "member": (member.second, [refs[0]], {}),
        "not selected": (rest[1].first, [refs[2], refs[3]], {}), "waitlisted": (rest[2].first, [refs[4]], {}),
        "another": (other.first, [refs[0]], {}), "nobody": (None, [refs[0]], {}),
        "in conflict": (conflicted, [refs[0]], {"organisation_code": city.code}),
    }  # fmt: skip

    def all_seen() -> dict[str, Seen]:
        return {name: seen(grants, who, ids, **of) for name, (who, ids, of) in readers.items()}

    before = all_seen()
    assert (
        before["selected"][f"read {refs[0]}"][0] == 200 and before["in conflict"][f"read {refs[0]}"][0] == 404
    )
    round_.decided()
    names = [one for one, _ in round_.standings()]
    assert names == ["selected", "selected", "selected", "not_selected", "waitlisted", "waitlisted"]
    quiet = {
        "selections",
        "selection_entries",
        "ledger_entries",
        "budget_lines",
    }  # of its section, without that one

    def same() -> None:
        for name, now in all_seen().items():
            apart = {
                one for one in now if now[one] != before[name][one]
                and not (name == "in conflict" and one.split()[0] in quiet)
            }  # fmt: skip
            assert apart == set(), name

    same()
    # selected, waitlisted or not, each is answered alike that withdraws; the first promotes one, of which nobody is told
    answers = []
    for place in (1, 5, 3):
        told = done(applying.act("withdraw", refs[place], bodies[place].second, ended_reason="職員の減"))
        apart = {"id", "organisation_code", "organisation_name", "department", "budget"}
        answers.append(json.dumps({name: told[name] for name in told.keys() - apart}, sort_keys=True))
        if place == 1:
            assert round_.entry(refs[4])["standing"] == "selected"
            same()
    assert [one.replace(refs[place], "") for place, one in zip((1, 5, 3), answers, strict=True)] == [
        answers[0].replace(refs[1], "")
    ] * 3
    assert round_.promoted() == 1
    told = f"SELECT count(*) FROM grants.outbox WHERE resource = 'applications' AND resource_id = '{refs[0]}'"
    assert grants.sql(told) == [(0,)]
    round_.tell()
    assert grants.sql(told) == [(0,)]
    mine = scope(city)
    assert grants.sql_as(mine, "SELECT standing FROM grants.selection_entry") == []

    round_.publish()
    shown = {ref: applying.read(ref, body.first) for ref, body in zip(refs, bodies, strict=True)}
    assert [shown[ref]["state"] for ref in refs] == [
        "selected", "withdrawn", "selected", "withdrawn", "selected", "withdrawn",
    ]  # fmt: skip
    assert [shown[ref]["selected_yen"] for ref in refs] == [1_000_000, None, 2_600_000, None, 1_000_000, None]
    assert [row[0] for row in grants.sql_as(mine, "SELECT standing FROM grants.selection_entry")] == [
        "selected"
    ]
    now = all_seen()
    assert now["selected"][f"read {refs[0]}"][1] != before["selected"][f"read {refs[0]}"][1]  # its ETag
    assert json.loads(now["selected"]["state selected"][2])["items"][0]["id"] == refs[0]
    assert json.loads(now["member"][f"read {refs[0]}"][2])["state"] == "selected"
    for name in ("another", "nobody"):
        assert now[name] == before[name]
    assert now["in conflict"][f"read {refs[0]}"] == before["in conflict"][f"read {refs[0]}"]
    assert grants.sql(told) == [(0,)]  # a late worker delays what is told, and no reader
    round_.tell()
    round_.tell()
    assert grants.sql(told) == [(1,)]
    round_.sound()


def scope(body: Body) -> str:
    principal = Principal(
        "desk", PersonId(body.first.person or body.id), "organisation", OrganisationId(body.id), frozenset()
    )
    return Scope(principal, "own", "request").setting()
