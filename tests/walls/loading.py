"""The world of `world.py` written through the services' own API, and what it became: records with their ids."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from services.kit.auth.keys import new_key, public_jwk
from tests.support.serving import Caller, Serving
from tests.walls import alumni, enrolments, fairs, internships, training, world
from tests.walls.world import Actor, Record

REGISTRAR, COORDINATOR = Caller("registrar"), Caller("coordinator")
DOOR = Caller("door", scopes=frozenset())
SURVEYED = world.LAST_YEAR + 1
COUNTRY = {"alpha2": "QW", "alpha3": "QWA", "name_ja": "架空国", "name_en": "Quorania"}


@dataclass
class World:
    """What was stored: records by list, ids of organisations and people, and the services that hold them."""

    registry: Serving
    jet: Serving
    today: date
    organisations: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=dict)

    def caller(self, actor: Actor, client: str = "") -> Caller:
        return Caller(
            actor.role,
            client or f"tool-{actor}".replace(" ", "-"),
            self.organisations.get(actor.organisation),
            self.people.get(actor.person),
        )

    def keep(
        self, plural: str, body: Mapping[str, Any], organisations: frozenset[str], person: str = ""
    ) -> Record:
        record = Record(plural, body["id"], organisations, person, dict(body))
        self.records.setdefault(plural, []).append(record)
        return record

    def of(self, plural: str) -> list[Record]:
        return self.records.get(plural, [])


def create(serving: Serving, caller: Caller, plural: str, service: str, **body: object) -> dict[str, Any]:
    operation = f"{service}_{plural}_create".replace("-", "_")
    answer = serving.call(operation, caller, json=body)
    assert answer.status_code == 201, f"{operation}: {answer.text}"
    made: dict[str, Any] = answer.json()
    return made


def load(registry: Serving, jet: Serving) -> World:
    # a test before this one may have moved the clock
    today = date.fromisoformat(registry.call("identity_clock_read", None).json()["today"])
    made = World(registry, jet, today)
    _organisations(made)
    _officers(made)
    for person in world.PEOPLE.values():
        _participant(made, person)
    _terminations(made)
    _refusal(made)
    _changes(made)
    _parts(made)
    _readings(made)
    _saved(made)
    _survey(made)
    training.load(made)
    enrolments.load(made)
    fairs.load(made)
    internships.load(made)
    alumni.load(made)
    return made


def _organisations(made: World) -> None:
    everyone = frozenset(world.ORGANISATIONS)

    def store(plural: str, **body: object) -> Record:
        return made.keep(plural, create(made.registry, REGISTRAR, plural, "directory", **body), everyone)

    store("countries", **COUNTRY)
    for name in world.ORGANISATIONS:
        kind = "prefecture" if name in ("ume", "take") else "designated_city" if name == "eki" else "city"
        record = store("organisations", code=world.code(name), name=world.NAMES[name], kind=kind)
        made.organisations[name] = UUID(record.id)
        role = "host_authority" if name in world.HOSTS else "contracting_organisation"
        store("organisation-roles", organisation_code=world.code(name), role=role, valid_from="2010-04-01")
        if role == "contracting_organisation":
            made.keep("organisation-changes", {"id": record.id}, everyone)
    for name in world.EXHIBITORS:
        record = store("organisations", code=world.code(name), name=world.NAMES[name], kind="company")
        made.organisations[name] = UUID(record.id)
        for role in ("exhibitor", "host_company"):
            store(
                "organisation-roles", organisation_code=world.code(name), role=role, valid_from="2010-04-01"
            )
    for one in world.HIERARCHY:
        until = one.until and one.until.isoformat()
        store(
            "hierarchies", member_code=world.code(one.member), host_code=world.code(one.host),
            valid_from=one.since.isoformat(), valid_to=until,
        )  # fmt: skip
    store("departments", organisation_code=world.code("azami"), code="KOKUSAI", name="国際課")
    store(
        "successors", predecessor_code=world.code("fuyo"), successor_code=world.code("cacao"), kind="merged",
        effective_on="2030-04-01",
    )  # fmt: skip
    store(
        "overseas-offices", code="WALLS-OFFICE", name_ja="架空事務所", name_en="Office", city_ja="架空", city_en="City",
        country=COUNTRY["alpha2"], time_zone="Asia/Tokyo",
    )  # fmt: skip
    store("code-lists", name="WALLS", title_ja="架空の表", title_en="List", version="1", source="試験")
    store("codes", code_list="WALLS", code="QW", label_ja="架空")


def _officers(made: World) -> None:
    client = create(
        made.registry, REGISTRAR, "clients", "identity", client_id="walls-tool", name="試験", role="organisation",
        organisation_code=world.code("azami"), scopes=["jet.roster:read"],
    )  # fmt: skip
    made.keep("clients", client, frozenset())
    key = create(
        made.registry, REGISTRAR, "client-keys", "identity", client_id="walls-tool",
        public_jwk=public_jwk(new_key("ES256")),
    )  # fmt: skip
    made.keep("client-keys", key, frozenset())
    for name, sort in world.STAFF.items():
        body = create(
            made.registry, REGISTRAR, "people", "directory", number=f"WALLS-{name}", kind=sort, name=name
        )
        made.people[name] = UUID(body["id"])
        made.keep("people", body, frozenset(), name)
    for name, organisation in world.POSTS.items():
        number = f"WALLS-{name}"
        body = create(
            made.registry, REGISTRAR, "people", "directory", number=number, kind="officer", name=name
        )
        made.people[name] = UUID(body["id"])
        made.keep("people", body, frozenset({organisation}), name)
        post = create(
            made.registry, REGISTRAR, "posts", "directory", person_number=number,
            organisation_code=world.code(organisation), section="国際課", title="主事", valid_from="2020-04-01",
        )  # fmt: skip
        made.keep("posts", post, frozenset({organisation}), name)
        home = create(
            made.registry, REGISTRAR, "secondments", "directory", person_number=number,
            home_code=world.code(organisation), valid_from="2020-04-01",
        )  # fmt: skip
        made.keep("secondments", home, frozenset({organisation}), name)
    for name, organisation in world.CONTACTS.items():
        number, company = f"WALLS-{name}", world.NAMES[organisation]
        body = create(
            made.registry,
            REGISTRAR,
            "people",
            "directory",
            number=number,
            kind="contact",
            name=name,
            company=company,
        )
        made.people[name] = UUID(body["id"])
        made.keep("people", body, frozenset({organisation}), name)
        post = create(
            made.registry, REGISTRAR, "posts", "directory", person_number=number,
            organisation_code=world.code(organisation), title="主任", valid_from="2020-04-01",
            section="counsellor" if name in world.COUNSELLORS else "人事課",
        )  # fmt: skip
        made.keep("posts", post, frozenset({organisation}), name)
        if name in world.COUNSELLORS:
            made.keep("counsellors", post, frozenset(), name)


def _participant(made: World, person: world.Person) -> None:
    number = world.JET_NUMBERS[person.name]
    body = create(
        made.jet, COORDINATOR, "participants", "jet", jet_number=number, family_name=person.name,
        given_name="Test", nationality=COUNTRY["alpha2"], birth_on="1999-09-09", email=f"{person.name}@example.org",
        job_type="ALT", programme_year=person.joined, arrival_group="a",
    )  # fmt: skip
    made.people[person.name] = UUID(body["id"])
    made.keep("participants", body, world.opened(person, made.today), person.name)
    for organisation, year in person.placed:
        placed = create(
            made.jet, COORDINATOR, "placements", "jet", jet_number=number, programme_year=year,
            organisation_code=world.code(organisation), decided_on=f"{year}-03-01",
        )  # fmt: skip
        made.keep("placements", placed, frozenset({organisation}), person.name)
    for term in person.served:
        served = create(made.jet, COORDINATOR, "appointments", "jet", **appointment(person.name, term))
        made.keep("appointments", served, frozenset({term.organisation}), person.name)


def _refusal(made: World) -> None:
    """A request that the door noted as refused, as the door tells it."""
    note = {
        "id": str(uuid4()), "support_code": "K7Q2MD", "request_id": "walls", "trace_id": "0" * 32, "at": time.time(),
        "client": "walls-tool", "role": "organisation", "person_id": None,
        "organisation_id": str(made.organisations["azami"]), "service": "jet", "route": "jet_roster_list",
        "method": "GET", "status": 404, "code": "not_found", "title": "見つかりません", "errors": [],
    }  # fmt: skip
    answer = made.registry.post(
        "/identity/v1/door/refused-requests", "door_refused_requests_note", DOOR, [note]
    )
    assert answer.status_code == 204, answer.text
    made.keep("refused-requests", {"id": note["id"]}, frozenset())


def _changes(made: World) -> None:
    """A participation, and facts of the directory, that were once known otherwise."""
    until = {"valid_to": "2099-03-31"}
    for plural, body in (
        *(
            (plural, until)
            for plural in ("organisation-roles", "hierarchies", "posts", "secondments", "departments")
        ),
        ("successors", {"effective_on": "2031-04-01"}),
    ):
        operation = f"directory_{plural}_change".replace("-", "_")
        for record in (one for one in made.of(plural) if not one.marks.get("valid_to")):
            answer = made.registry.call(
                operation, REGISTRAR, {"If-Match": "*"}, path={"ref": record.id}, json=body
            )
            assert answer.status_code == 200, answer.text
    for name in ("Quarry", "Quokka"):
        answer = made.jet.call(
            "jet_participants_change", COORDINATOR, {"If-Match": "*"}, path={"ref": world.JET_NUMBERS[name]},
            json={"arrival_group": "april"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text


def appointment(name: str, term: world.Term) -> dict[str, object]:
    """A body for the appointment of a person."""
    return {
        "jet_number": world.JET_NUMBERS[name],
        "organisation_code": world.code(term.organisation),
        "programme_year": term.programme_year,
        "job_type": "ALT",
        "starts_on": term.starts_on.isoformat(),
        "ends_on": term.ends_on.isoformat(),
        "workplace_name": f"{world.NAMES[term.organisation]}役所",
        "workplace_kind": "office",
        "supervisor_name": "担当",
        "housing_type": "other",
    }


def _terminations(made: World) -> None:
    for person in world.PEOPLE.values():
        if person.left is not None:
            body = create(
                made.jet, COORDINATOR, "early-terminations", "jet", jet_number=world.JET_NUMBERS[person.name],
                effective_on=person.left.isoformat(), initiated_by="participant", reason="resignation",
            )  # fmt: skip
            made.keep("early-terminations", body, world.opened(person, made.today), person.name)


def _parts(made: World) -> None:
    """What came with each appointment, and after its end: workplaces and versions."""
    for record in made.of("appointments"):
        for plural in ("workplaces", "appointment-versions"):
            operation = f"jet_{plural}_list".replace("-", "_")
            answer = made.jet.call(operation, COORDINATOR, params={"appointment_id": record.id})
            for item in answer.json()["items"]:
                made.keep(plural, item, record.organisations, record.person)


def _readings(made: World) -> None:
    """CLAIR reads each record once; whose it is sees that."""
    for record in made.of("participants"):
        assert made.jet.call("jet_participants_read", COORDINATOR, path={"ref": record.id}).status_code == 200
        person = made.caller(Actor("participant", person=record.person))
        answer = made.jet.call("jet_readings_list", person)
        assert len(answer.json()["items"]) > 0, answer.text
        made.keep("readings", answer.json()["items"][0], frozenset(), record.person)


def _saved(made: World) -> None:
    """What an officer has saved for herself is open to nobody else, at her own organisation either."""
    owner = made.caller(Actor("organisation", "azami", "Kanri"))
    query = create(
        made.registry, owner, "saved-queries", "identity", name="架空", list_address="/directory/v1/countries"
    )
    made.keep("saved-queries", query, frozenset(), "Kanri")
    operation, path = "identity_saved_query_keys_create", {"ref": query["id"]}
    key = made.registry.call(operation, owner, path=path, json={"label": "架空"})
    assert key.status_code == 201, key.text
    made.keep("query-keys", key.json(), frozenset(), "Kanri")


def _survey(made: World) -> None:
    """Drafts of all who are asked; azami's and budo's handed in by ume as one act, budo's returned out of it."""
    for year in (SURVEYED - 1, SURVEYED):
        asked = create(
            made.jet, COORDINATOR, "placement-surveys", "jet", programme_year=year,
            host_deadline_at="2190-12-01T00:00:00+09:00", clair_deadline_at="2190-12-15T00:00:00+09:00",
        )  # fmt: skip
        made.keep("placement-surveys", asked, frozenset(world.ORGANISATIONS))
        for name, seats in (("azami", year), ("dango", 1)):
            wish = create(
                made.jet, COORDINATOR, "placement-requests", "jet", organisation_code=world.code(name),
                programme_year=year, line=1, entry="new", job_type="CIR", arrival_group="a", seats=seats % 100,
            )  # fmt: skip
            made.keep("placement-requests", wish, frozenset({name}))

    said = create(
        made.jet, COORDINATOR, "reappointment-answers", "jet", jet_number=world.JET_NUMBERS["Quince"],
        programme_year=SURVEYED, answer="yes",
    )  # fmt: skip
    made.keep("reappointment-answers", said, frozenset({"azami"}), "Quince")

    def command(name: str, organisation: str, caller: Caller, **options: Any) -> None:
        path = {"ref": submissions[organisation].id}
        answer = made.jet.call(f"jet_placement_submissions_{name}", caller, path=path, **options)
        assert answer.status_code == 201, answer.text

    def listed(plural: str, *names: str, year: int = SURVEYED) -> dict[str, Record]:
        found = {}
        for name in names:
            params = {"organisation": world.code(name), "programme_year": year}
            answer = made.jet.call(f"jet_{plural}_list".replace("-", "_"), COORDINATOR, params=params)
            (item,) = answer.json()["items"]
            found[name] = made.keep(plural, item, frozenset({name}))
        return found

    contracting = [name for name in world.CONTRACTING if name not in world.HOSTS]
    listed("placement-submissions", *contracting, year=SURVEYED - 1)
    listed("placement-differences", "azami")
    submissions = listed("placement-submissions", *contracting)
    host = made.caller(Actor("host_authority", "ume", "Soumu"))
    for name, caller in (("azami", made.caller(Actor("organisation", "azami"))), ("budo", host)):
        command("submit", name, caller)
    act = create(
        made.jet, host, "placement-consolidations", "jet", organisation_code=world.code("ume"),
        programme_year=SURVEYED,
    )  # fmt: skip
    made.keep("placement-consolidations", act, frozenset({"ume", "azami"}))
    command("return", "budo", host, json={"remarks": [{"remark": "架空の指摘"}]})
    listed("placement-receipts", "azami", "budo")
    listed("placement-remarks", "budo")


def absent(plural: str) -> Record:
    return Record(plural, str(uuid4()))
