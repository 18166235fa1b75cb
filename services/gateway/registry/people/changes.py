"""The yearly change of officers (4月1日の異動) in one file: a row says who serves in a section from which day on.

Who serves there and is in no row of the file goes the day before. A row that says who is there already changes
neither the holder nor the term.
"""

from typing import Annotated, Any, Literal, get_args

from sqlalchemy import ARRAY, Select, Table, Text, Uuid, any_, cast, func, literal, select

from services.gateway.registry import access
from services.gateway.registry.people import service
from services.gateway.registry.people.domain import HOLDERS
from services.gateway.registry.people.resource import SAME_POST, OrganisationCode
from services.gateway.registry.tables import organisation, person, person_detail, post
from services.kit import temporal
from services.kit.directory import UNKNOWN_ORGANISATION, did_you_mean
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Basis, Part, Prefill, Ref, Resource
from services.kit.wire import Day, Email, Kana, Line, Name, Wire, choice

# The words that a section of an organisation has here; posts that are entered one by one may have others.
Section = Literal["host", "international", "jet", "branch"]


class OfficerChange(Wire):
    organisation_code: OrganisationCode
    section: Annotated[Section, choice("officer_section", get_args(Section))]
    department: Line | None = None
    title: Line
    name: Name
    name_kana: Kana | None = None
    email: Email
    valid_from: Day


def _one_of(words: tuple[str, ...]) -> Any:
    return any_(literal(list(words), ARRAY(Text)))


def _source(_: Basis) -> Select[Any]:
    """The officers of today, as rows of the form."""
    t, d = post.c, person_detail.c
    return (
        select(
            t.id, organisation.c.code.label("organisation_code"), t.section, t.department, t.title, d.name, d.name_kana,
            d.email, func.coalesce(t.valid_from, temporal.TODAY).label("valid_from"), t.row_version,
        )
        .join_from(post, organisation, organisation.c.id == t.organisation_id)
        .join(person, person.c.id == t.person_id)
        .join(person_detail, d.person_id == t.person_id)
        .where(
            t.section == _one_of(get_args(Section)), person.c.kind == _one_of(HOLDERS),
            t.effective.op("@>")(temporal.TODAY),
        )
    )  # fmt: skip


def _itself(table: Table) -> Any:
    return table.c.id == cast(func.platform.caller("organisation"), Uuid)


officer_changes = Resource(
    service="directory", schema="identity", name="officer_change", plural="officer-changes",
    read=OfficerChange, write=OfficerChange, source=_source, access={"import": access.HANDS_OVER},
    sorts=("organisation_code",),
    parts=(Part(post, ("organisation_id", "section", "person_id")),),
    refs=(
        Ref(
            "organisation_code", "organisation_id", organisation, "code", UNKNOWN_ORGANISATION, _itself,
            did_you_mean,
        ),
    ),
    check=service.check,
    store=service.store,
    becomes="posts",
    organisation="organisation_id",
    prefill=Prefill(
        _source,
        {"organisation": by_organisation(post.c.organisation_id)},
        post.c.organisation_id == cast(func.platform.caller("organisation"), Uuid),
    ),
    constraints=temporal.KNOWLEDGE | {"post_once": SAME_POST},
    version="2026.1",
)  # fmt: skip
