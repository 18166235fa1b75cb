"""A service put together from its declarations: resources, imports with their operations, the feed and the audit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from fastapi import APIRouter

from services.kit.auth.scope import Rule
from services.kit.errors import Refusal
from services.kit.http import audit, changes, imports, operations
from services.kit.http.mount import mount, router_for
from services.kit.resource import Resource


class Slices(NamedTuple):
    """What `create_service` is given."""

    routers: list[APIRouter]
    matrix: dict[str, Rule]
    constraints: dict[str, Refusal]


def assemble(
    service: str,
    schema: str,
    resources: Sequence[Resource],
    routers: Sequence[APIRouter] = (),
    rules: Mapping[str, Rule] | None = None,
    told: Sequence[Resource] = (),
    hidden: str | None = None,
) -> Slices:
    """`routers` and their `rules` are what the resources cannot say: commands, statistics. `told` are resources
    of the same schema with routes of their own, of which the feed tells too.

    `hidden`: the service is there for its own roles alone (`Rule.hidden`). It has no feed, and this role reads its audit.
    """
    router = router_for(service)
    matrix: dict[str, Rule] = {}
    constraints: dict[str, Refusal] = {}
    # before the resources, so that none can be named like them
    if imports.importable(resources):
        imports.mount(service, schema, resources, router)
        operations.mount(service, schema, router)
        matrix |= imports.rules(service, resources) | operations.rules(service, imports.roles(resources))
    if hidden is None:
        changes.mount(service, schema, (*resources, *told), router)
        matrix |= changes.rules(service)
    matrix |= audit.mount(service, schema, router, hidden or audit.AUDITOR)
    for resource in resources:
        mount(resource, router)
        constraints |= resource.constraints
        # an import has one route for all kinds, which asks the kind's own row
        matrix |= {
            name: rule for name, rule in resource.rows().items() if name != resource.operation("import")
        }
    matrix |= rules or {}
    if hidden is not None:
        matrix = {name: replace(rule, hidden=True) for name, rule in matrix.items()}
    return Slices([router, *routers], matrix, constraints)
