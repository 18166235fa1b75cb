"""What a caller may reach: decided from the access matrix before any query is built."""

import json
from dataclasses import dataclass, field
from typing import Literal

from services.kit.auth.principal import Principal
from services.kit.errors import PERSON_REQUIRED
from services.kit.ids import PersonId

# all: every row · own: rows of the organisations that the caller sees · self: the caller's own person
Reach = Literal["all", "own", "self"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the access matrix: the scope that an operation needs, and how far each role reaches.

    `audited` reads are logged before anything is shown. `human`: a person decides, so that a tool by itself is refused.
    `hidden`: whoever the row does not name is answered as at a path that is none, by the door and by the service.
    """

    scope: str
    roles: dict[str, Reach] = field(default_factory=dict)
    audited: bool = False
    public: bool = False
    human: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """A principal and how far it reaches in this operation. Repositories are built from it."""

    principal: Principal
    reach: Reach
    request_id: str = ""

    @property
    def human(self) -> PersonId:
        """The person who acts; a tool by itself is refused."""
        if self.principal.person is None:
            raise PERSON_REQUIRED()
        return self.principal.person

    @property
    def caller_key(self) -> str:
        """Whose the stored answers, operations and files are: the same person in another role is another caller."""
        principal = self.principal
        return f"{principal.client}/{principal.person or ''}/{principal.role}/{principal.organisation or ''}"

    def setting(self) -> str:
        """The text of the one database setting that policies and audit read."""
        principal = self.principal
        values = {
            "client": principal.client,
            "person": str(principal.person) if principal.person else None,
            "organisation": str(principal.organisation) if principal.organisation else None,
            "role": principal.role,
            "key": self.caller_key,
            "request": self.request_id,
        }
        return json.dumps({name: value for name, value in values.items() if value})
