"""A saved query from the outside: one plain GET with HTTP Basic, as Excel's Power Query sends it."""

import base64
import hashlib
import json
import time
from uuid import uuid4

import httpx
import pytest
from joserfc import jws

from services.kit.auth.keys import load_key
from services.kit.auth.tokens import InternalToken, mint_internal
from tests.gateway.door.house import House
from tests.gateway.door.saved_place import PEOPLE, Place, rows
from tests.gateway.registry.house import HTTP, ISSUER


def test_a_plain_get_brings_the_owners_list_as_excel_opens_it(
    place: Place, opened: tuple[str, str, dict[str, str]]
) -> None:
    ref, key, bearer = opened
    answer = place.get(ref, key)
    assert answer.headers["content-type"].startswith("text/csv") and answer.content.startswith(
        b"\xef\xbb\xbf"
    )
    head, *found = rows(answer)
    assert "JET番号" in head and len(found) == PEOPLE
    own = HTTP.get(
        f"{place.doors[0]}/jet/v1/participants?sort=jet_number", headers=bearer | {"Accept": "text/csv"}
    )
    assert answer.content == own.content
    assert place.get(ref, key, headers={"Accept": "application/json"}).content == own.content
    # what an organisation is not shown is not in the file either
    assert "生年月日" not in head and "1999" not in answer.text


def test_json_is_a_page_that_leads_on(place: Place, opened: tuple[str, str, dict[str, str]]) -> None:
    ref, key, bearer = opened
    whole = place.get(ref, key, "json").json()
    assert [one["family_name"] for one in whole["items"]] == ["Doe0", "Doe1", "Doe2"] and whole[
        "next"
    ] is None
    page = HTTP.get(f"{place.doors[0]}/jet/v1/participants?sort=jet_number&limit=1", headers=bearer).json()
    following = place.get(ref, key, "json", params={"cursor": page["next"]})
    assert [one["family_name"] for one in following.json()["items"]] == ["Doe1", "Doe2"]
    figures = place.saved(bearer, "/jet/v1/statistics/participants?programme_year=2026")
    other = str(place.key(bearer, figures)["query_key"])
    told = place.get(figures, other, "json").json()
    assert told["statistic"] == "participants"
    assert [line[:2] for line in rows(place.get(figures, other))] == [["値", "単位"], ["0", "名"]]
    assert place.get(figures, other, "json", params={"cursor": page["next"]}).status_code == 400


def test_a_long_list_is_whole_as_csv_and_leads_on_at_its_own_address_as_json(place: Place) -> None:
    place.house.rows(
        "INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) "
        "SELECT chr(65 + n / 26) || chr(65 + n % 26), 'X' || chr(65 + n / 26) || chr(65 + n % 26), '架空国', 'Nowhere' "
        "FROM generate_series(0, 675) AS n ON CONFLICT DO NOTHING"
    )
    bearer, _ = place.officer()
    ref = place.saved(bearer, "/directory/v1/countries?sort=alpha2")
    key = str(place.key(bearer, ref)["query_key"])
    whole = [line[0] for line in rows(place.get(ref, key))[1:]]
    first = place.get(ref, key, "json")
    address, _, relation = first.headers["link"].partition("; ")
    assert (
        address.startswith(f"</identity/v1/saved-queries/{ref}/rows.json?cursor=")
        and relation == 'rel="next"'
    )
    rest = HTTP.get(f"{place.doors[0]}{address[1:-1]}", auth=("x", key)).json()
    assert len(first.json()["items"]) == 500 and first.json()["next"] in address and rest["next"] is None
    assert [one["alpha2"] for one in (*first.json()["items"], *rest["items"])] == whole and len(whole) == 676


@pytest.mark.parametrize(
    ("form", "params"),
    [("csv", {"cursor": "x"}), ("csv", {"limit": "1"}), ("json", {"limit": "1"}), ("json", {"cursor": "x", "q": "y"}),
     ("json", {"organisation": "t"})],
)  # fmt: skip
def test_nothing_is_added_to_what_was_saved(
    place: Place, opened: tuple[str, str, dict[str, str]], form: str, params: dict[str, str]
) -> None:
    answer = place.get(opened[0], opened[1], form, params=params)
    assert (answer.status_code, answer.json()["code"]) == (400, "query_is_saved")


def test_a_key_opens_nothing_else(place: Place, opened: tuple[str, str, dict[str, str]]) -> None:
    ref, key, bearer = opened
    door, mine = place.doors[0], f"/identity/v1/saved-queries/{ref}"
    assert place.get(place.saved(bearer), key).status_code == 401
    for path in (mine, f"{mine}/keys", "/jet/v1/participants", "/jet/v1/participants?sort=jet_number", "/identity/v1/clients"):  # fmt: skip
        refused = HTTP.get(f"{door}{path}", auth=("x", key))
        assert (refused.status_code, refused.headers.get("www-authenticate", "")[:6]) in (
            (401, "Bearer"),
            (405, ""),
        )
    assert HTTP.post(f"{door}{mine}/rows.csv", auth=("x", key)).status_code == 405
    assert HTTP.get(f"{door}{mine}/rows.xlsx", auth=("x", key)).status_code == 404
    for path in (f"{mine}/rows.csv", "/jet/v1/participants"):
        assert HTTP.get(f"{door}{path}", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert HTTP.get(f"{door}{mine}/rows.csv", headers=bearer).status_code == 401
    answer = HTTP.post(f"{door}/oauth/token", data={"grant_type": "client_credentials"}, auth=(ref, key))
    assert answer.status_code == 401
    assert HTTP.post(f"{door}/identity/v1/door/query-tokens", auth=("x", key), json={}).status_code == 404


def test_the_token_behind_a_key_opens_no_path_of_the_door(
    place: Place, opened: tuple[str, str, dict[str, str]]
) -> None:
    ref, key, _ = opened
    now = int(time.time())
    internal = InternalToken("registry", "door_query_tokens_issue", "door", "door", None, None, frozenset(), "door", now, now + 30)  # fmt: skip
    signer = load_key(place.house.keys / "door.jwk", "Ed25519", private=True)
    given = HTTP.post(
        f"{place.house.addresses[0]}/identity/v1/door/query-tokens",
        headers={"X-Kakehashi-Token": mint_internal(internal, signer)},
        json={"query": ref, "sha256": hashlib.sha256(key.encode()).hexdigest()},
    ).json()
    assert given["operation"] == "jet_participants_list"
    said = json.loads(jws.extract_compact(given["access_token"].encode()).payload)
    assert (said["iss"], said["scope"]) == (f"{ISSUER}/jet_participants_list", "jet.participant:read")
    for path in ("/jet/v1/participants", "/jet/v1/roster", f"/identity/v1/saved-queries/{ref}", f"/identity/v1/saved-queries/{ref}/rows.csv"):  # fmt: skip
        headers = {"Authorization": f"Bearer {given['access_token']}"}
        assert HTTP.get(f"{place.doors[0]}{path}", headers=headers).status_code == 401


def told(answer: httpx.Response) -> tuple[object, ...]:
    """All that a caller can compare, but for the marks of the single request."""
    body = answer.json()
    marks = {"trace_id", "support_code"}
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in ("x-request-id", "date", "ratelimit", "ratelimit-policy", "content-length")
    }
    kept = {name: value for name, value in body.items() if name not in marks}
    return answer.status_code, json.dumps(kept, ensure_ascii=False), headers, len(answer.content)


def test_no_key_a_wrong_one_and_no_query_are_answered_alike(
    place: Place, opened: tuple[str, str, dict[str, str]]
) -> None:
    ref, key, _ = opened
    wrong = "kq_" + "A" * 43
    address = f"{place.doors[0]}/identity/v1/saved-queries/{ref}/rows.csv"
    answers = [
        place.get(ref, wrong), place.get(str(uuid4()), wrong), place.get(str(uuid4()), key), place.get(ref, ""),
        HTTP.get(address), HTTP.get(address, headers={"Authorization": "Basic !"}),
    ]  # fmt: skip
    assert {str(told(answer)) for answer in answers} == {str(told(answers[0]))}
    assert answers[0].status_code == 401 and answers[0].json()["code"] == "query_key_required"
    assert answers[0].headers["www-authenticate"].startswith("Basic realm=")


def test_what_was_read_is_the_owners_and_the_key_is_in_the_audit(
    place: Place, opened: tuple[str, str, dict[str, str]]
) -> None:
    ref, key, _ = opened
    answer = place.get(ref, key)
    assert '"key"' in answer.headers["ratelimit"] and '"client"' in answer.headers["ratelimit-policy"]
    (found,) = place.house.rows(
        "SELECT e.action, e.role, e.after ->> 'operation', e.request_id, k.saved_query::text "
        "FROM identity.audit_entry AS e JOIN identity.query_key AS k ON k.id = e.resource_id "
        f"WHERE e.resource = 'query-tokens' AND k.saved_query = '{ref}'"
    )
    assert found == ("create", "issuer", "jet_participants_list", answer.headers["x-request-id"], ref)


def test_a_read_that_is_logged_is_logged_as_the_owners(place: Place) -> None:
    scopes = ["jet.termination:read", "queries:read", "queries:write"]
    client, secret = place.house.with_secret(role="coordinator", scopes=scopes)
    bearer = place.bearer(client, secret)
    ref = place.saved(bearer, "/jet/v1/early-terminations")
    answer = place.get(ref, str(place.key(bearer, ref)["query_key"]))
    assert answer.status_code == 200
    found = place.house.rows(
        f"SELECT client, role, action FROM jet.audit_entry WHERE request_id = '{answer.headers['x-request-id']}'"
    )
    assert found == [(client, "coordinator", "read")]


def test_one_key_is_read_only_so_often(place: Place, opened: tuple[str, str, dict[str, str]]) -> None:
    ref, key, _ = opened
    with httpx.Client(auth=("x", key)) as client:
        address = f"{place.doors[0]}/identity/v1/saved-queries/{ref}/rows.json"
        answers = [client.get(address) for _ in range(60)]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 429)


KEY = "kq_" + "A" * 43


def test_a_door_that_cannot_know_says_so_and_counts_no_guess(a_house: House) -> None:
    """Its registry answers what is no answer to the question."""
    basic = {"Authorization": "Basic " + base64.b64encode(f"x:{KEY}".encode()).decode()}
    path = f"/identity/v1/saved-queries/{uuid4()}/rows.csv"
    for _ in range(150):
        status, headers, body = a_house.ask("GET", path, basic)
        assert (status, json.loads(body)["code"]) == (502, "upstream_failed")
    (seen,) = {one["raw_path"] for one in a_house.services["registry"].requests}
    assert seen == "/identity/v1/door/query-tokens"
    assert KEY not in json.dumps(a_house.services["registry"].requests)
    a_house.source.now = 60.0
    status, headers, _ = a_house.ask("GET", path, basic)
    assert (status, headers["Retry-After"]) == (503, "1")


def test_guessing_is_throttled_by_address_and_a_known_key_still_passes(
    place: Place, opened: tuple[str, str, dict[str, str]]
) -> None:
    ref, key, bearer = opened
    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2"), timeout=30) as client:

        def ask(query: str, password: str) -> httpx.Response:
            address = f"{place.doors[0]}/identity/v1/saved-queries/{query}/rows.csv"
            return client.get(address, auth=("x", password))

        assert ask(ref, key).status_code == 200
        for query in (ref, str(uuid4())):
            found = [ask(query, f"kq_{uuid4().hex}{uuid4().hex[:11]}") for _ in range(300)]
            assert {answer.status_code for answer in found} <= {401, 429}
            refused = [answer for answer in found if answer.status_code == 429]
            assert len(refused) > 100 and all("retry-after" in answer.headers for answer in refused)
        assert ask(ref, key).status_code == 200
    other = place.key(bearer, ref)["query_key"]
    assert place.get(ref, other).status_code == 200
