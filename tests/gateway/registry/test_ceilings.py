"""What a client of each role can ever hold, in the database as in the access matrix."""

import json
from collections import defaultdict
from functools import cache
from typing import Any
from uuid import uuid4

import pytest

from services.gateway.registry.issuer.service import RESOURCES
from services.kit.auth.principal import ROLES
from services.openapi import FOLDER, SERVICES
from tests.gateway.registry.house import Registry

# An import that states when its rows became known asks for it besides its kind's own scope. The audit is read
# with a scope of its own, whichever services offer it.
BESIDES = {"coordinator": {"history:load"}, "registrar": {"history:load"}, "auditor": {"audit:read"}}


@cache
def document(service: str) -> dict[str, Any]:
    """As it is committed; that this is what the service serves is tested with the contracts."""
    made: dict[str, Any] = json.loads((FOLDER / f"{service}.json").read_text(encoding="utf-8"))
    return made


@cache
def matrix() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for service in SERVICES:
        for methods in document(service)["paths"].values():
            for operation in methods.values():
                for role in operation.get("x-roles", {}):
                    found[role].add(operation["x-scope"])
    return found


def test_the_ceiling_of_each_role_is_what_the_access_matrix_gives_it_and_nothing_more(
    house: Registry,
) -> None:
    given = matrix()
    assert given.keys() <= set(ROLES)
    for role in ROLES:
        (ceiling,) = house.rows(f"SELECT identity.ceiling('{role}', false)")[0]
        assert set(ceiling) == given[role] | BESIDES.get(role, set()), role  # type: ignore[call-overload]
    (tool,) = house.rows("SELECT identity.ceiling('service', true)")[0]
    everything = set().union(*given.values(), *BESIDES.values())
    assert set(tool) == {scope for scope in everything if not scope.startswith("identity.")}  # type: ignore[call-overload]
    for stranger in ("issuer", "worker", "king", ""):
        assert house.rows(f"SELECT identity.ceiling('{stranger}', true)") == [([],)]


@pytest.mark.parametrize("role", ROLES)
def test_no_statement_gets_a_client_above_its_role(house: Registry, role: str) -> None:
    everything = set().union(*matrix().values()) | {"care.case:read", "nothing:read"}
    (ceiling,) = house.rows(f"SELECT identity.ceiling('{role}', false)")[0]
    home = (
        "(SELECT id FROM directory.organisation LIMIT 1)"
        if role in ("organisation", "host_authority", "business", "counsellor")
        else "NULL"
    )
    if home != "NULL":
        house.rows("INSERT INTO directory.organisation (code, name, kind, search_key) VALUES "
                   f"('t-{uuid4().hex[:8]}', '架空市', 'municipality', '')")  # fmt: skip
    name = f"c-{uuid4().hex[:12]}"
    house.rows(
        "INSERT INTO identity.client (client_id, name, role, organisation_id, scopes) "
        f"VALUES ('{name}', 'x', '{role}', {home}, identity.ceiling('{role}', false))"
    )
    above = sorted(everything - set(ceiling))  # type: ignore[call-overload]
    house.rows(f"""DO $$ DECLARE above text; BEGIN
        FOREACH above IN ARRAY ARRAY{above} LOOP
            BEGIN
                UPDATE identity.client SET scopes = scopes || ARRAY[above] WHERE client_id = '{name}';
                RAISE EXCEPTION 'kept %', above;
            EXCEPTION WHEN check_violation THEN NULL;
            END;
        END LOOP;
    END $$""")
    assert len(above) > 5


def test_the_resources_of_the_issuer_are_the_first_words_of_all_paths() -> None:
    words = {path.split("/")[1] for service in SERVICES for path in document(service)["paths"]}
    assert words - {"oauth", ".well-known"} <= set(RESOURCES) <= words | {"grants", "events"}
