"""Until the instant of publication nothing that anybody outside the section reads tells what was decided; then all does."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from services.grants.applications.domain import STATES
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.ids import OrganisationId, PersonId
from services.postgres import SUPERUSER
from tests.grants.applying import SECTION, Applying, Body
from tests.grants.deciding import Deciding, budget
from tests.support.database import Databases
from tests.support.grants import Grants, done, grants_over
from tests.support.serving import Caller

LISTS = (
    "applications", "application_members", "submissions", "awards", "selections", "selection_entries", "ledger_entries",
    "budget_lines", "documents", "application_files", "corrections",
)  # fmt: skip
Seen = dict[str, tuple[Any, ...]]


@pytest.fixture(scope="module")
def applying(databases: Databases) -> Iterator[Applying]:
    """Past row-level security, so that the first wall stands alone; what the second holds is stated in `tests/walls`."""
    with databases.fresh() as postgres, grants_over(postgres, SUPERUSER) as unwalled:
        yield Applying(unwalled)


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


class Embargoed:
    """A round with all that its readers were told of before it was decided."""

    def __init__(self, applying: Applying) -> None:
        self.applying, self.grants = applying, applying.grants
        self.round, other = Deciding(applying, 4_600_000), applying.organisation()
        city, member, *rest = [applying.organisation() for _ in range(6)]
        self.bodies = [city, rest[0], rest[1], rest[1], rest[2], rest[3]]
        asked = [budget(yen) for yen in (1_000_000, 1_000_000, 2_600_000, 1_000_000, 1_000_000, 1_000_000)]
        self.refs = refs = self.round.ranked(
            (city, asked[0], member), *zip(self.bodies[1:], asked[1:], strict=True)
        )
        conflicted = self.grants.officer(SECTION)
        self.grants.sql(
            "INSERT INTO directory.secondment (person_id, home_id, valid_from) "
            f"VALUES ('{conflicted.person}', '{city.id}', '2024-04-01')"
        )
        self.readers: dict[str, tuple[Caller | None, list[str], dict[str, str]]] = {
            "selected": (city.first, [refs[0], refs[1]], {}), "member": (member.second, [refs[0]], {}),
            "not selected": (rest[1].first, [refs[2], refs[3]], {}), "waitlisted": (rest[2].first, [refs[4]], {}),
            "another": (other.first, [refs[0]], {}), "nobody": (None, [refs[0]], {}),
            "in conflict": (conflicted, [refs[0]], {"organisation_code": city.code}),
        }  # fmt: skip
        self.before = self.seen()

    def seen(self) -> dict[str, Seen]:
        return {name: seen(self.grants, who, ids, **of) for name, (who, ids, of) in self.readers.items()}

    def same(self) -> None:
        """The section's own lists tell its officer in conflict of the other applications."""
        others = {"selections", "selection_entries", "ledger_entries", "budget_lines", "documents"}
        for name, now in self.seen().items():
            apart = {one for one in now if now[one] != self.before[name][one]}
            if name == "in conflict":
                apart = {one for one in apart if one.split()[0] not in others}
            assert apart == set(), name

    def told(self) -> int:
        """Events of the first, and of who is promoted."""
        found = self.grants.sql(
            "SELECT count(*) FROM grants.outbox WHERE resource = 'applications' "
            f"AND resource_id IN ('{self.refs[0]}', '{self.refs[4]}')"
        )
        return int(found[0][0])

    def standings(self) -> list[str]:
        """As the database shows them to the first applicant."""
        rows = self.grants.sql_as(scope(self.bodies[0]), "SELECT standing FROM grants.selection_entry")
        return [row[0] for row in rows]

    def withdrawn(self, place: int) -> str:
        """What whoever withdraws is answered, but for what tells the applications apart."""
        told = done(
            self.applying.act(
                "withdraw", self.refs[place], self.bodies[place].second, ended_reason="職員の減"
            )
        )
        apart = {"id", "organisation_code", "organisation_name", "department", "budget"}
        said = json.dumps({name: told[name] for name in told.keys() - apart}, sort_keys=True)
        return said.replace(self.refs[place], "")


def test_all_results_of_a_round_are_there_at_one_instant(applying: Applying) -> None:
    case = Embargoed(applying)
    round_, refs, before = case.round, case.refs, case.before
    first = f"read {refs[0]}"
    assert before["selected"][first][0] == before["member"][first][0] == 200
    assert before["in conflict"][first][0] == before["another"][first][0] == 404
    round_.decided()
    names = [one for one, _ in round_.standings()]
    assert names == ["selected", "selected", "selected", "not_selected", "waitlisted", "waitlisted"]
    case.same()
    # selected, waitlisted or not, each that withdraws is answered alike; the first promotes one, who is not told
    answer = case.withdrawn(1)
    assert round_.entry(refs[4])["standing"] == "selected"
    case.same()
    assert case.withdrawn(5) == case.withdrawn(3) == answer and round_.promoted() == 1
    round_.tell()
    assert case.told() == 0 and case.standings() == []

    round_.publish()
    shown = [applying.read(ref, body.first) for ref, body in zip(refs, case.bodies, strict=True)]
    assert [(one["state"], one["selected_yen"]) for one in shown] == [
        ("selected", 1_000_000), ("withdrawn", None), ("selected", 2_600_000), ("withdrawn", None), ("selected", 1_000_000),
        ("withdrawn", None),
    ]  # fmt: skip
    assert case.standings() == ["selected"]
    now = case.seen()
    assert now["selected"][first][1] != before["selected"][first][1]  # its ETag
    assert json.loads(now["selected"]["state selected"][2])["items"][0]["id"] == refs[0]
    assert json.loads(now["member"][first][2])["state"] == "selected"
    assert {name: now[name] for name in ("another", "nobody")} == {
        name: before[name] for name in ("another", "nobody")
    }
    assert now["in conflict"][first] == before["in conflict"][first]
    assert case.told() == 0  # a late worker delays what is told, and no reader
    round_.tell()
    round_.tell()
    assert case.told() == 3  # the first is a joint bid, of which its member is told as well
    round_.sound()


def scope(body: Body) -> str:
    principal = Principal(
        "desk", PersonId(body.first.person or body.id), "organisation", OrganisationId(body.id), frozenset()
    )
    return Scope(principal, "own", "request").setting()
