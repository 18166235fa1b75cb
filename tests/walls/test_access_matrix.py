"""Every operation × each role × own, sibling, former, other, absent: the answers of the running services are
held against the matrix's rule and the world as plain Python states it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
import pytest

from services.kit.auth.scope import Rule
from tests.support.serving import Caller, Serving
from tests.walls.cells import Cells
from tests.walls.loading import World, absent
from tests.walls.requests import by_a_person, operations, probe
from tests.walls.sampling import SAMPLED, callers, one_of_each
from tests.walls.world import ACTORS, ANONYMOUS, KINDS, ROLES, Actor, Record, kind, relation, sees

SERVICES = ("jet", "registry", "care", "grants", "events")

REFUSED = (401, 403)


def saving(operation: str) -> bool:
    """Of queries that a caller saves for itself."""
    return operation.startswith(("identity_saved_quer", "identity_query_key"))


def of_the_desk(operation: str) -> bool:
    """How people come in, which is the desk's to ask for."""
    return operation.startswith(("identity_sign_in_links_", "identity_session"))


# of careers, what a company may ask for: never who registered, only who lets it see them
OF_COMPANIES = (
    "jet_career_fairs_", "jet_career_fair_days_", "jet_fair_exhibitors_", "jet_fair_candidates_", "jet_interview_slots_",
    "jet_fair_interview", "jet_internship_",
)  # fmt: skip
# an employer learns nothing of them
CAREERS = ("jet_career", "jet_fair", "jet_interview", "jet_internship", "jet_alumni", "jet_chapter")
# what participants write about themselves
THEIR_OWN = (
    "jet_reappointment_answers_c", "jet_training_enrolment", "jet_fair_registration", "jet_fair_interview",
    "jet_internship_", "jet_alumni", "care_",
)  # fmt: skip
# what everybody who takes part in it knows of
TOLD_TO_ALL = (
    "directory_", "jet_placement_surveys", "jet_training_courses", "jet_training_editions", "jet_training_runs",
    "jet_training_sessions", "jet_career_fairs", "jet_career_fair_days", "jet_fair_exhibitors", "jet_interview_slots",
    "jet_internship_programmes", "jet_internship_periods", "jet_internship_hosts", "jet_alumni_chapters", "care_channels",
    "care_exchange_rates", "care_subsidy_terms",
)  # fmt: skip
WRITES = ("_create", "_change")

# what the issue says of each role, whatever the rows say
OF_CARE = ("care_", "directory_")
# national figures, and no case
OF_FIGURES = ("care_statistics", "care_figure_releases")
APPLIED = ("grants_application", "grants_submissions", "grants_corrections", "grants_awards")
FEED = ("jet_changes_list", "grants_changes_list", "events_changes_list")  # which tells them of nothing there


def sets_up(operation: str) -> bool:
    """Of grants: what CLAIR's officers do, beside what is done with applications."""
    shown = ("_list", "_read", "_paper", "_content", "_cost_sheet", "_form_versions_check")
    return (
        operation.startswith("grants_")
        and not operation.endswith(shown)
        and not operation.startswith(APPLIED)
    )


NEVER: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(
        ("counsellor", "care_officer", "protector"), lambda operation: not operation.startswith(OF_CARE)
    ),
    "ministry": lambda operation: (
        not operation.startswith(("jet_statistics", "grants_statistics", "events_statistics", "directory_"))
    ),
    "grant_officer": lambda operation: not operation.startswith(("grants_", "directory_")),
    "event_officer": lambda operation: not operation.startswith(("events_", "directory_")),
    "coordinator": lambda operation: operation.startswith("grants_") and operation not in FEED,
    "registrar": lambda operation: (
        operation.startswith(("jet_", "grants_", "events_")) and operation not in FEED
    ),
    "participant": lambda operation: (
        (operation.endswith(("_create", "_change", "_cancel")) or "imports" in operation)
        and not operation.startswith(THEIR_OWN)
    ),
    "business": lambda operation: (
        not operation.startswith(("directory_", *OF_COMPANIES))
        or (operation.startswith("directory_") and operation.endswith(WRITES))
    ),
    "organisation": lambda operation: (
        (
            operation.startswith(("identity_", "jet_early", "jet_participants_c", *CAREERS))
            or sets_up(operation)
        )
        and not saving(operation)
    ),
    "host_authority": lambda operation: (
        (
            operation.startswith(("identity_", "jet_early", "jet_participants_c", *CAREERS))
            or sets_up(operation)
        )
        and not saving(operation)
    ),
    "service": lambda operation: operation.endswith(("_create", "_change")) and not of_the_desk(operation),
    "auditor": lambda operation: (
        operation.endswith(("_create", "_change", "_cancel"))
        or not any(word in operation for word in ("audit", "exposure", "support", "refused", "directory_"))
    ),
}


def test_every_kind_of_caller_takes_part() -> None:
    assert {ANONYMOUS} | {kind(actor) for actor in ACTORS} == set(KINDS)
    assert len(KINDS) >= 14 and len(set(KINDS)) == len(KINDS)


def closed(status: int) -> str:
    return {401: "unsigned", 403: "forbidden"}.get(status, "open" if status < 500 else f"fault {status}")


def holds(rule: Rule, role: str, scopes: bool) -> str:
    may = rule.public or (role in rule.roles and scopes)
    return "open" if may else "hidden" if rule.hidden else "forbidden"


def told(rule: Rule, answer: httpx.Response) -> str:
    """A hidden path is answered as one that is none; so is a record that is not there, of which a probe asks."""
    if rule.hidden and answer.status_code == 404:
        return "hidden"
    return closed(answer.status_code)


@pytest.mark.timeout(480)  # some ten thousand requests
@SAMPLED
@pytest.mark.parametrize("name", SERVICES)
def test_every_operation_is_open_to_its_roles_with_its_scope_alone(
    world: World, services: dict[str, Serving], name: str, whole: bool
) -> None:
    serving, cells = services[name], Cells()
    every = frozenset(rule.scope for rule in serving.matrix.values() if rule.scope)
    assert serving.routes.keys() == serving.matrix.keys()
    everybody = list({kind(actor): actor for actor in ACTORS}.values())
    for turn, (operation, rule) in enumerate(serving.matrix.items()):
        request = probe(serving, operation)
        actors = (
            everybody
            if whole
            else callers(everybody, rule.roles, turn, lambda one: (one.role, bool(one.person)))
        )
        for place, actor in enumerate(actors):
            said, caller = kind(actor), world.caller(actor)
            # without the scope, of those whom the row names: the others are refused with it already
            unscoped = actor.role in rule.roles and (whole or place == turn % len(rule.roles))
            for scopes, fits in ((every, True), (every - {rule.scope}, False))[: 1 + unscoped]:
                answer = serving.call(operation, caller.only(*scopes), **request)
                may = fits and bool(actor.person or not by_a_person(serving, operation))
                expected, found = holds(rule, actor.role, may), told(rule, answer)
                if rule.hidden and fits and not may and actor.role in rule.roles:
                    expected = "forbidden"  # a tool of whom the row names is told to bring a person
                if rule.hidden and expected == "open" and request["path"]:
                    found = "open"  # nobody's record is not there for those either whom the row names
                cells.expect(said, f"{operation}, scope {fits}", expected, found)
            cells.kinds[actor.role] += 1
        cells.kinds[operation] += 1
    kinds = set(KINDS) - {ANONYMOUS} if serving.matrix else set()
    each = len(KINDS) - 1 if whole else 4
    met = kinds if whole else ROLES if len(serving.matrix) > len(KINDS) else ()
    cells.close(len(serving.matrix) * each, *met, *serving.matrix)


@pytest.mark.parametrize("name", SERVICES)
def test_no_operation_takes_a_token_that_is_not_for_it(services: dict[str, Serving], name: str) -> None:
    """The anonymous caller, with nothing and with junk: let in where the row says public, and nowhere else."""
    serving, cells = services[name], Cells()
    for operation, rule in serving.matrix.items():
        caller = Caller(next(iter(rule.roles), "coordinator"))
        tokens = {
            "none": None,
            "noise": "a.b.c",
            "for another route": serving.token("another_route", caller),
            "for another service": serving.token(operation, caller, audience="nobody"),
            "expired": serving.token(operation, caller, lifetime=-1),
        }
        for said, token in tokens.items():
            answer = serving.call(operation, None, token=token, **probe(serving, operation))
            expected = "open" if rule.public else "hidden" if rule.hidden else "unsigned"
            cells.expect(said, operation, expected, told(rule, answer))
    cells.close(5 * len(serving.matrix))


HOSTILE: tuple[dict[str, Any], ...] = (
    {"content": b"{", "headers": {"Content-Type": "application/json"}},
    {"content": b"x", "headers": {"Content-Type": "text/x-nothing", "If-Match": "*"}},
    {"json": {"a": "\0"}, "headers": {"Accept": "image/png"}},
    {"params": {"limit": "0", "nobody": "\0"}},
)


@SAMPLED
@pytest.mark.parametrize("name", SERVICES)
def test_who_asks_is_settled_before_anything_is_read(
    services: dict[str, Serving], name: str, whole: bool
) -> None:
    """A stranger is told the same whatever the body, its type, the query or the key; so is whom the row refuses."""
    serving, cells = services[name], Cells()
    for turn, (operation, rule) in enumerate(serving.matrix.items()):
        if rule.public:
            continue
        path = probe(serving, operation)["path"]
        refused = next(role for role in ("participant", "ministry", "nobody") if role not in rule.roles)
        for caller, expected in ((None, "unsigned"), (Caller(refused), "forbidden")):
            expected = "hidden" if rule.hidden else expected
            for place, hostile in enumerate(HOSTILE):
                if not whole and place != turn % len(HOSTILE):
                    continue
                answer = serving.call(operation, caller, path=path, **hostile)
                cells.expect(f"{expected} {place}", operation, expected, told(rule, answer))
    each = len(HOSTILE) if whole else 1
    cells.close(2 * each * sum(not rule.public for rule in serving.matrix.values()))


def test_rows_of_the_matrix_give_no_role_what_it_never_has(services: dict[str, Serving]) -> None:
    cells = Cells()
    for serving in services.values():
        for operation, rule in serving.matrix.items():
            for role, never in NEVER.items():
                if never(operation):
                    cells.expect(role, operation, False, role in rule.roles)
            cells.expect("role", operation, set(), rule.roles.keys() - set(ROLES))
            cells.expect(
                "all",
                operation,
                False,
                rule.roles.get("participant") == "all" and not operation.startswith(TOLD_TO_ALL),
            )
            if operation.startswith("care_"):
                known = {"participant", "counsellor", "care_officer", "protector"}
                known |= {"coordinator"} if operation.startswith(OF_FIGURES) else set()
                cells.expect("care", operation, (True, set()), (rule.hidden, rule.roles.keys() - known))
            else:
                cells.expect("care", operation, False, rule.hidden)
    cells.close(100, "care", *NEVER)


def cases(
    world: World, verb: str, actors: Sequence[Actor], whole: bool
) -> Iterator[tuple[Serving, str, Actor, str | None, Record, bool]]:
    """Operation, actor, its reach, a record and whether it is there. Where the row decides alone, one of each kind."""
    for serving in (world.jet, world.registry):
        for turn, (plural, operation) in enumerate(operations(serving, verb).items()):
            there = world.of(plural)
            assert there, f"the world has no {plural}"
            roles = serving.matrix[operation].roles
            for place, actor in enumerate(actors if whole else callers(actors, roles, turn)):
                reach = roles.get(actor.role)
                yield serving, operation, actor, reach, absent(plural), False
                records = there[:1] if reach in ("all", None) else there
                if not whole:
                    records = one_of_each(records, lambda one, a=actor: kin(a, one, world), turn + place)  # type: ignore[misc]
                for record in records:
                    yield serving, operation, actor, reach, record, True


def kin(actor: Actor, record: Record, world: World) -> str:
    return relation(actor, record, world.today)


def wanted(world: World, actor: Actor, reach: str | None, record: Record, there: bool) -> int:
    if reach is None:
        return 403
    return 200 if there and sees(actor, reach, record, world.today) else 404


@SAMPLED
def test_every_record_is_read_by_those_whose_it_is(world: World, whole: bool) -> None:
    relations = reads(world, ACTORS, whole)
    relations.close(
        0, "own 200", "sibling 404", "other 404", "former 404", "absent 404", "other 200", "own 403"
    )


def reads(world: World, actors: Sequence[Actor], whole: bool) -> Cells:
    cells, relations = Cells(), Cells()
    for serving, operation, actor, reach, record, there in cases(world, "read", actors, whole):
        expected = wanted(world, actor, reach, record, there)
        answer = serving.call(operation, world.caller(actor), path={"ref": record.id})
        related = kin(actor, record, world) if there else "absent"
        cells.expect(operation, f"{actor}, {related} {record}", expected, answer.status_code)
        relations.expect(f"{related} {expected}", "", True, True)
        if expected == 200:
            cells.expect(operation, f"{actor} {record}", record.id, answer.json()["id"])
    every = [*operations(world.jet, "read").values(), *operations(world.registry, "read").values()]
    cells.close(2 * len(actors) * len(every) if whole else 0, *every)
    return relations


def test_a_code_opens_no_more_than_an_id(world: World) -> None:
    cells = Cells()
    for turn, actor in enumerate(ACTORS):
        reach = world.jet.matrix["jet_participants_read"].roles.get(actor.role)
        for record in one_of_each(world.of("participants"), lambda one, a=actor: kin(a, one, world), turn):  # type: ignore[misc]
            expected = wanted(world, actor, reach, record, True)
            path = {"ref": record.marks["jet_number"]}
            answer = world.jet.call("jet_participants_read", world.caller(actor), path=path)
            cells.expect(str(expected), f"{actor} {record}", expected, answer.status_code)
    cells.close(len(ACTORS), "200", "403", "404")


@SAMPLED
def test_every_change_is_open_to_those_whose_it_is(world: World, whole: bool) -> None:
    changes(world, ACTORS, whole)


def changes(world: World, actors: Sequence[Actor], whole: bool) -> None:
    """An empty merge patch changes nothing, so that the world stays as it is."""
    cells = Cells()
    for serving, operation, actor, reach, record, there in cases(world, "change", actors, whole):
        expected = wanted(world, actor, reach, record, there)
        path, headers = {"ref": record.id}, {"If-Match": "*"}
        answer = serving.call(operation, world.caller(actor), headers, path=path, json={})
        cells.expect(operation, f"{actor}, {record}: {answer.text[:200]}", expected, answer.status_code)
        cells.kinds[str(expected)] += 1
    every = [*operations(world.jet, "change").values(), *operations(world.registry, "change").values()]
    cells.close(2 * len(actors) * len(every) if whole else 0, "200", "403", "404", *every)
