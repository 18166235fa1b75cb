"""Mutants of the access matrix: a row that lets in one role more, one less, that reaches further or less far,
that asks for no scope, or is open to all. Each must change an answer that the walls' tests hold the services to.

The services connect past row-level security, so that the second wall hides no fault of the first. The reach of a
creation is tried where a role writes but its own; of imports and operations, which are their sender's whatever the
reach, it says nothing, and there is none to flip.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, get_args
from uuid import uuid4

import pytest

from services.gateway.registry.app import RESOURCES as REGISTRY
from services.jet.app import RESOURCES as JET
from services.kit.auth.scope import Reach, Rule
from tests.support.serving import Serving
from tests.walls.loading import World
from tests.walls.requests import by_a_person, probe
from tests.walls.test_existence import OF_THE_ANSWER
from tests.walls.test_first_wall import unwalled as unwalled
from tests.walls.world import ACTORS, ROLES, Actor

NAMES = ("jet", "registry")
# one row of nine, or every row
EACH = pytest.mark.parametrize(
    "each", [pytest.param(9, id="a ninth"), pytest.param(1, id="all", marks=pytest.mark.long)]
)
BOUND = {one.operation(verb): one for one in (*JET, *REGISTRY) for verb in ("list", "read", "change")}
# The feed reaches as far as the rows of the resources that it tells of, whatever its own row says.
ALSO = ("jet_roster_list", "jet_statistics_read")
# Behind these rows stands that of the kind of file, or of the statistic, which refuses a role added here.
TWO_GATES = ("_imports_create", "_imports_kind", "_imports_template", "_statistics_read")


@contextmanager
def mutated(serving: Serving, operation: str, rule: Rule) -> Iterator[None]:
    matrix: dict[str, Rule] = serving.app.state.service.matrix
    before = matrix[operation]
    matrix[operation] = rule
    try:
        yield
    finally:
        matrix[operation] = before


def roles_of(operation: str, rule: Rule) -> Iterator[tuple[str, str, Rule]]:
    """(what, the role that notices, the mutant)"""
    for role in ROLES:
        if role in rule.roles:
            yield (
                f"{role} dropped",
                role,
                replace(rule, roles={r: reach for r, reach in rule.roles.items() if r != role}),
            )
        elif not operation.endswith(TWO_GATES):
            yield f"{role} added", role, replace(rule, roles=rule.roles | {role: "all"})
    yield "open to all", "", replace(rule, public=True)
    yield "another scope", next(iter(rule.roles)), replace(rule, scope="nothing:read")


def reaches_of(rule: Rule) -> Iterator[tuple[str, str, Rule]]:
    for role, reach in rule.roles.items():
        for other in get_args(Reach):
            if other != reach:
                yield f"{role} {reach} to {other}", role, replace(rule, roles=rule.roles | {role: other})


def asked(world: World, serving: Serving, operation: str, actor: Actor | None, human: bool = False) -> int:
    """`human`: by somebody, whom the directory need not know."""
    caller = world.caller(actor) if actor is not None else None
    if human and caller is not None:
        caller = replace(caller, person=caller.person or uuid4())
    status = serving.call(operation, caller, **probe(serving, operation)).status_code
    return status if status in (401, 403) else 200


def signature(world: World, serving: Serving, operation: str, actor: Actor) -> list[Any]:
    """What the actor is answered about everybody's records, but for the marks of the single request."""
    caller, said = world.caller(actor), []
    for options in questions(world, operation):
        answer = serving.call(operation, caller, **options)
        body = answer.json()
        said.append(
            (answer.status_code, json.dumps({k: body[k] for k in body if k not in UNSTEADY}, sort_keys=True))
        )
    return said


UNSTEADY = (*OF_THE_ANSWER, "basis", "next")


def questions(world: World, operation: str) -> Iterator[dict[str, Any]]:
    if operation.endswith(("_read", "_change")) and operation in BOUND:
        for record in world.of(BOUND[operation].plural)[:12]:
            body: Mapping[str, Any] = (
                {"json": {}, "headers": {"If-Match": "*"}} if "change" in operation else {}
            )
            yield {"path": {"ref": record.id}, **body}
    elif operation == "jet_statistics_read":
        yield {
            "path": {"name": "participants"},
            "params": {"programme_year": 2024, "dimensions": "organisation"},
        }
        yield {"path": {"name": "participants"}, "params": {"programme_year": 2024}}
    else:
        yield {"params": {"limit": 500}}


def rows(serving: Serving, each: int) -> list[tuple[str, Rule]]:
    return sorted(serving.matrix.items())[::each]


@EACH
@pytest.mark.parametrize("name", NAMES)
def test_every_role_and_scope_of_every_row_is_needed(unwalled: World, name: str, each: int) -> None:
    serving: Serving = getattr(unwalled, name)
    of = {actor.role: actor for actor in ACTORS}
    count, left = 0, []
    for operation, rule in rows(serving, each):
        if rule.public:
            continue
        human = by_a_person(serving, operation)
        for what, role, mutant in roles_of(operation, rule):
            actor = of[role] if role else None
            count += 1
            # as the matrix says, which test_access_matrix holds the service to
            before = 401 if actor is None else 200 if role in rule.roles else 403
            with mutated(serving, operation, mutant):
                if asked(unwalled, serving, operation, actor, human) == before:
                    left.append(f"{operation}: {what}")
    assert not left, f"{len(left)} of {count} mutants live:\n" + "\n".join(left)
    assert count > 300 / each


def test_a_person_is_asked_for_where_the_row_says_so(unwalled: World) -> None:
    """A tool of the role by itself is refused for that reason alone, and let in where the row no longer says so."""
    of = {actor.role: actor for actor in ACTORS if not actor.person}
    said = []
    for serving in (unwalled.jet, unwalled.registry):
        for operation, rule in dict(serving.matrix).items():
            for role in rule.roles if rule.human else ():
                answer = serving.call(operation, unwalled.caller(of[role]), **probe(serving, operation))
                assert (answer.status_code, answer.json()["code"]) == (403, "person_required"), operation
                with mutated(serving, operation, replace(rule, human=False)):
                    assert asked(unwalled, serving, operation, of[role]) == 200, operation
                said.append(operation)
    assert "directory_posts_hand_over" in said


@EACH
@pytest.mark.parametrize("name", NAMES)
def test_the_reach_of_every_row_is_needed(unwalled: World, name: str, each: int) -> None:
    """At least 98 of 100; those that live are named."""
    serving: Serving = getattr(unwalled, name)
    count, left = 0, []
    for operation, rule in rows(serving, each):
        resource = BOUND.get(operation)
        if operation not in ALSO and (resource is None or resource.own is None):
            continue  # without `own` a resource is whole to whoever may read it
        before: dict[str, list[list[Any]]] = {}
        for what, role, mutant in reaches_of(rule):
            if "self" in what and (resource is None or resource.itself is None):
                continue
            count += 1
            actors = [actor for actor in ACTORS if actor.role == role][:3]
            if role not in before:
                before[role] = [signature(unwalled, serving, operation, actor) for actor in actors]
            with mutated(serving, operation, mutant):
                if [signature(unwalled, serving, operation, actor) for actor in actors] == before[role]:
                    left.append(f"{operation}: {what}")
    assert count > 5 / each and len(left) <= 0.02 * count, (
        f"{len(left)} of {count} mutants live:\n" + "\n".join(left)
    )
