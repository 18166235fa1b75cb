"""In which role a person comes, when a tool acts for them: read from the directory, never from the tool.

Staff of CLAIR are coordinators, registrars, auditors, officers of grants or of events, or keep counselling or the protection of data
by the section of their post; whoever has a counsellor's post counsels for its organisation, whatever else they are; officers come for the
organisation that they hold a post at; participants for themselves, after they have left as well, and for the
organisation where they hold an officer's post besides. Contacts of companies come for the organisation, of whatever
kind, that they hold a post at: as a business, which sees nothing of the people whom an organisation employs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from services.gateway.registry.people.domain import BOARD_SECTION, COUNSELLOR_SECTION, HOST_SECTION
from services.kit.ids import OrganisationId, PersonId

CLAIR = ("association", "CLAIR")
STAFF_SECTIONS = {
    "jet": "coordinator", "registry": "registrar", "audit": "auditor", "care": "care_officer", "protection": "protector",
    "events": "event_officer",
}  # fmt: skip
# Of grants there are several sections, each with programmes of its own; which are the caller's asks the grants service.
GRANTS = "grants-"
# So are the overseas offices: whose an event officer is asks the events service.
OFFICES = "office-"
# A prefectural adviser (取りまとめ団体アドバイザー) advises colleagues. That is no standing to read what the organisation has
# of them; whoever counsels them has a counsellor's post besides.
ADVISER_SECTION = "adviser"
ORGANISATIONS = ("organisation", "host_authority")


@dataclass(frozen=True, slots=True)
class Post:
    """A post that runs today. `hosts`: its organisation is a host authority (取りまとめ団体) today."""

    organisation: OrganisationId
    organisation_kind: str
    organisation_code: str
    section: str
    hosts: bool


@dataclass(frozen=True, slots=True)
class Person:
    """`day_left`: seconds until business midnight, when posts begin and end. `ceilings`: what each role can ever
    hold."""

    id: PersonId
    kind: Literal["staff", "officer", "participant", "contact"]
    posts: Sequence[Post]
    version: int = 0
    day_left: float = 86400.0
    ceilings: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    role: str
    organisation: OrganisationId | None
    code: str | None = field(default=None, compare=False)

    def at(self, organisation: str) -> bool:
        """Whether the organisation is meant, by id or by code."""
        return self.organisation is not None and organisation in (self.code, str(self.organisation))


def standings(person: Person) -> set[Standing]:
    if person.kind == "contact":
        return {Standing("business", post.organisation, post.organisation_code) for post in person.posts}
    counsels = {
        Standing("counsellor", post.organisation, post.organisation_code)
        for post in person.posts
        if post.section == COUNSELLOR_SECTION
    }
    if person.kind == "participant":
        return {Standing("participant", None)} | _at_posts(person.posts) | counsels
    if person.kind == "officer":
        return _at_posts(person.posts) | counsels
    return counsels | {
        Standing(role, None)
        for post in person.posts
        if (post.organisation_kind, post.organisation_code) == CLAIR and (role := _staff_role(post.section))
    }


def _staff_role(section: str) -> str | None:
    if section.startswith(GRANTS):
        return "grant_officer"
    return "event_officer" if section.startswith(OFFICES) else STAFF_SECTIONS.get(section)


def _at_posts(posts: Sequence[Post]) -> set[Standing]:
    return {
        Standing(_officer_role(post), post.organisation, post.organisation_code)
        for post in posts
        if post.section not in (ADVISER_SECTION, COUNSELLOR_SECTION, BOARD_SECTION)
    }


def _officer_role(post: Post) -> str:
    return "host_authority" if post.hosts and post.section == HOST_SECTION else "organisation"


def may_act(tool_role: str, tool_organisation: OrganisationId | None, standing: Standing) -> bool:
    """A tool's own role is its ceiling: an organisation's tool acts only for its own officers.

    Tools of the house have the role `service` and act for everybody.
    """
    if tool_role == "service":
        return True
    below = ORGANISATIONS if tool_role == "host_authority" else (tool_role,)
    return standing.role in below and standing.organisation == tool_organisation


def narrowed(found: set[Standing], role: str | None, organisation: str | None) -> set[Standing]:
    """Those that the person asks to come with."""
    return {
        one for one in found if role in (None, one.role) and (organisation is None or one.at(organisation))
    }


def chosen(found: set[Standing]) -> Standing | None:
    """The one standing to come with: of two at one organisation the wider; of unlike ones, none is guessed."""
    if len({one.organisation for one in found}) == 1 and all(one.role in ORGANISATIONS for one in found):
        return min(found, key=lambda one: one.role)  # host_authority before organisation
    return next(iter(found)) if len(found) == 1 else None


_WIDEST_FIRST = (
    "host_authority", "coordinator", "organisation", "registrar", "auditor", "care_officer", "protector", "grant_officer",
    "event_officer",
    "participant", "counsellor", "business",
)  # fmt: skip


def preferred(found: set[Standing]) -> Standing | None:
    """With which a person at a browser begins, who is shown it and can change it."""
    return min(found, key=lambda one: (_WIDEST_FIRST.index(one.role), one.code or ""), default=None)
