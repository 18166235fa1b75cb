"""Tools that act for people: the directory says in which role a person comes."""

import asyncio
from typing import cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.registry.issuer.repository import Identity
from services.gateway.registry.issuer.service import lifetime_of
from services.gateway.registry.issuer.standing import Person
from services.kit.auth.keys import Key
from services.kit.db.session import WriteSession, engine_for
from tests.gateway.registry.conftest import Directory
from tests.gateway.registry.house import Registry, assertion, claims, payload, refusal

Tool = tuple[str, Key]
NOBODY = (400, "invalid_grant")


@pytest.fixture(scope="module")
def desk(house: Registry) -> Tool:
    return house.with_key(role="service", acts_for_people=True)


@pytest.fixture(scope="module")
def clair(directory: Directory) -> UUID:
    return directory.organisation(kind="association", code="CLAIR")


def signed(tool: Tool, person: object, **header: object) -> str:
    return assertion(tool[1], claims(tool[0], str(person)), **header)


@pytest.mark.parametrize("typ", ["JWT", "authorization-grant+jwt"])
@pytest.mark.parametrize(
    ("section", "role"),
    [
        ("jet", "coordinator"),
        ("registry", "registrar"),
        ("audit", "auditor"),
        ("grants-exchange", "grant_officer"),
    ],
)
def test_staff_come_by_their_section(
    house: Registry, directory: Directory, desk: Tool, clair: UUID, section: str, role: str, typ: str
) -> None:
    person = directory.person("staff", (clair, section))
    said = payload(house.person(signed(desk, person, typ=typ), scope="directory:read"))
    assert (said["role"], said["sub"], said["person"]) == (role, str(person), str(person))
    assert said["client_id"] == desk[0]
    assert said["scope"] == "directory:read"
    assert "org" not in said


def test_officers_come_for_their_organisation(house: Registry, directory: Directory, desk: Tool) -> None:
    host = directory.organisation(hosts=True)
    member = directory.organisation()
    for organisation, section, role in (
        (host, "host", "host_authority"),
        (host, "school", "organisation"),
        (member, "host", "organisation"),
    ):
        person = directory.person("officer", (organisation, section))
        for ref in (person, str(person).upper(), directory.number(person)):
            said = payload(house.person(signed(desk, ref)))
            assert (said["role"], said["org"], said["person"]) == (role, str(organisation), str(person))


def test_of_two_posts_at_one_organisation_the_wider_counts(
    house: Registry, directory: Directory, desk: Tool
) -> None:
    host = directory.organisation(hosts=True)
    both = directory.person("officer", (host, "host"), (host, "school"))
    assert payload(house.person(signed(desk, both)))["role"] == "host_authority"


def test_who_stands_in_several_ways_chooses(
    house: Registry, directory: Directory, desk: Tool, clair: UUID
) -> None:
    town, host = directory.organisation(), directory.organisation(hosts=True)
    officer = directory.person("officer", (town, "jet"), (host, "host"), (host, "jet"))
    said = house.person(signed(desk, officer)).json()
    assert said["error"] == "invalid_grant"
    codes = [directory.code(one) for one in (host, town)]
    choices = sorted([f"host_authority {codes[0]}", f"organisation {codes[0]}", f"organisation {codes[1]}"])
    assert said["error_description"] == f"Choose with role and organisation, one of: {', '.join(choices)}"
    for asked, role, organisation in (
        ({"organisation": codes[1]}, "organisation", town),
        ({"organisation": str(host)}, "host_authority", host),
        ({"organisation": codes[0], "role": "organisation"}, "organisation", host),
        ({"role": "host_authority"}, "host_authority", host),
    ):
        came = payload(house.person(signed(desk, officer), **asked))
        assert (came["role"], came["org"]) == (role, str(organisation))
    for wrong in (
        {"role": "registrar"},
        {"organisation": "None"},
        {"organisation": codes[1], "role": "host_authority"},
    ):
        assert refusal(house.person(signed(desk, officer), **wrong)) == NOBODY
    both = directory.person("staff", (clair, "jet"), (clair, "registry"))
    for role in ("coordinator", "registrar"):
        assert payload(house.person(signed(desk, both), role=role))["role"] == role


def test_choices_are_told_to_a_proven_tool_and_only_those_it_may_act_in(
    house: Registry, directory: Directory, desk: Tool
) -> None:
    mine, other = directory.organisation(hosts=True), directory.organisation()
    officer = directory.person("officer", (mine, "jet"), (other, "jet"))
    own = house.with_key(role="organisation", organisation_code=directory.code(mine), acts_for_people=True)
    assert payload(house.person(signed(own, officer)))["org"] == str(mine)
    assert refusal(house.person(signed(own, officer), organisation=str(other))) == NOBODY
    stranger = (desk[0], own[1])
    assert house.person(signed(stranger, officer)).json()["error_description"] == "The assertion is not good"


def test_participants_come_for_themselves(house: Registry, directory: Directory, desk: Tool) -> None:
    said = payload(house.person(signed(desk, directory.person("participant"))))
    assert said["role"] == "participant"
    assert "org" not in said


def test_an_adviser_comes_as_a_participant_and_for_the_posts_besides(
    house: Registry, directory: Directory, desk: Tool
) -> None:
    """The section `adviser` alone gives nothing at the organisation; of two standings none is guessed."""
    host = directory.organisation(hosts=True)
    adviser = directory.person("participant", (host, "adviser"))
    said = payload(house.person(signed(desk, adviser)))
    assert said["role"] == "participant" and "org" not in said
    assert refusal(house.person(signed(desk, adviser), role="organisation")) == NOBODY
    assert refusal(house.person(signed(desk, directory.person("officer", (host, "adviser"))))) == NOBODY
    both = directory.person("participant", (host, "adviser"), (host, "host"))
    code = directory.code(host)
    assert house.person(signed(desk, both)).json()["error_description"] == (
        f"Choose with role and organisation, one of: host_authority {code}, participant"
    )
    for role, organisation in (("participant", None), ("host_authority", str(host))):
        came = payload(house.person(signed(desk, both), role=role))
        assert (came["role"], came.get("org")) == (role, organisation)


def test_contacts_come_for_their_company_and_never_as_its_officers(
    house: Registry, directory: Directory, desk: Tool
) -> None:
    """A local government that exhibits has contacts as well: whatever the section says, they are no officers."""
    company = directory.organisation(kind="company")
    host = directory.organisation(hosts=True, kind="prefecture")
    for organisation, section in ((company, "人事課"), (host, "host"), (host, "adviser")):
        said = payload(house.person(signed(desk, directory.person("contact", (organisation, section)))))
        assert (said["role"], said["org"]) == ("business", str(organisation))
    both = directory.person("contact", (company, "人事課"), (host, "host"))
    codes = sorted([directory.code(company), directory.code(host)])
    assert house.person(signed(desk, both)).json()["error_description"] == (
        f"Choose with role and organisation, one of: business {codes[0]}, business {codes[1]}"
    )
    assert payload(house.person(signed(desk, both), organisation=str(host)))["org"] == str(host)
    for role in ("organisation", "host_authority"):
        assert refusal(house.person(signed(desk, both), role=role)) == NOBODY


def test_a_companys_tool_acts_for_its_own_contacts_only(house: Registry, directory: Directory) -> None:
    mine, other = (directory.organisation(kind="company") for _ in range(2))
    code = directory.code(mine)
    tools = {
        role: house.with_key(
            role=role, organisation_code=code, acts_for_people=True, scopes=["directory:read"]
        )
        for role in ("business", "organisation", "host_authority")
    }
    contact, officer = directory.person("contact", (mine, "x")), directory.person("officer", (mine, "x"))
    assert payload(house.person(signed(tools["business"], contact)))["role"] == "business"
    for role, person in (
        ("business", officer),
        ("business", directory.person("contact", (other, "x"))),
        ("organisation", contact),
        ("host_authority", contact),
    ):
        assert refusal(house.person(signed(tools[role], person))) == NOBODY


def test_who_has_no_standing_today_is_nobody(
    house: Registry, directory: Directory, desk: Tool, clair: UUID
) -> None:
    town, city = directory.organisation(), directory.organisation()
    other = directory.organisation(kind="association")
    nobodies = (
        uuid4(),
        "n-unknown",
        desk[0],
        directory.person("officer"),
        directory.person("officer", (town, "jet"), until="2024-03-31"),
        directory.person("officer", (town, "jet"), since="2030-04-01"),
        directory.person("officer", (town, "jet"), (city, "jet")),
        directory.person("staff", (clair, "kitchen")),
        directory.person("staff", (other, "jet")),
        directory.person("contact"),
        directory.person("contact", (town, "jet"), until="2024-03-31"),
        directory.person("staff", (clair, "jet"), (clair, "registry")),
    )
    for person in nobodies:
        assert refusal(house.person(signed(desk, person))) == NOBODY


def test_an_organisations_tool_acts_for_its_own_officers_only(
    house: Registry, directory: Directory, clair: UUID
) -> None:
    mine, other = directory.organisation(hosts=True), directory.organisation()
    code = directory.code(mine)
    tool = house.with_key(role="organisation", organisation_code=code, acts_for_people=True)
    own = directory.person("officer", (mine, "school"))
    assert payload(house.person(signed(tool, own)))["org"] == str(mine)
    for person in (
        directory.person("officer", (other, "school")),
        directory.person("officer", (mine, "host")),
        directory.person("staff", (clair, "registry")),
        directory.person("participant"),
    ):
        assert refusal(house.person(signed(tool, person))) == NOBODY
    wider = house.with_key(role="host_authority", organisation_code=code, acts_for_people=True)
    assert payload(house.person(signed(wider, own)))["role"] == "organisation"
    assert (
        payload(house.person(signed(wider, directory.person("officer", (mine, "host")))))["role"]
        == "host_authority"
    )


def test_a_persons_assertion_is_refused(house: Registry, directory: Directory, desk: Tool) -> None:
    person = directory.person("participant")
    plain, key = house.with_key(role="service")
    assert refusal(house.person(signed((plain, key), person))) == (400, "unauthorized_client")
    assert refusal(house.person("")) == NOBODY
    assert refusal(house.person("a.b.c")) == NOBODY
    assert refusal(house.person(signed((desk[0], key), person))) == NOBODY
    assert refusal(house.person(signed(("nobody", key), person))) == NOBODY
    assert refusal(house.person(signed(desk, person, typ="client-authentication+jwt"))) == NOBODY
    assert refusal(house.person(signed(desk, person), client_id="nobody")) == NOBODY
    assert refusal(house.person(signed(desk, person), client_id=desk[0], client_secret="x")) == (
        400,
        "invalid_request",
    )
    assert refusal(house.person(signed(desk, person), scope="jet.roster:write")) == (400, "invalid_scope")
    once = signed(desk, person)
    assert payload(house.person(once))
    assert refusal(house.person(once)) == NOBODY
    assert refusal(house.signed(once)) == (401, "invalid_client")


def test_a_tool_that_was_closed_gets_nothing(house: Registry, directory: Directory) -> None:
    tool = house.with_key(role="service", acts_for_people=True)
    person = directory.person("participant")
    house.rows(f"UPDATE identity.client SET active = false WHERE client_id = '{tool[0]}'")
    assert refusal(house.person(signed(tool, person))) == NOBODY
    assert refusal(house.signed(assertion(tool[1], claims(tool[0])))) == (401, "invalid_client")


def test_a_persons_token_has_the_tools_scopes_within_the_persons_role(
    house: Registry, directory: Directory, clair: UUID
) -> None:
    scopes = ["directory:read", "jet.termination:write", "jet.participant:read", "audit:read"]
    tool = house.with_key(role="service", acts_for_people=True, scopes=scopes)
    officer = directory.person("officer", (directory.organisation(), "school"))
    staff, auditor = (directory.person("staff", (clair, section)) for section in ("jet", "audit"))
    for person, expected in (
        (officer, "directory:read jet.participant:read"),
        (staff, "directory:read jet.participant:read jet.termination:write"),
        (auditor, "audit:read directory:read"),
    ):
        assert payload(house.person(signed(tool, person)))["scope"] == expected
    itself = payload(house.signed(assertion(tool[1], claims(tool[0]))))
    assert itself["scope"] == "directory:read jet.participant:read"


@pytest.mark.parametrize(
    ("left", "lifetime"), [(3600, 300), (300, 300), (90, 90), (20, 20), (4, 5), (0.5, 5)]
)
def test_no_token_outlives_the_day_on_which_its_standing_was_read(
    house: Registry, directory: Directory, left: float, lifetime: int
) -> None:
    officer = directory.person("officer", (directory.organisation(), "school"))
    participant = directory.person("participant")

    async def read() -> list[Person | None]:
        """With the clock so long before midnight, in a transaction that is undone."""
        engine = engine_for(house.database)
        async with AsyncSession(engine) as session:
            await session.execute(
                text(
                    "UPDATE platform.clock SET offset_by = CAST(platform.today() + 2 AS timestamp) "
                    "AT TIME ZONE 'Asia/Tokyo' - now() - make_interval(secs => :left)"
                ),
                {"left": left},
            )
            identity = Identity(cast(WriteSession, session))
            found = [await identity.person(str(person)) for person in (officer, participant)]
            await session.rollback()
        await engine.dispose()
        return found

    found = asyncio.run(read())
    assert [lifetime_of(person) for person in found if person is not None] == [lifetime, 300]
