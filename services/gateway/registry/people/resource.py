"""People of the programme: CLAIR's staff by section, officers of organisations, participants who sign in.

Names and addresses live in an erasable detail; posts and secondments are dated facts. A participant's
id is the id that the jet service gave.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, select

from services.gateway.registry import access
from services.gateway.registry.references import to_organisation, to_person
from services.gateway.registry.tables import organisation, person, person_detail, post, secondment
from services.kit.directory import visible
from services.kit.fields import equals, holds_on
from services.kit.fields import organisation as by_organisation
from services.kit.ids import uuid7
from services.kit.japan.codes import ORGANISATION_CODE
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Code, Day, Email, Kana, Line, Name, Wire, choice

PersonKind = Literal["staff", "officer", "participant"]
OrganisationCode = Annotated[Code, ORGANISATION_CODE]


class PersonWrite(Wire):
    number: Code
    kind: Annotated[PersonKind, choice("person_kind", get_args(PersonKind))]
    name: Name
    name_kana: Kana | None = None
    email: Email | None = None
    participant_id: UUID | None = None


class Person(Wire):
    id: UUID
    number: str
    kind: PersonKind
    name: str | None
    name_kana: str | None
    email: str | None


def _people(_: Basis) -> Select[Any]:
    p, d = person.c, person_detail.c
    return select(p.id, p.number, p.kind, d.name, d.name_kana, d.email, p.row_version).join_from(
        person, person_detail, d.person_id == p.id, isouter=True
    )


def _identify(row: Row) -> None:
    """A new person gets an id here: a participant's is the jet service's, anybody else's is fresh."""
    row.setdefault("id", row["participant_id"] or uuid7())


people = Resource(
    service="directory", schema="identity", name="person", plural="people",
    read=Person, write=PersonWrite, source=_people, access=access.PEOPLE,
    code="number",
    filters={"kind": equals(person.c.kind, PersonKind)},
    sorts=("number",),
    parts=(Part(person, ("number",)), Part(person_detail, ("person_id",), "person_id")),
    derive=_identify,
    version="2026.1",
)  # fmt: skip


class PostWrite(Wire):
    person_number: Code
    organisation_code: OrganisationCode
    section: Line
    title: Line
    valid_from: Day | None = None
    valid_to: Day | None = None


class Post(PostWrite):
    id: UUID


def _posts(_: Basis) -> Select[Any]:
    p = post.c
    return (
        select(
            p.id, person.c.number.label("person_number"), organisation.c.code.label("organisation_code"),
            p.section, p.title, p.valid_from, p.valid_to, p.row_version,
        )
        .join_from(post, person, person.c.id == p.person_id)
        .join(organisation, organisation.c.id == p.organisation_id)
    )  # fmt: skip


posts = Resource(
    service="directory", schema="identity", name="post", plural="posts",
    read=Post, write=PostWrite, source=_posts, access=access.POSTS,
    own=visible(post.c.organisation_id),
    filters={"organisation": by_organisation(post.c.organisation_id), "on": holds_on(post.c.effective)},
    sorts=("person_number",),
    parts=(Part(post, ("person_id", "organisation_id", "section", "valid_from")),),
    refs=(to_person(), to_organisation("organisation_code", "organisation_id")),
    organisation="organisation_id",
    version="2026.1",
)  # fmt: skip


class SecondmentWrite(Wire):
    person_number: Code
    home_code: OrganisationCode
    valid_from: Day | None = None
    valid_to: Day | None = None


class Secondment(SecondmentWrite):
    id: UUID


def _secondments(_: Basis) -> Select[Any]:
    s = secondment.c
    return (
        select(s.id, person.c.number.label("person_number"), organisation.c.code.label("home_code"), s.valid_from, s.valid_to, s.row_version)
        .join_from(secondment, person, person.c.id == s.person_id)
        .join(organisation, organisation.c.id == s.home_id)
    )  # fmt: skip


secondments = Resource(
    service="directory", schema="identity", name="secondment", plural="secondments",
    read=Secondment, write=SecondmentWrite, source=_secondments, access=access.PEOPLE,
    filters={"home": by_organisation(secondment.c.home_id), "on": holds_on(secondment.c.effective)},
    sorts=("person_number",),
    parts=(Part(secondment, ("person_id", "valid_from")),),
    refs=(to_person(), to_organisation("home_code", "home_id")),
    version="2026.1",
)  # fmt: skip

RESOURCES = (people, posts, secondments)
