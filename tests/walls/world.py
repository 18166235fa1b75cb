"""A small world stated in plain Python: who belongs to whom, who serves where, and who may see what.

Nothing here asks the database or the services: it is what their answers are held against.
"""

from dataclasses import dataclass, field
from datetime import date

LAST_YEAR = 2189  # far from those of other tests, and before the one that is surveyed
HOSTS = ("ume", "take", "eki")  # two prefectures and a designated city (政令指定都市), its own host
CONTRACTING = ("azami", "budo", "cacao", "dango", "eki", "fuyo")  # fuyo has nobody
ORGANISATIONS = tuple(dict.fromkeys((*HOSTS, *CONTRACTING)))
NAMES = {
    "ume": "梅県", "take": "竹県", "eki": "駅市", "azami": "薊市", "budo": "葡萄町", "cacao": "可可村",
    "dango": "団子市", "fuyo": "芙蓉市", "kogyo": "架空工業株式会社", "shoji": "架空商事株式会社",
}  # fmt: skip
EXHIBITORS = ("kogyo", "shoji")  # companies: nobody's members, and nobody serves there


def code(organisation: str) -> str:
    return f"WALLS-{organisation.upper()}"


@dataclass(frozen=True)
class Membership:
    member: str
    host: str
    since: date
    until: date | None = None


HIERARCHY = (
    Membership("azami", "ume", date(2010, 4, 1)),
    Membership("budo", "ume", date(2010, 4, 1)),
    Membership("cacao", "take", date(2010, 4, 1)),
    Membership("fuyo", "take", date(2010, 4, 1)),
    Membership("dango", "take", date(2010, 4, 1), date(2024, 3, 31)),
    Membership("dango", "ume", date(2024, 4, 1)),
)


@dataclass(frozen=True)
class Term:
    organisation: str
    programme_year: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Person:
    """`placed`: organisation and programme year. `left`: the last day served."""

    name: str
    joined: int = 2024
    placed: tuple[tuple[str, int], ...] = ()
    served: tuple[Term, ...] = ()
    left: date | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        """What remains of the appointments once an early termination has cancelled and shortened them."""
        last = self.left or date.max
        kept = (term for term in self.served if term.starts_on <= last)
        return tuple(Term(t.organisation, t.programme_year, t.starts_on, min(t.ends_on, last)) for t in kept)


def _april(organisation: str, programme_year: int = 2024) -> Term:
    return Term(organisation, programme_year, date(programme_year, 4, 10), date(programme_year + 1, 3, 31))


def _summer(organisation: str, programme_year: int) -> Term:
    return Term(organisation, programme_year, date(programme_year, 8, 1), date(programme_year + 1, 7, 31))


def _at(name: str, *terms: Term, joined: int = 2024, left: date | None = None) -> Person:
    placed = dict.fromkeys((term.organisation, term.programme_year) for term in terms)
    return Person(name, joined, tuple(placed), terms, left)


_BEFORE, _AFTER = date(2024, 6, 30), date(2024, 7, 1)
PEOPLE = {
    person.name: person
    for person in (
        _at("Quince", *(_summer("azami", year) for year in (2023, 2024, LAST_YEAR)), joined=2023),
        _at("Quarry", _april("azami")),
        _at("Quadrant", _april("budo")),
        _at("Quaver", _april("budo"), left=date(2024, 6, 20)),
        _at("Quokka", _april("cacao")),
        _at("Quiver", _april("cacao")),
        _at("Quill", _april("dango")),
        _at("Quest", _summer("dango", 2023), joined=2023),
        _at("Quartz", _april("eki")),
        _at(
            "Quitter",  # transferred from azami to cacao
            Term("azami", 2024, date(2024, 4, 10), _BEFORE),
            Term("cacao", 2024, _AFTER, date(2025, 3, 31)),
        ),
        Person("Quiet", placed=(("azami", 2024),)),
        Person("Quorum"),
    )
}
JET_NUMBERS = {name: f"20990000{place:03d}" for place, name in enumerate(PEOPLE, start=101)}
POSTS = {
    "Kanri": "azami",
    "Kikaku": "budo",
    "Kokusai": "cacao",
    "Soumu": "ume",
}  # officers and where they serve
CONTACTS = {"Eigyo": "kogyo", "Soudan": "kogyo"}  # contacts of companies
COUNSELLORS = ("Soudan",)  # of them, who counsels


@dataclass(frozen=True)
class Actor:
    """One kind of caller; `person` names a participant."""

    role: str
    organisation: str = ""
    person: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.role, self.organisation, self.person) if part)


STAFF = {
    "Kacho": "staff",
    "Kakari": "staff",
    "Kansa": "staff",
    "Josei": "staff",
    "Zaigai": "staff",
    "Moto": "officer",
}  # Moto's post has ended
ACTORS = (
    *(Actor(role) for role in ("coordinator", "registrar", "auditor", "service", "ministry")),
    Actor("coordinator", person="Kacho"),
    Actor("registrar", person="Kakari"),
    Actor("auditor", person="Kansa"),
    Actor("service", person="Quince"),
    *(Actor("organisation", name) for name in CONTRACTING),
    Actor("organisation", "azami", "Kanri"),
    *(Actor("host_authority", name) for name in HOSTS),
    Actor("host_authority", "ume", "Soumu"),
    *(Actor("participant", person=name) for name in ("Quince", "Quaver", "Quitter", "Quorum")),
    # azami exhibits at fairs as well: whoever comes for that sees nothing of whom it employs
    *(Actor("business", name) for name in (*EXHIBITORS, "azami")),
    Actor("business", "kogyo", "Eigyo"),
    # of counselling alone
    Actor("counsellor", "kogyo"),
    Actor("care_officer"),
    Actor("protector"),
    # of grants alone, in the sections where they hold a post
    Actor("grant_officer"),
    Actor("grant_officer", person="Josei"),
    # of events alone, for the offices where they hold a post
    Actor("event_officer"),
    Actor("event_officer", person="Zaigai"),
    # tokens that name nobody and nothing see nothing
    Actor("organisation", person="Moto"),
    *(Actor(role) for role in ("organisation", "host_authority", "participant", "business")),
)
# every kind of caller; what none of ACTORS is has no token, and is tried by the tests of the gate
ANONYMOUS = "anonymous"
KINDS = (
    ANONYMOUS, "auditor person", "auditor tool", "business person", "business tool", "business without one",
    "care_officer tool", "counsellor tool", "protector tool",
    "coordinator person", "coordinator tool", "designated city tool", "event_officer person", "event_officer tool", "grant_officer person", "grant_officer tool", "employer as a business", "former officer", "host officer", "host tool", "host without a host", "house tool", "house tool for a person",
    "ministry tool", "officer", "organisation tool", "organisation without one", "participant",
    "participant not yet placed", "participant who left", "participant who moved", "participant without a person",
    "registrar person", "registrar tool",
)  # fmt: skip


def kind(actor: Actor) -> str:
    """The kind of caller: role, whether a person stands behind it, and how it stands to the programme."""
    if actor.role == "service":
        return "house tool for a person" if actor.person else "house tool"
    if actor.role == "participant":
        return _participation(actor.person)
    if actor.role == "organisation" and not actor.organisation:
        return "former officer" if actor.person else "organisation without one"
    if actor.role == "host_authority" and not actor.organisation:
        return "host without a host"
    if actor.role == "business" and not actor.person:
        employs = "employer as a business" if actor.organisation in CONTRACTING else "business tool"
        return employs if actor.organisation else "business without one"
    if actor.person in POSTS:
        return "host officer" if actor.organisation in HOSTS else "officer"
    if actor.role == "host_authority":
        return "designated city tool" if actor.organisation in CONTRACTING else "host tool"
    return f"{actor.role} {'person' if actor.person else 'tool'}"


def _participation(name: str) -> str:
    if not name:
        return "participant without a person"
    person = PEOPLE[name]
    if person.left is not None:
        return "participant who left"
    places = {term.organisation for term in person.terms}
    return f"participant{' who moved' if len(places) > 1 else '' if places else ' not yet placed'}"


ROLES = tuple(dict.fromkeys(actor.role for actor in ACTORS))


def hosts_of(member: str, day: date) -> set[str]:
    return {
        one.host for one in HIERARCHY if one.member == member and one.since <= day <= (one.until or date.max)
    }


def visible(actor: Actor, day: date) -> frozenset[str]:
    """An organisation sees itself; a host authority itself and its members of that day."""
    if not actor.organisation or actor.role not in ("organisation", "host_authority"):
        return frozenset()
    members = {name for name in ORGANISATIONS if actor.organisation in hosts_of(name, day)}
    return frozenset({actor.organisation} | (members if actor.role == "host_authority" else set()))


def represented(actor: Actor) -> frozenset[str]:
    """The organisation whose contact comes: what it has as an exhibitor or a host company, never as an employer."""
    return frozenset({actor.organisation} if actor.role == "business" and actor.organisation else ())


@dataclass(frozen=True)
class Record:
    """One record of a list: the organisations that it is open to, and the person whose own it is."""

    plural: str
    id: str
    organisations: frozenset[str] = frozenset()
    person: str = ""
    marks: dict[str, object] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        owner = ", ".join(sorted(self.organisations)) or "nobody"
        return f"{self.plural} of {self.person or '-'} at {owner}"


def sees(actor: Actor, reach: str, record: Record, day: date) -> bool:
    if reach == "self":
        return bool(actor.person) and actor.person == record.person
    return reach == "all" or bool((visible(actor, day) | represented(actor)) & record.organisations)


def relation(actor: Actor, record: Record, day: date) -> str:
    """own, former (a member of the host until lately), sibling (another under the same host) or other."""
    seen = visible(actor, day) | represented(actor)
    if seen & record.organisations or (actor.person and actor.person == record.person):
        return "own"
    if any(actor.organisation == one.host for one in HIERARCHY if one.member in record.organisations):
        return "former"
    hosts = set().union(
        *(hosts_of(name, day) for name in seen), *(hosts_of(n, day) for n in _employers(actor))
    )
    theirs = set().union(*(hosts_of(name, day) for name in record.organisations))
    return "sibling" if hosts & theirs else "other"


def _employers(actor: Actor) -> set[str]:
    return {term.organisation for term in PEOPLE[actor.person].terms} if actor.person in PEOPLE else set()


def on_roster(actor: Actor, reach: str, programme_year: int, day: date) -> dict[str, Term]:
    """Each person's first appointment of the year, among those that the actor sees."""
    found: dict[str, Term] = {}
    for person in PEOPLE.values():
        terms = [t for t in person.terms if t.programme_year == programme_year]
        if reach == "own":
            terms = [t for t in terms if t.organisation in visible(actor, day)]
        if terms:
            found[person.name] = min(terms, key=lambda term: term.starts_on)
    return found


def met(person: Person) -> frozenset[str]:
    """Organisations whose own period, past or to come, has the person in it."""
    return frozenset({place for place, _ in person.placed} | {term.organisation for term in person.terms})


def opened(person: Person, day: date) -> frozenset[str]:
    """Organisations that see the person as they are today: where they serve or will, and where a placement
    of this programme year or a later one has not yet led to an appointment."""
    serving = {term.organisation for term in person.terms if term.ends_on >= day}
    year = day.year if day.month >= 8 else day.year - 1
    led_to = {(term.organisation, term.programme_year) for term in person.terms}
    return frozenset(
        serving | {place for place, of in person.placed if of >= year and (place, of) not in led_to}
    )


def known(person: Person, organisation: str, programme_year: int, day: date) -> bool:
    """Whether the organisation may write of the person: placed there for the year, or serving there."""
    return organisation in opened(person, day)
