"""People of the programme: CLAIR's staff by section, officers of organisations (担当者), participants who sign in,
contacts of exhibitors and host companies.

Names and addresses live in an erasable detail; posts and secondments are dated facts with knowledge time. A
participant's id is the id that the jet service gave; a prefectural adviser who is a participant has a post.
The telephone of a post is the office's: it stays when the officer goes.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Select, Uuid, func, select
from sqlalchemy import Text as Texts
from sqlalchemy.dialects.postgresql import DATERANGE

from services.gateway.registry import access
from services.gateway.registry.people.domain import COMPANY, check_company, why_closed
from services.gateway.registry.references import to_office, to_organisation, to_person
from services.gateway.registry.tables import (
    department,
    organisation,
    person,
    person_detail,
    post,
    post_known,
    secondment,
    secondment_known,
)
from services.kit import temporal
from services.kit.db.session import WriteSession
from services.kit.directory import visible
from services.kit.errors import Refusal
from services.kit.fields import Short, equals, holds_on
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.japan.codes import ORGANISATION_CODE
from services.kit.resource import Action, Basis, Filter, Part, Resource, Row
from services.kit.temporal import facts, of_fact
from services.kit.text import Text
from services.kit.wire import Code, Day, Email, Flag, Kana, Line, Name, Phone, Wire, choice

_DATES = Text("有効開始日と有効終了日を確認してください。", "Check the first and the last day.")
SAME_POST = Refusal(
    "post_overlap",
    "conflict",
    Text("同じ職の期間が重なっています", "The term overlaps another of the same post"),
    _DATES,
)
ONE_HOME = Refusal(
    "secondment_overlap",
    "conflict",
    Text("派遣元は同時に1つだけです", "A person is seconded from one organisation at a time"),
    _DATES,
)
UNKNOWN_UNIT = Refusal(
    "post_unit_unknown",
    "conflict",
    Text("この部署コードは、この団体に登録されていません", "The organisation has no department of this code"),
    Text("部署コードを確認してください。", "Check the department's code."),
)
# 研修として派遣される職員と、駐在員型職員
SecondmentKind = Literal["training", "resident"]
PersonKind = Literal["staff", "officer", "participant", "contact"]
OrganisationCode = Annotated[Code, ORGANISATION_CODE]


class PersonWrite(Wire):
    number: Code
    kind: Annotated[PersonKind, choice("person_kind", get_args(PersonKind))]
    name: Name
    name_kana: Kana | None = None
    email: Email | None = None
    company: Name | None = None
    participant_id: UUID | None = None


class Person(Wire):
    id: UUID
    number: str
    kind: PersonKind
    name: str | None
    name_kana: str | None
    email: str | None
    company: str | None


def _people(_: Basis) -> Select[Any]:
    p, d = person.c, person_detail.c
    return select(p.id, p.number, p.kind, d.name, d.name_kana, d.email, p.company, p.row_version).join_from(
        person, person_detail, d.person_id == p.id, isouter=True
    )


def _identify(row: Row) -> None:
    """A new person gets an id here: a participant's is the jet service's, anybody else's is fresh."""
    row.setdefault("id", row["participant_id"] or uuid7())


async def _companies(_: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return {row["_row"]: check_company(row["kind"], row["company"]) for row in rows}


people = Resource(
    service="directory", schema="identity", name="person", plural="people",
    read=Person, write=PersonWrite, source=_people, access=access.PEOPLE,
    code="number",
    filters={"kind": equals(person.c.kind, PersonKind)},
    sorts=("number",),
    parts=(Part(person, ("number",)), Part(person_detail, ("person_id",), "person_id")),
    derive=_identify,
    check=_companies,
    constraints={"person_company": COMPANY},
    version="2026.2",
)  # fmt: skip


class PostWrite(Wire):
    person_number: Code
    organisation_code: OrganisationCode
    section: Line
    department: Line | None = None
    title: Line
    phone: Phone | None = None
    unit_code: Code | None = None
    count_printed: Flag = True
    valid_from: Day | None = None
    valid_to: Day | None = None


class Post(PostWrite):
    id: UUID
    name: str | None
    email: str | None


def _ended(valid_to: Any) -> Any:
    return func.coalesce(valid_to < temporal.TODAY, False)


def _posts(basis: Basis) -> Select[Any]:
    rows, held = facts(basis, post, post_known)
    p, d = rows.c, person_detail.c
    return (
        select(
            p.id, person.c.number.label("person_number"), organisation.c.code.label("organisation_code"),
            p.section, p.department, p.title, p.phone, p.unit_code, p.count_printed, p.valid_from, p.valid_to, d.name, d.email,
            p.row_version, p.person_id, p.organisation_id, person.c.kind.label("holder"), _ended(p.valid_to).label("ended"),
        )
        .join_from(rows, person, person.c.id == p.person_id)
        .join(person_detail, d.person_id == p.person_id, isouter=True)
        .join(organisation, organisation.c.id == p.organisation_id)
        .where(*held)
    )  # fmt: skip


def _at_unit(clause: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of CLAIR's chart."""
    d = department.c
    named = d.organisation_id == of_fact("organisation_id", Uuid), d.code == of_fact("unit_code", Texts)
    return select(d.id).where(*named, clause).correlate().exists()


def _seconded(kind: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whose holder is seconded for it while the post runs."""
    s = secondment.c
    held = s.person_id == of_fact("person_id", Uuid), s.effective.op("&&")(of_fact("effective", DATERANGE))
    return select(s.id).where(*held, s.kind == kind).correlate().exists()


posts = Resource(
    service="directory", schema="identity", name="post", plural="posts",
    read=Post, write=PostWrite, source=_posts, access=access.POSTS, temporal=True,
    own=visible(of_fact("organisation_id", Uuid)),
    filters={
        "organisation": by_organisation(of_fact("organisation_id", Uuid)),
        "person": equals(person.c.number),
        "section": equals(of_fact("section", Texts)),
        "title": equals(of_fact("title", Texts)),
        "unit": equals(of_fact("unit_code", Texts)),
        "office": Filter(Short, lambda given: _at_unit(department.c.office_code == given)),
        "headquarters": Filter(bool, lambda given: _at_unit(department.c.office_code.is_(None)) == given),
        "seconded": Filter(SecondmentKind, _seconded),
        "count_printed": equals(of_fact("count_printed", Boolean), bool),
        "on": holds_on(of_fact("effective", DATERANGE)),
    },
    sorts=("person_number",),
    parts=(Part(post, ("person_id", "organisation_id", "section", "valid_from")),),
    refs=(to_person(), to_organisation("organisation_code", "organisation_id")),
    organisation="organisation_id",
    constraints=temporal.KNOWLEDGE | {"post_once": SAME_POST, "post_unit_code_fkey": UNKNOWN_UNIT},
    actions=(
        Action("hand_over", "/directory/v1/posts/{id}/hand-overs", tuple(access.HANDS_OVER.roles), why_closed),
    ),
    version="2026.3",
)  # fmt: skip


class SecondmentWrite(Wire):
    person_number: Code
    home_code: OrganisationCode
    kind: Annotated[SecondmentKind, choice("secondment_kind", get_args(SecondmentKind))] = "training"
    next_office_code: Code | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None


class Secondment(SecondmentWrite):
    id: UUID


def _secondments(basis: Basis) -> Select[Any]:
    rows, held = facts(basis, secondment, secondment_known)
    s = rows.c
    return (
        select(
            s.id, person.c.number.label("person_number"), organisation.c.code.label("home_code"), s.kind,
            s.next_office_code, s.valid_from, s.valid_to, s.row_version,
        )
        .join_from(rows, person, person.c.id == s.person_id)
        .join(organisation, organisation.c.id == s.home_id)
        .where(*held)
    )  # fmt: skip


secondments = Resource(
    service="directory", schema="identity", name="secondment", plural="secondments",
    read=Secondment, write=SecondmentWrite, source=_secondments, access=access.PEOPLE, temporal=True,
    filters={
        "home": by_organisation(of_fact("home_id", Uuid)),
        "on": holds_on(of_fact("effective", DATERANGE)),
    },
    sorts=("person_number",),
    parts=(Part(secondment, ("person_id", "valid_from")),),
    refs=(to_person(), to_organisation("home_code", "home_id"), to_office("next_office_code")),
    constraints=temporal.KNOWLEDGE | {"secondment_one_home": ONE_HOME},
    version="2026.2",
)  # fmt: skip

RESOURCES = (people, posts, secondments)
