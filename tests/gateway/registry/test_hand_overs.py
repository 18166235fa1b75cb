"""An officer hands over to a successor: who may, from which day on, and what becomes of both."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.ids import OrganisationId
from tests.gateway.registry.officers import (
    PERSON,
    by,
    found,
    hand_over,
    identity,
    officer,
    organisation,
    people,
    terms,
)
from tests.gateway.registry.own import Own, own_directory
from tests.gateway.registry.test_structure import move
from tests.support.serving import Caller

ANEW = {"name": "霧杜 健", "name_kana": "キリモリ ケン", "email": "kirimori@town.example"}


@pytest.fixture(scope="module")
def own() -> Iterator[Own]:
    with own_directory() as made:
        yield made


def version(own: Own, post: dict[str, Any]) -> int:
    return int(own.sql(
        "SELECT coalesce(max(r.version), 0) FROM identity.rights_change AS r JOIN directory.person AS p "
        f"ON r.subject = CAST(p.id AS text) WHERE p.number = '{post['person_number']}'"
    )[0][0])  # fmt: skip


@pytest.mark.parametrize("role", ["organisation", "host_authority", "coordinator", "registrar"])
def test_the_successor_begins_where_the_holder_ends(own: Own, role: str) -> None:
    code = organisation(own)
    post = officer(own, code)
    caller = by(role, own, code) if role in ("organisation", "host_authority") else by(role)
    before, told = version(own, post), own.sql("SELECT count(*) FROM identity.outbox")[0][0]
    answer = hand_over(own, post["id"], caller, **ANEW, department="国際課")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["Location"] == f"/directory/v1/posts/{made['id']}"
    same = {
        "title": "主事",
        "section": "jet",
        "phone": "087-000-0000",
        "department": "国際課",
        "valid_to": None,
    }
    assert made | same | {"name": ANEW["name"], "email": ANEW["email"]} == made
    assert made["person_number"].startswith("O-")
    today = str(own.sql("SELECT platform.today()")[0][0])
    yesterday = str(own.sql("SELECT platform.today() - 1")[0][0])
    assert terms(own, code) == [
        ("星渡 みどり", "jet", "2020-04-01", yesterday),
        ("霧杜 健", "jet", today, None),
    ]
    assert version(own, post) == before + 1
    # the feed tells of both posts and of the newcomer, the audit of one act by a tool and a person
    assert own.sql("SELECT count(*) FROM identity.outbox")[0][0] == told + 3
    ((client, person, action, before_, after),) = own.sql(
        "SELECT client, person_id, action, before ->> 'id', after ->> 'id' FROM identity.audit_entry "
        f"WHERE resource = 'hand-overs' AND resource_id = '{made['id']}'"
    )
    assert (client, person, action) == (f"{role}-tool", PERSON, "create")
    assert (before_, after) == (post["id"], made["id"])


def test_a_tool_by_itself_hands_nothing_over(own: Own) -> None:
    code = organisation(own)
    post = officer(own, code)
    for tool in (Caller("registrar"), Caller("coordinator"), Caller("organisation", "", identity(own, code))):
        assert found(hand_over(own, post["id"], tool, **ANEW)) == (403, "person_required", [])
    assert [one[3] for one in terms(own, code)] == [None]
    assert hand_over(own, post["id"], by("participant"), **ANEW).status_code == 403


def test_an_organisation_hands_over_its_own_posts_alone(own: Own) -> None:
    code, other, host = organisation(own), organisation(own), organisation(own, kind="prefecture")
    own.made("organisation-roles", organisation_code=host, role="host_authority", valid_from="2000-04-01")
    own.made("hierarchies", member_code=code, host_code=host, valid_from="2000-04-01")
    post, elsewhere = officer(own, code), officer(own, other)
    stranger = hand_over(own, post["id"], by("organisation", own, other), **ANEW)
    absent = hand_over(own, host, by("organisation", own, other), **ANEW)
    assert found(stranger) == found(absent) == (404, "not_found", [])
    # a host authority reads its members' posts; whom they employ, they say
    assert found(hand_over(own, post["id"], by("host_authority", own, host), **ANEW))[:2] == (
        409, "action_not_available",
    )  # fmt: skip
    of_host = officer(own, host, "host")
    hosted = hand_over(
        own, of_host["id"], by("host_authority", own, host), successor_number=post["person_number"]
    )
    assert found(hosted)[2] == [("/successor_number", "officer_unknown")]
    # by number, somebody of another organisation is nobody; CLAIR may move them
    number = elsewhere["person_number"]
    for unknown in (number, "P-NOBODY"):
        refused = hand_over(own, post["id"], by("organisation", own, code), successor_number=unknown)
        assert found(refused) == (422, "invalid_content", [("/successor_number", "officer_unknown")])
    assert hand_over(own, post["id"], by("coordinator"), successor_number=number).status_code == 201


def test_nobody_comes_to_act_for_members_by_an_organisations_hand(own: Own) -> None:
    code = organisation(own)
    post = officer(own, code, "host")
    refused = hand_over(own, post["id"], by("organisation", own, code), **ANEW)
    assert (
        found(refused)[:2] == (409, "action_not_available") and "取りまとめ担当" in refused.json()["detail"]
    )
    assert hand_over(own, post["id"], by("host_authority", own, code), **ANEW).status_code == 201


def test_whoever_is_known_at_the_organisation_is_nobody_new(own: Own) -> None:
    code = organisation(own)
    host, jet = officer(own, code, "host"), officer(own, code, "jet", name="霧杜 健", email="k@town.example")
    before, caller = people(own), by("host_authority", own, code)
    known = hand_over(own, host["id"], caller, name="霧杜　健", email="K@Town.example", title="主査").json()
    assert (known["person_number"], known["title"]) == (jet["person_number"], "主査")
    again = hand_over(
        own, known["id"], caller, successor_number=host["person_number"], handed_over_on="2024-07-09"
    )
    assert again.status_code == 201, again.text
    assert people(own) == before
    # an office that shares its mailbox has people of two names there
    shared = hand_over(own, jet["id"], caller, name="虹見台 太郎", email="k@town.example")
    assert shared.status_code == 201 and people(own) == before + 1


def test_what_cannot_be_handed_over_is_refused_with_its_reason(own: Own) -> None:
    code = organisation(own)
    post, caller = officer(own, code, email="own@town.example"), by("coordinator")
    ended = officer(own, code, "branch")
    assert own.changed("posts", ended["id"], valid_to="2024-07-07").status_code == 200
    assert found(hand_over(own, ended["id"], caller, **ANEW))[:2] == (409, "action_not_available")
    seen = own.call("posts_read", path={"ref": ended["id"]}).json()["available_actions"]
    assert [(one["action"], "closed" in one) for one in seen] == [("hand_over", True)]
    cases: list[tuple[dict[str, str], str, str]] = [
        ({**ANEW, "handed_over_on": "2020-04-01"}, "/handed_over_on", "hand_over_too_early"),
        ({**ANEW, "handed_over_on": "2025-07-10"}, "/handed_over_on", "hand_over_too_late"),
        ({"successor_number": post["person_number"]}, "/successor_number", "successor_is_holder"),
        ({"name": "星渡みどり", "email": "OWN@town.example"}, "/name", "successor_is_holder"),
        ({}, "/successor_number", "successor_unnamed"),
        ({"name": "霧杜 健"}, "/successor_number", "successor_unnamed"),
        ({**ANEW, "successor_number": "P-1"}, "/successor_number", "successor_unnamed"),
    ]
    for body, pointer, code_ in cases:
        assert found(hand_over(own, post["id"], caller, **body)) == (
            422,
            "invalid_content",
            [(pointer, code_)],
        )
    assert hand_over(own, post["id"], caller, **ANEW, handed_over_on="2025-07-09").status_code == 201


def test_a_term_that_ends_before_is_left_as_it_is(own: Own) -> None:
    code = organisation(own)
    post = officer(own, code)
    own.changed("posts", post["id"], valid_to="2024-08-31")
    assert hand_over(own, post["id"], by("registrar"), **ANEW, handed_over_on="2024-10-01").status_code == 201
    assert [(first, last) for *_, first, last in terms(own, code)] == [
        ("2020-04-01", "2024-08-31"),
        ("2024-10-01", None),
    ]


def test_the_post_of_a_contact_is_the_registrars_and_no_officers(own: Own) -> None:
    code = organisation(own)
    post, contact = officer(own, code), officer(own, code, "jet", "contact", company="架空社")
    for caller in (by("coordinator"), by("organisation", own, code)):
        refused = hand_over(own, contact["id"], caller, **ANEW)
        assert found(refused)[:2] == (409, "action_not_available")
        assert "事業者等の担当者" in refused.json()["detail"]
        named = hand_over(own, post["id"], caller, successor_number=contact["person_number"])
        assert found(named)[2] == [("/successor_number", "officer_unknown")]


def test_nobody_but_the_registrar_gives_or_takes_posts_of_clairs_staff(own: Own) -> None:
    own.made("organisations", code="CLAIR", name="架空協会", kind="association")
    post = officer(own, "CLAIR", "registry", "staff")
    assert found(hand_over(own, post["id"], by("coordinator"), **ANEW))[:2] == (409, "action_not_available")
    staff, town = post["person_number"], organisation(own)
    there = officer(own, town)
    refused = hand_over(own, there["id"], by("coordinator"), successor_number=staff)
    assert found(refused)[2] == [("/successor_number", "officer_unknown")]


def test_the_database_holds_to_it_by_itself(own: Own) -> None:
    """The second wall: what the service would never say, said as its database role."""
    town, other = organisation(own), organisation(own)
    here, there = officer(own, town), officer(own, other)
    contact = own.made("people", number="C-1", kind="contact", name="架空 人", company="架空社")
    staff = officer(own, town, "jet", "staff")

    def person(post: dict[str, Any]) -> str:
        return str(own.call("people_read", path={"ref": post["person_number"]}).json()["id"])

    async def tries(caller: Caller, statement: str) -> str:
        principal = Principal("t", None, caller.role, OrganisationId(caller.organisation) if caller.organisation else None, frozenset())  # fmt: skip
        connection = await asyncpg.connect(own.postgres.url(user="registry_app"))
        try:
            await connection.execute("BEGIN")
            await connection.execute(
                "SELECT set_config('kk.caller', $1, true)", Scope(principal, "all").setting()
            )
            return str(await connection.execute(statement))
        except asyncpg.InsufficientPrivilegeError:
            return "refused"
        finally:
            await connection.close()

    def gives(whom: str, at: str, section: str = "x") -> str:
        return (
            "INSERT INTO directory.post (person_id, organisation_id, section, title, valid_from) "
            f"VALUES ('{whom}', '{identity(own, at)}', '{section}', 'x', '2024-07-08')"
        )

    def ends(post: dict[str, Any]) -> str:
        return f"UPDATE directory.post SET valid_to = '2024-07-01' WHERE id = '{post['id']}'"

    clair, own_hand = Caller("coordinator"), Caller("organisation", "", identity(own, town))
    host_hand = Caller("host_authority", "", identity(own, town))
    expected = {
        (clair, gives(person(here), other)): "INSERT 0 1",
        (clair, gives(person(staff), town)): "refused",
        (clair, gives(contact["id"], town)): "refused",
        (clair, ends(staff)): "refused",
        (own_hand, gives(person(here), town)): "INSERT 0 1",
        (own_hand, gives(person(here), other)): "refused",
        (own_hand, gives(person(here), town, "host")): "refused",
        (own_hand, f"UPDATE directory.post SET section = 'host' WHERE id = '{here['id']}'"): "refused",
        (host_hand, gives(person(here), town, "host")): "INSERT 0 1",
        (own_hand, gives(person(staff), town)): "refused",
        (own_hand, ends(here)): "UPDATE 1",
        (own_hand, ends(there)): "UPDATE 0",
        (own_hand, "INSERT INTO directory.person (number, kind) VALUES ('X-1', 'staff')"): "refused",
        (own_hand, "INSERT INTO directory.person (number, kind) VALUES ('X-1', 'officer')"): "INSERT 0 1",
    }
    told = {(caller, said): own.served.run(tries(caller, said)) for caller, said in expected}
    assert told == expected


def test_posts_of_a_filled_database_keep_their_past_down_and_up_again(own: Own) -> None:
    code = organisation(own)
    post = officer(own, code)
    own.made("people", number="C-2", kind="contact", name="架空 人", company="架空社")
    past = (
        "SELECT id, person_id, organisation_id, section, title, valid_from, valid_to, effective, row_version, known_from, "
        f"known FROM directory.post_past WHERE id = '{post['id']}' ORDER BY known"
    )
    assert own.changed("posts", post["id"], title="主査").status_code == 200
    before = own.sql(past)
    assert [row[4] for row in before] == ["主事"]
    own.served.run(move(own.postgres.url(), "directory_0002", down=True))
    assert own.sql(past) == before
    own.sql(f"UPDATE directory.post SET title = '係長' WHERE id = '{post['id']}'")
    own.served.run(move(own.postgres.url(), "head", down=False))
    assert [row[4] for row in own.sql(past)] == ["主事", "主査"]
    assert own.changed("posts", post["id"], department="国際課").status_code == 200
    assert [row[4] for row in own.sql(past)] == ["主事", "主査", "係長"]
    known = own.listed("posts", organisation=code, known_at=own.now().isoformat())
    assert [(one["title"], one["department"]) for one in known] == [("係長", "国際課")]
    assert own.call("people_read", path={"ref": "C-2"}).status_code == 404
