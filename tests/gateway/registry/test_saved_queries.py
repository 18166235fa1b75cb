"""Saved queries and their keys at the registry: what can be saved, whose it is, and how keys turn."""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from services.kit.auth.keys import load_key
from services.kit.auth.tokens import InternalToken, mint_internal
from services.kit.ids import OrganisationId, PersonId
from tests.gateway.registry.house import HTTP, ISSUER, Registry

SCOPES = frozenset(
    {"queries:read", "queries:write", "jet.roster:read", "jet.statistics:read", "directory:read"}
)
ROSTER = "/jet/v1/roster?programme_year=2024"
BASE = "/identity/v1"


class Owner:
    """One who saves queries, by default nobody else ever."""

    def __init__(
        self,
        house: Registry,
        *,
        client: str = "",
        role: str = "organisation",
        organisation: UUID | None = None,
        person: UUID | None = None,
        scopes: frozenset[str] = SCOPES,
    ) -> None:
        self._house, self.role, self._scopes = house, role, scopes
        self.client = client or f"c-{uuid4().hex[:12]}"
        self.organisation = OrganisationId(organisation or uuid4()) if role == "organisation" else None
        self.person = PersonId(person) if person else None

    def ask(self, method: str, path: str, route: str, **more: Any) -> httpx.Response:
        now = int(time.time())
        internal = InternalToken(
            "registry", route, self.client, self.role, self.organisation, self.person, self._scopes, "outer", now, now + 30
        )  # fmt: skip
        token = mint_internal(internal, load_key(self._house.keys / "door.jwk", "Ed25519", private=True))
        headers = {"X-Kakehashi-Token": token, "Idempotency-Key": str(uuid4())} | more.pop("headers", {})
        address = self._house.addresses[more.pop("at", 0)]
        return HTTP.request(method, f"{address}{path}", headers=headers, **more)

    def save(self, address: str = ROSTER, name: str = "") -> httpx.Response:
        body = {"name": name or f"名簿 {uuid4().hex}", "list_address": address}
        return self.ask("POST", f"{BASE}/saved-queries", "identity_saved_queries_create", json=body)

    def saved(self, address: str = ROSTER, name: str = "") -> dict[str, Any]:
        answer = self.save(address, name)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def read(self, ref: str) -> httpx.Response:
        return self.ask("GET", f"{BASE}/saved-queries/{ref}", "identity_saved_queries_read")

    def listed(self) -> list[dict[str, Any]]:
        answer = self.ask("GET", f"{BASE}/saved-queries", "identity_saved_queries_list")
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def change(self, ref: str, **body: str) -> httpx.Response:
        return self.ask(
            "PATCH", f"{BASE}/saved-queries/{ref}", "identity_saved_queries_change", json=body,
            headers={"If-Match": "*"},
        )  # fmt: skip

    def key(self, ref: str, label: str = "名簿.xlsx", **more: Any) -> httpx.Response:
        path = f"{BASE}/saved-queries/{ref}/keys"
        return self.ask("POST", path, "identity_saved_query_keys_create", json={"label": label}, **more)

    def keys(self, ref: str) -> list[dict[str, Any]]:
        params = {"saved_query_id": ref, "limit": "500"}
        answer = self.ask("GET", f"{BASE}/query-keys", "identity_query_keys_list", params=params)
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def revoke(self, key: str) -> httpx.Response:
        return self.ask(
            "POST", f"{BASE}/query-keys/{key}/revocations", "identity_query_key_revocations_create"
        )

    def retire(self, ref: str) -> httpx.Response:
        path = f"{BASE}/saved-queries/{ref}/retirements"
        return self.ask("POST", path, "identity_saved_query_retirements_create")


def code(answer: httpx.Response) -> tuple[int, str, set[str]]:
    body = answer.json()
    return answer.status_code, body["code"], {f"{one['pointer']} {one['code']}" for one in body["errors"]}


def good(house: Registry, ref: str) -> int:
    (found,) = house.rows(
        f"SELECT count(*)::int FROM identity.query_key WHERE saved_query = '{ref}' AND valid_to > clock_timestamp()"
    )[0]
    assert isinstance(found, int)
    return found


def test_a_query_is_saved_in_one_spelling_and_told_where_to_read_it(house: Registry) -> None:
    owner = Owner(house)
    city = quote("高松市")
    made = owner.saved(f"{ISSUER}/jet/v1/roster?programme_year=2024&organisation={city}", "今年の名簿")
    assert made["list_address"] == f"/jet/v1/roster?organisation={city}&programme_year=2024"
    assert made["csv_address"] == f"{BASE}/saved-queries/{made['id']}/rows.csv"
    assert made["json_address"] == f"{BASE}/saved-queries/{made['id']}/rows.json"
    assert [action["action"] for action in made["available_actions"]] == ["keys", "retirements"]
    plain = owner.saved("/jet/v1/statistics/participants")
    assert plain["list_address"] == "/jet/v1/statistics/participants"
    assert [one["name"] for one in owner.listed()] == sorted(one["name"] for one in (made, plain))
    assert owner.read(made["id"]).json() == made


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/jet/v1/nothing", "query_no_list"),
        ("jet/v1/roster", "query_no_list"),
        ("https://elsewhere.example/jet/v1/roster", "query_no_list"),
        ("/jet/v1/participants/20240000001", "query_no_list"),
        ("/jet/v1/statistics/a/b", "query_no_list"),
        ("/jet/v1/statistics/..%2f", "query_no_list"),
        ("/identity/v1/clock", "query_no_list"),
        ("/oauth/token", "query_no_list"),
        ("/jet/v1/participants", "query_not_open"),  # no scope for it
        ("/jet/v1/early-terminations", "query_not_open"),  # not its role's
        ("/identity/v1/clients", "query_not_open"),
        (f"{ROSTER}&limit=5", "query_parameter_unknown"),
        (f"{ROSTER}&cursor=x", "query_parameter_unknown"),
        (f"{ROSTER}&include=total", "query_parameter_unknown"),
        (f"{ROSTER}&programme_year=2023", "query_parameter_unknown"),
        (f"{ROSTER}&nobody=1", "query_parameter_unknown"),
        ("/jet/v1/roster?programme_year=R6", "query_value_wrong"),
        ("/jet/v1/roster?job_type=CHEF", "query_value_wrong"),
        ("/jet/v1/roster?as_of=2024-02-30", "query_value_wrong"),
        ("/jet/v1/roster?organisation=", "query_value_wrong"),
        ("/jet/v1/roster?organisation=%00", "query_value_wrong"),
        ("/jet/v1/roster?organisation=%ff", "query_value_wrong"),
        ("/jet/v1/roster?programme_year", "query_value_wrong"),
        (f"/jet/v1/roster?organisation={'x' * 201}", "query_value_wrong"),
    ],
)
def test_what_is_no_list_of_the_callers_is_not_saved(house: Registry, address: str, said: str) -> None:
    assert code(Owner(house).save(address)) == (422, "invalid_content", {f"/list_address {said}"})


def test_no_one_else_sees_a_saved_query_or_its_keys(house: Registry) -> None:
    home, person = uuid4(), uuid4()
    owner = Owner(house, client="c-owner", organisation=home, person=person)
    open_to_all = "/directory/v1/countries"
    made = owner.saved(open_to_all, "私の名簿")
    key = owner.key(made["id"]).json()
    others = [
        Owner(house, client="c-other", organisation=home, person=person),
        Owner(house, client="c-owner", organisation=home),
        Owner(house, client="c-owner", organisation=home, person=uuid4()),
        Owner(house, client="c-owner", organisation=uuid4(), person=person),
        Owner(house, client="c-owner", role="coordinator", person=person),
        Owner(house, client="c-owner", role="registrar", person=person),
    ]
    absent = uuid4()
    for other in others:
        assert other.listed() == [] and other.keys(made["id"]) == []
        for ask in (other.read, other.key, other.retire, lambda ref, by=other: by.change(ref, name="x")):
            assert code(ask(made["id"])) == code(ask(str(absent))) == (404, "not_found", set())
        assert code(other.revoke(key["id"])) == (404, "not_found", set())
        assert other.save(open_to_all, "私の名簿").status_code == 201
    assert code(owner.save(open_to_all, "私の名簿")) == (409, "already_exists", set())


def test_only_the_name_changes(house: Registry) -> None:
    owner = Owner(house)
    made, other = owner.saved(), owner.saved()
    assert owner.change(made["id"], name="新しい名前").json()["name"] == "新しい名前"
    elsewhere = owner.change(made["id"], list_address="/jet/v1/roster?programme_year=2023")
    assert code(elsewhere) == (422, "invalid_content", {"/list_address fixed_by_identity"})
    assert code(owner.change(made["id"], name=other["name"]))[:2] == (409, "saved_query_name_taken")
    assert owner.read(made["id"]).json()["list_address"] == ROSTER


def test_a_key_is_shown_once_and_kept_as_its_digest(house: Registry) -> None:
    owner = Owner(house)
    ref, again = owner.saved()["id"], {"Idempotency-Key": str(uuid4())}
    first, second = (owner.key(ref, headers=again) for _ in range(2))
    key = first.json()["query_key"]
    assert first.status_code == second.status_code == 201 and first.headers["cache-control"] == "no-store"
    assert second.headers["idempotency-replayed"] == "true"
    assert second.json() == {name: value for name, value in first.json().items() if name != "query_key"}
    assert len(key) == 46 and key.startswith("kq_")
    (stored,) = house.rows(
        f"SELECT encode(sha256, 'hex') FROM identity.query_key WHERE saved_query = '{ref}'"
    )
    assert stored == (hashlib.sha256(key.encode()).hexdigest(),)
    (listed,) = owner.keys(ref)
    assert (listed["label"], listed["until_instant"]) == ("名簿.xlsx", None)
    for table in ("idempotency", "audit_entry", "outbox"):
        told = str(house.rows(f"SELECT t::text FROM identity.{table} AS t ORDER BY t DESC LIMIT 2000"))
        assert key not in told and key.encode().hex() not in told, table


def test_a_new_key_leaves_the_one_before_for_the_overlap_and_no_third(house: Registry) -> None:
    owner = Owner(house)
    ref = owner.saved()["id"]
    ids = [owner.key(ref, params={"overlap_days": "7"}).json()["id"] for _ in range(3)]
    until = {one["id"]: one["until_instant"] for one in owner.keys(ref)}
    assert until[ids[2]] is None and until[ids[1]] is not None and good(house, ref) == 2
    fourth = owner.key(ref, params={"overlap_days": "0"}).json()
    assert fourth["earlier_key_until"] is None and good(house, ref) == 1
    assert owner.revoke(fourth["id"]).json()["until_instant"] is not None
    assert good(house, ref) == 0
    assert code(owner.revoke(fourth["id"]))[:2] == (409, "action_not_available")


def test_keys_made_at_once_are_two_at_most(house: Registry) -> None:
    owner = Owner(house)
    ref = owner.saved()["id"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: owner.key(ref, at=number % 2), range(16)))
    assert {answer.status_code for answer in answers} == {201}
    assert len(owner.keys(ref)) == 16 and good(house, ref) == 2
    with pytest.raises(Exception, match="query_key_two_at_most"):
        house.rows(f"UPDATE identity.query_key SET valid_to = 'infinity' WHERE saved_query = '{ref}'")


def test_a_retired_query_ends_its_keys_and_frees_its_name(house: Registry) -> None:
    owner = Owner(house)
    ref = owner.saved(name="使い終わる")["id"]
    assert owner.key(ref).status_code == 201 and owner.retire(ref).status_code == 201
    assert good(house, ref) == 0 and owner.listed() == []
    for answer in (owner.read(ref), owner.key(ref), owner.retire(ref), owner.change(ref, name="x")):
        assert answer.status_code == 404
    assert owner.save(name="使い終わる").status_code == 201


def test_who_made_and_ended_a_key_is_in_the_audit(house: Registry) -> None:
    owner = Owner(house)
    ref = owner.saved()["id"]
    key = owner.key(ref).json()["id"]
    owner.revoke(key)
    found = house.rows(
        f"SELECT client, resource FROM identity.audit_entry WHERE resource_id IN ('{ref}', '{key}') ORDER BY id"
    )
    assert found == [
        (owner.client, "saved-queries"), (owner.client, "query-keys"), (owner.client, "query-key-revocations"),
    ]  # fmt: skip


def test_the_exchange_of_a_key_is_for_the_door_alone(house: Registry) -> None:
    owner = Owner(house)
    ref = owner.saved()["id"]
    digest = hashlib.sha256(owner.key(ref).json()["query_key"].encode()).hexdigest()
    path, route, body = (
        f"{BASE}/door/query-tokens",
        "door_query_tokens_issue",
        {"query": ref, "sha256": digest},
    )
    assert owner.ask("POST", path, route, json=body).status_code == 401
    assert HTTP.post(f"{house.addresses[0]}{path}", json=body).status_code == 401
    door = Owner(house, client="door", role="door", scopes=frozenset())
    assert door.ask("POST", path, "door_refused_requests_note", json=body).status_code == 401
    for wrong in ({}, body | {"sha256": "x"}, body | {"more": 1}, {"query": 1}):
        assert door.ask("POST", path, route, json=wrong).status_code == 400
    # this owner's client was never registered, so the key is good and nobody stands behind it
    assert door.ask("POST", path, route, json=body).status_code == 404
