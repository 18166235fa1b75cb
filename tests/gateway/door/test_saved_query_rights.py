"""What ends a key or narrows what it opens: within a second, at every door."""

import time
from typing import Any
from uuid import uuid4

from tests.gateway.door.saved_place import CLERK, PEOPLE, Place, rows
from tests.gateway.registry.house import assertion, claims

SECOND = 1.5  # the door asks twice a second; the rest is for slow machines


def test_a_revoked_key_is_refused_within_a_second_at_every_door(
    place: Place, opened: tuple[str, str, dict[str, str]]
) -> None:
    ref, key, bearer = opened
    other = place.key(bearer, ref, overlap_days=1)
    for door in range(2):
        assert place.get(ref, key, door=door).status_code == 200
        assert place.get(ref, other["query_key"], door=door).status_code == 200
    assert place.post(f"/identity/v1/query-keys/{other['id']}/revocations", bearer).status_code == 201
    found = place.shut(ref, other["query_key"])
    assert len(found) == 2 and max(found.values()) < SECOND, found
    assert place.get(ref, key).status_code == 200
    assert place.post(f"/identity/v1/saved-queries/{ref}/retirements", bearer).status_code == 201
    found = place.shut(ref, key)
    assert len(found) == 2 and max(found.values()) < SECOND, found


def test_a_rotation_without_overlap_ends_the_key_before(
    place: Place, opened: tuple[str, str, dict[str, str]]
) -> None:
    ref, key, bearer = opened
    assert place.get(ref, key).status_code == 200
    following = place.key(bearer, ref, overlap_days=0)["query_key"]
    assert max(place.shut(ref, key).values()) < SECOND
    assert place.get(ref, following).status_code == 200


def within(seconds: float, status: int, ask: Any) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if ask().status_code == status:
            return True
        time.sleep(0.1)  # a key has forty questions at once
    return False


def test_a_narrower_owner_reads_less_at_once(place: Place) -> None:
    bearer, client = place.officer()
    ref = place.saved(bearer)
    key = str(place.key(bearer, ref)["query_key"])

    def change(**body: object) -> None:
        answer = place.house.call(
            "PATCH", f"/identity/v1/clients/{client}", "identity_clients_change", json=body, headers={"If-Match": "*"}
        )  # fmt: skip
        assert answer.status_code == 200, answer.text

    for scopes in (["jet.roster:read", "queries:read"], ["jet.participant:read"]):
        assert place.get(ref, key).status_code == 200
        change(scopes=scopes)
        assert within(SECOND, 403, lambda: place.get(ref, key))
        change(scopes=CLERK)
        assert within(SECOND, 200, lambda: place.get(ref, key))
    change(active=False)
    assert within(SECOND, 401, lambda: place.get(ref, key))


def test_the_end_of_a_post_ends_what_was_saved_in_it(place: Place) -> None:
    house = place.house
    client, signer = house.with_key(role="service", acts_for_people=True, scopes=CLERK)
    number = f"n-{uuid4().hex[:10]}"
    house.rows(
        f"WITH p AS (INSERT INTO directory.person (number, kind) VALUES ('{number}', 'officer') RETURNING id) "
        "INSERT INTO directory.post (person_id, organisation_id, section, title, valid_from) "
        "SELECT p.id, o.id, '国際課', '主事', '2020-04-01' FROM p, directory.organisation AS o "
        f"WHERE o.code = '{place.code}'"
    )
    given = house.person(assertion(signer, claims(client, number)))
    assert given.status_code == 200, given.text
    bearer = {"Authorization": f"Bearer {given.json()['access_token']}"}
    ref = place.saved(bearer)
    key = str(place.key(bearer, ref)["query_key"])
    assert len(rows(place.get(ref, key))) == PEOPLE + 1
    house.rows(
        "UPDATE directory.post SET valid_to = '2021-03-31' WHERE person_id = "
        f"(SELECT id FROM directory.person WHERE number = '{number}')"
    )
    assert within(SECOND, 401, lambda: place.get(ref, key))
