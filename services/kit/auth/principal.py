"""Who is asking: the pair (client, person) with the rights the issuer gave it (01-architecture)."""

from dataclasses import dataclass

from services.kit.ids import OrganisationId, PersonId

# Those that a client can have. `issuer` and `worker` are the database's alone, and no token carries them.
ROLES = (
    "coordinator", "registrar", "organisation", "host_authority", "ministry", "participant", "business", "auditor",
    "service", "counsellor", "care_officer", "protector", "grant_officer",
    "event_officer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Principal:
    """A client, and the person it acts for if there is one.

    Rules on two people or on oneself compare persons and refuse a principal without one.
    """

    client: str
    person: PersonId | None
    role: str
    organisation: OrganisationId | None
    scopes: frozenset[str]
