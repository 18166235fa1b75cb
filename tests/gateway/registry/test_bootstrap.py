"""The first registrar and the client that copies the roster are made once, and the secret of each is in one file alone."""

import json
from concurrent.futures import ThreadPoolExecutor

from services.gateway.registry.bootstrap import bootstrap
from services.postgres import PrivatePostgres
from tests.gateway.registry.house import Registry, payload


def test_the_registrar_of_the_file_gets_a_token_with_every_scope_of_its_role(house: Registry) -> None:
    file = house.keys / "registrar.json"
    made = json.loads(file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600
    said = payload(house.credentials(made["client_id"], made["client_secret"]))
    assert said["role"] == "registrar"
    assert said["scope"].split() == made["scopes"]
    assert set(made["scopes"]) >= {"identity.client:read", "identity.client:write", "identity.clock:write"}


def test_the_client_that_copies_the_roster_gets_a_token_for_that_and_nothing_else(house: Registry) -> None:
    file = house.keys / "care-roster.json"
    made = json.loads(file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600
    said = payload(house.credentials(made["client_id"], made["client_secret"]))
    assert (said["role"], said["scope"]) == ("service", "jet.roster:read")


def test_a_second_start_changes_nothing(house: Registry, postgres: PrivatePostgres) -> None:
    clients = (
        "SELECT * FROM identity.client WHERE client_id IN ('registrar', 'care-roster') ORDER BY client_id"
    )
    before = [file.read_bytes() for file in sorted(house.keys.glob("*.json"))]
    rows = house.rows(clients)
    assert len(rows) == len(before) == 2
    for user in ("registry_app", "kakehashi"):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _, user=user: bootstrap(postgres.url(user=user), house.keys), range(4)))
    assert [file.read_bytes() for file in sorted(house.keys.glob("*.json"))] == before
    assert house.rows(clients) == rows


def test_a_lost_file_is_made_again_with_a_new_secret(house: Registry, postgres: PrivatePostgres) -> None:
    file = house.keys / "registrar.json"
    old = json.loads(file.read_text())
    file.unlink()
    assert bootstrap(postgres.url(user="registry_app"), house.keys) == file
    new = json.loads(file.read_text())
    assert house.credentials("registrar", old["client_secret"]).status_code == 401
    assert payload(house.credentials("registrar", new["client_secret"]))


def test_a_file_of_another_database_gets_a_secret_of_this_one(
    house: Registry, postgres: PrivatePostgres
) -> None:
    file = house.keys / "registrar.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"client_secret": "of-another-database"}))
    assert house.credentials("registrar", "of-another-database").status_code == 401
    bootstrap(postgres.url(user="registry_app"), house.keys)
    assert payload(house.credentials("registrar", json.loads(file.read_text())["client_secret"]))
