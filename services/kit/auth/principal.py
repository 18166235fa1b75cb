"""Who is asking: the pair (client, person) with the rights the issuer gave it (01-architecture)."""

from dataclasses import dataclass

from services.kit.ids import OrganisationId, PersonId


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
