"""The second wall as plain Python states it: which rows each caller may read and store, table by table.

Nothing of the services takes part: statements run as the service's database role, with the caller setting alone.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.walls import (
    alumni_rows,
    capacity,
    directory_rows,
    enrolments,
    events_rows,
    fairs_rows,
    grants_rows,
    internship_rows,
    training,
)
from tests.walls.loading import World
from tests.walls.world import CONTACTS, PEOPLE, POSTS, Actor, met, opened, represented, visible

Row = dict[str, Any]
Rule = Callable[["Asker", Row], bool]
OPEN = (
    "country",
    "overseas_office",
    "organisation",
    "organisation_role",
    "hierarchy",
    "successor",
    "department",
    "code_list",
    "code",
)
# of these, those whose past is as open as they are
OPEN_FACTS = ("organisation_role", "hierarchy", "successor", "department")
PLUMBING = ("identity", "jet", "grants", "events")
APPLICATIONS = {"directory": "registry_app", "identity": "registry_app", "jet": "jet_app", "grants": "grants_app", "events": "events_app", "care": "care_app"}  # fmt: skip
OWNERS = {"directory": "registry_owner", "identity": "registry_owner", "jet": "jet_owner", "grants": "grants_owner", "events": "events_owner", "care": "care_owner"}  # fmt: skip


@dataclass(frozen=True)
class Asker:
    """A caller as the database knows it; `role` empty is a transaction that never said who asks."""

    role: str
    organisations: frozenset[str] = frozenset()
    person: str = ""
    key: str = ""
    setting: str = ""
    met: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    officers: frozenset[str] = frozenset()
    represented: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.key or self.role or "nobody"


DATABASE_ACTORS = (
    *(
        Actor(role)
        for role in ("coordinator", "registrar", "service", "ministry", "issuer", "worker", "auditor", "door")
    ),
    *(Actor("organisation", name) for name in ("azami", "budo", "dango", "")),
    *(Actor("host_authority", name) for name in ("ume", "take", "eki")),
    *(Actor("participant", person=name) for name in ("Quince", "Quaver", "Quorum", "Kanri", "")),
    *(Actor("business", name) for name in ("kogyo", "shoji", "azami", "")),
    *(Actor("grant_officer", person=name) for name in (*grants_rows.PEOPLE, "")),
    *(Actor("event_officer", person=name) for name in (*events_rows.PEOPLE, "")),
    Actor("anonymous"),
)


HOUSE = grants_rows.PEOPLE | events_rows.PEOPLE


def askers(world: World) -> list[Asker]:
    made = [Asker("")]
    contacts = frozenset(str(world.people[name]) for name in CONTACTS)
    for actor in DATABASE_ACTORS:
        seen = visible(actor, world.today)
        organisation = world.organisations.get(actor.organisation)
        person = world.people.get(actor.person) or HOUSE.get(actor.person)
        values = {
            "client": "c",
            "role": actor.role,
            "key": f"{actor}/",
            "organisation": organisation,
            "person": person,
        }
        setting = json.dumps({name: str(value) for name, value in values.items() if value})
        once = frozenset(str(world.people[p.name]) for p in PEOPLE.values() if met(p) & seen)
        mine = frozenset(str(world.people[p.name]) for p in PEOPLE.values() if opened(p, world.today) & seen)
        officers = frozenset(str(world.people[name]) for name, at in POSTS.items() if at in seen)
        ids = frozenset(str(world.organisations[name]) for name in seen)
        theirs = frozenset(str(world.organisations[name]) for name in represented(actor))
        made.append(
            Asker(
                actor.role,
                ids,
                str(person or ""),
                f"{actor}/",
                setting,
                once,
                mine,
                officers,
                theirs,
                contacts,
            )
        )
    return made


def anyone(*_: object) -> bool:
    return True


def roles(*names: str) -> Rule:
    return lambda asker, _: asker.role in names


def either(*rules: Rule) -> Rule:
    return lambda asker, row: any(rule(asker, row) for rule in rules)


def seen(asker: Asker, row: Row) -> bool:
    return row["organisation_id"] in asker.organisations


def its_contact(asker: Asker, row: Row) -> bool:
    """Of a company's own rows."""
    return row["organisation_id"] in asker.represented


def oneself(column: str) -> Rule:
    return lambda asker, row: bool(asker.person) and row[column] == asker.person


def opened_by(column: str) -> Rule:
    return lambda asker, row: row[column] in asker.opened


def met_by(column: str) -> Rule:
    return lambda asker, row: row[column] in asker.met


def said(asker: Asker, _: Row) -> bool:
    return bool(asker.key)


def serving(column: str) -> Rule:
    return lambda asker, row: row[column] in asker.officers


def own(asker: Asker, row: Row) -> bool:
    return bool(asker.key) and row["caller"] == asker.key


# the roles and codes that hold a saved query each, by its id
SAVED = {
    "0197a000-0000-7000-8000-00000000002a": ("organisation", "azami"),
    "0197a000-0000-7000-8000-00000000002b": ("organisation", "budo"),
    "0197a000-0000-7000-8000-00000000002c": ("coordinator", ""),
}


def saver(asker: Asker, row: Row) -> bool:
    """All four: the tool, the person, the role and the organisation."""
    said = json.loads(asker.setting or "{}")
    mine = said.get("client"), said.get("person"), said.get("role"), said.get("organisation")
    return bool(said) and mine == (row["client"], row["person_id"], row["role"], row["organisation_id"])


def saver_of(world: World) -> Rule:
    """Of keys, by the saved query that they open."""
    holders = {
        identity: {"client": "c", "person_id": None, "role": role, "organisation_id": None}
        | ({"organisation_id": str(world.organisations[name])} if name else {})
        for identity, (role, name) in SAVED.items()
    }
    return lambda asker, row: row["saved_query"] in holders and saver(asker, holders[row["saved_query"]])


@dataclass(frozen=True)
class Wall:
    """One table's rules. `sets`: constants that an UPDATE writes; `moves`: one that takes a row out of sight; `finds`:
    the rows that it finds, where these are fewer than are read; `sweeps`: rows that are deleted unread. `change` and
    `insert` stand for `write` where more than what may be deleted is changed or made."""

    read: Rule
    write: Rule
    sets: str = "row_version = 7"
    moves: dict[str, str] | None = None
    verbs: str = "SELECT INSERT UPDATE DELETE"
    change: Rule | None = None
    insert: Rule | None = None
    finds: Rule | None = None
    sweeps: Rule | None = None


CLAIR, STAFF, REGISTRAR = (
    roles("coordinator", "service"),
    roles("registrar", "coordinator", "issuer"),
    roles("registrar"),
)
FIGURES, ISSUER = roles("ministry"), roles("issuer")
DESK = roles("issuer", "service", "registrar")
ENDS = roles("issuer", "registrar", "coordinator", "organisation", "host_authority", "service")
SIGNED_IN, INVITED = "Kanri", "Kikaku"


def _active(asker: Asker, row: Row) -> bool:
    return row["state"] == "active" and row["participant_id"] in asker.met


def appointed(world: World) -> Rule:
    """Parts of the participant's own appointments."""
    whose = {record.id: str(world.people[record.person]) for record in world.of("appointments")}
    return lambda asker, row: (
        asker.role == "participant"
        and bool(asker.person)
        and whose.get(row["appointment_id"]) == asker.person
    )


def itself(asker: Asker) -> str | None:
    """The organisation that gives posts at itself, which is not all that it sees."""
    own: str | None = json.loads(asker.setting or "{}").get("organisation")
    return own if asker.role in ("organisation", "host_authority") else None


def walls(world: World) -> dict[str, Wall]:
    away = {"organisation_id": str(world.organisations["fuyo"])}
    insert = "SELECT INSERT"
    made = directory_rows.walls(world)
    made |= {
        "identity.signing_key": Wall(anyone, ISSUER, "not_after = 'infinity'"),
        "identity.client": Wall(roles("issuer", "registrar"), REGISTRAR),
        "identity.client_secret": Wall(roles("issuer", "registrar"), REGISTRAR, "valid_from = '-infinity'"),
        "identity.client_key": Wall(roles("issuer", "registrar"), REGISTRAR, verbs="SELECT INSERT UPDATE"),
        "identity.rights_change": Wall(ENDS, ENDS, "version = 7", verbs="SELECT INSERT UPDATE"),
        "identity.sign_in_request": Wall(DESK, DESK, "sent_at = now()"),
        "identity.sign_in_link": Wall(DESK, DESK, "used_at = now()"),
        "identity.session": Wall(DESK, DESK, "role = 'x'"),
        "identity.saved_query": Wall(either(ISSUER, saver), saver, moves=away, verbs="SELECT INSERT UPDATE"),
        "identity.query_key": Wall(
            either(ISSUER, saver_of(world)), saver_of(world), verbs="SELECT INSERT UPDATE"
        ),
        "identity.used_assertion": Wall(ISSUER, ISSUER, verbs="SELECT INSERT DELETE"),
        "identity.denied_token": Wall(ISSUER, ISSUER, verbs="SELECT INSERT DELETE"),
        "identity.refused_request": Wall(
            roles("coordinator", "registrar", "auditor", "door"), roles("door"), verbs="SELECT INSERT DELETE"
        ),
    }
    made["jet.participant"] = Wall(either(CLAIR, oneself("id"), met_by("id")), CLAIR)
    detail = either(CLAIR, oneself("participant_id"), opened_by("participant_id"))
    made["jet.person_detail"] = Wall(detail, CLAIR, "given_name = 'x'")
    person = either(CLAIR, FIGURES, oneself("participant_id"), met_by("participant_id"))
    moved = {"state": "active"}
    made["jet.participation"] = Wall(
        person, CLAIR, "arrival_group = 'b'", moved, change=either(CLAIR, _active)
    )
    made["jet.participation_past"] = Wall(person, CLAIR, verbs=insert)
    made["jet.placement"] = Wall(either(CLAIR, oneself("participant_id"), seen), CLAIR)
    served = either(CLAIR, FIGURES, oneself("participant_id"), seen)
    made["jet.appointment"] = Wall(served, either(CLAIR, seen), moves=away)
    made["jet.appointment_past"] = Wall(served, either(CLAIR, seen), verbs=insert)
    held = either(CLAIR, FIGURES, seen, appointed(world))
    for table, sets in (("workplace", "days_per_week = 2"), ("arrangement", "housing_provider = 'x'")):
        made[f"jet.{table}"] = Wall(held, either(CLAIR, seen), sets, away)
        made[f"jet.{table}_past"] = Wall(held, either(CLAIR, seen), verbs=insert)
    made["jet.supervisor"] = Wall(either(CLAIR, seen), either(CLAIR, seen), "name = 'x'", away)
    made["jet.early_termination"] = Wall(CLAIR, CLAIR)
    made |= surveyed(world)
    made |= capacity.walls()
    made |= training.walls(world)
    made |= fairs_rows.walls(world)
    made |= enrolments.walls(world)
    made |= internship_rows.walls(world) | alumni_rows.walls(world)
    made |= {name: wall for schema in PLUMBING for name, wall in plumbing(schema).items()}
    made |= events_rows.walls(world)
    return made | grants_rows.walls(world)  # which has more to say of the bytes of files


def surveyed(world: World) -> dict[str, Wall]:
    """The survey of placements: everybody who is asked knows of it, and a member of the act that took its answer."""
    asked = roles("coordinator", "service", "organisation", "host_authority", "participant")
    coordinator, hosts = roles("coordinator"), roles("host_authority")
    taken = {
        record.id: {str(world.organisations[name]) for name in record.organisations}
        for record in world.of("placement-consolidations")
    }

    def handed_in(asker: Asker, row: Row) -> bool:
        return bool(taken.get(row["id"], set()) & asker.organisations)

    def hosted(asker: Asker, row: Row) -> bool:
        return coordinator(asker, row) or (hosts(asker, row) and seen(asker, row))

    read, write = either(CLAIR, seen), either(coordinator, seen)
    insert, change = "SELECT INSERT", "SELECT INSERT UPDATE"
    return {
        "jet.placement_survey": Wall(asked, coordinator, verbs=change),
        "jet.placement_consolidation": Wall(either(read, handed_in), hosted, verbs=change),
        "jet.placement_submission": Wall(read, write, verbs=change),
        "jet.placement_receipt": Wall(read, write, verbs=insert),
        "jet.placement_remark": Wall(read, hosted, verbs=insert),
        "jet.placement_request": Wall(read, write, "sister_city = 'x'", verbs=change),
        "jet.reappointment_answer": Wall(
            either(CLAIR, oneself("participant_id"), opened_by("participant_id")),
            either(coordinator, oneself("participant_id")), verbs=change,
        ),
    }  # fmt: skip


def plumbing(schema: str, reader: str = "auditor") -> dict[str, Wall]:
    """`reader`: the role that reads the audit."""
    # of grants, nobody at CLAIR is told beside the tools of the house; of events, their officers
    staff = {"grants": (), "events": ("event_officer",)}.get(schema, ("coordinator", "registrar"))
    feed = either(roles(*staff, "service", "worker"), seen)
    mine, sealing = either(own, roles("worker")), roles(reader, "worker")
    away = {"caller": "somebody else"}
    parents = {identity: caller for caller, both in SEEDS.items() for identity in both}

    def old(asker: Asker, row: Row) -> bool:
        return (
            schema in ("identity", "jet", "care", "grants", "events")
            and asker.role == "worker"
            and row["key"] == "old"
        )

    def read_of(asker: Asker, row: Row) -> bool:
        """In the JET service, whose record it is sees who read it."""
        shown = schema == "jet" and asker.role == "participant" and row["action"] == "read"
        return bool(shown and asker.person and asker.person in (row["subjects"] or ()))

    def through(asker: Asker, row: Row) -> bool:
        return asker.role == "worker" or parents[row.get("blob_id") or row["import_id"]] == asker.key

    return {
        f"{schema}.audit_entry": Wall(either(sealing, read_of), said, verbs="SELECT INSERT"),
        f"{schema}.audit_leaf": Wall(sealing, roles("worker"), verbs="SELECT INSERT"),
        f"{schema}.audit_checkpoint": Wall(sealing, roles("worker"), verbs="SELECT INSERT"),
        f"{schema}.outbox": Wall(feed, said, verbs="SELECT INSERT"),
        f"{schema}.idempotency": Wall(own, own, "status = 200", away, sweeps=old),
        f"{schema}.blob": Wall(mine, mine, "size = 1", away),
        f"{schema}.operation": Wall(mine, mine, "done = 1", away),
        f"{schema}.import": Wall(mine, mine, "charset = 'x'", away),
        f"{schema}.blob_chunk": Wall(through, through, verbs="SELECT INSERT DELETE"),
        f"{schema}.import_problem": Wall(through, through, verbs="SELECT INSERT DELETE"),
    }


# a blob and an import of two callers, in every service
SEEDS = {
    "organisation azami/": ("0197a000-0000-7000-8000-00000000000a", "0197a000-0000-7000-8000-00000000001a"),
    "organisation budo/": ("0197a000-0000-7000-8000-00000000000b", "0197a000-0000-7000-8000-00000000001b"),
}
