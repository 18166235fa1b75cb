"""Alumni (JET経験者): former participants, and those about to leave, who consented to be kept in touch with.

One record a person: whoever came back is the same. Beside the consent stands their life in the Programme, counted from
participations and appointments.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy import Select, Uuid, and_, any_, case, cast, func, or_, select, union

from services.jet import access
from services.jet.alumni.domain import ALUMNUS, NO_CHAPTER
from services.jet.alumni.service import NAME, check
from services.jet.alumni_chapters.resource import UNKNOWN_COUNTRY
from services.jet.alumni_tables import alumni_chapter, alumnus, alumnus_detail
from services.jet.chapter_supports.resource import CHAPTER
from services.jet.internships.terms import ONESELF
from services.jet.tables import appointment, participant, participation
from services.jet.terms import JetNumber
from services.kit import directory
from services.kit.errors import Refusal
from services.kit.fields import Short, equals
from services.kit.resource import Action, Basis, Filter, Part, Ref, Resource
from services.kit.statistics import Dimension, Measure, Statistic
from services.kit.text import Text
from services.kit.wire import Code, Day, Email, Instant, Passage, Wire, choice, choices

Purpose = Literal["news", "events", "surveys", "introductions"]
ContactBy = Literal["mail", "chapter", "none"]
ConsentForm = Literal["oneself", "written"]
State = Literal["consented", "withdrawn"]


def _in_order(given: list[str]) -> list[str]:
    return sorted(set(given))


Purposes = Annotated[
    list[Purpose], Field(min_length=1, max_length=4), AfterValidator(_in_order), choices("purpose", get_args(Purpose))
]  # fmt: skip


class AlumnusWrite(Wire):
    jet_number: JetNumber
    consent_form: Annotated[ConsentForm, choice("consent_form", get_args(ConsentForm))]
    consented_on: Day
    purposes: Purposes
    contact_by: Annotated[ContactBy, choice("contact_by", get_args(ContactBy))]
    chapter_code: Code | None = None
    residence: Code | None = None
    contact_email: Email | None = None
    contact_address: Passage | None = None


class Alumnus(AlumnusWrite):
    id: UUID
    state: Annotated[State, choice("alumnus_state", get_args(State))]
    withdrawn_at: Instant | None
    first_programme_year: int | None
    last_programme_year: int | None
    years_served: int


def consented() -> Any:
    """A withdrawal is read once more by the transaction that makes it, and by nobody but the person after."""
    a = alumnus.c
    own = a.participant_id == cast(func.platform.caller("person"), Uuid)
    himself = select(func.platform.caller_is("participant")).scalar_subquery()
    return or_(a.withdrawn_at.is_(None), a.withdrawn_at >= func.platform.now(), and_(himself, own))


def _lifetime() -> Any:
    """Programme years that a person has served, of all participations."""
    n, a = participation.c, appointment.c
    joined = select(n.participant_id, n.programme_year).where(n.state != "withdrawn")
    years = union(joined, select(a.participant_id, a.programme_year)).subquery("year")
    return (
        select(
            years.c.participant_id, func.min(years.c.programme_year).label("first_programme_year"),
            func.max(years.c.programme_year).label("last_programme_year"), func.count().label("years_served"),
        )
        .group_by(years.c.participant_id)
        .subquery("lifetime")
    )  # fmt: skip


LIFETIME = _lifetime()


def source(_: Basis) -> Select[Any]:
    a, d, y = alumnus.c, alumnus_detail.c, LIFETIME.c
    stored = [a[name] for name in Alumnus.model_fields if name in a]
    return (
        select(
            *stored, participant.c.jet_number, alumni_chapter.c.code.label("chapter_code"), d.contact_email,
            d.contact_address, case((a.withdrawn_at.is_(None), "consented"), else_="withdrawn").label("state"),
            y.first_programme_year, y.last_programme_year, func.coalesce(y.years_served, 0).label("years_served"), a.row_version,
        )
        .join_from(alumnus, participant, participant.c.id == a.participant_id)
        .join(alumni_chapter, alumni_chapter.c.id == a.chapter_id, isouter=True)
        .join(alumnus_detail, d.alumnus_id == a.id, isouter=True)
        .join(LIFETIME, y.participant_id == a.participant_id, isouter=True)
        .where(consented())
    )  # fmt: skip


ONLY_ONESELF = Refusal(
    "alumnus_renewed_by_oneself",
    "conflict",
    Text(
        "この人の同意は登録済みか、撤回されています", "This person's consent stands already, or was withdrawn"
    ),
    Text(
        "登録済みのときは変更してください。撤回された同意は、本人だけが改めて登録できます。",
        "If it stands, change it. What was withdrawn is given again by the person alone.",
    ),
)
FILTERS = {
    "residence": equals(alumnus.c.residence, Short),
    "chapter_code": equals(alumni_chapter.c.code),
    "contact_by": equals(alumnus.c.contact_by, ContactBy),
    "purpose": Filter(Purpose, lambda given: given == any_(alumnus.c.purposes)),
}
alumni = Resource(
    service="jet",
    schema="jet",
    name="alumnus",
    plural=NAME,
    read=Alumnus,
    write=AlumnusWrite,
    source=source,
    access={
        "list": access.ALUMNI,
        "read": access.ALUMNI,
        "create": access.ALUMNI_WRITE,
        "change": access.ALUMNI_WRITE,
        "import": access.CHAPTERS_WRITE,
    },
    itself=lambda person: alumnus.c.participant_id == person,
    filters={"jet_number": equals(participant.c.jet_number), **FILTERS},
    sorts=("jet_number", "consented_on"),
    parts=(Part(alumnus, ("participant_id",)), Part(alumnus_detail, ("alumnus_id",), "alumnus_id")),
    refs=(
        ONESELF,
        CHAPTER,
        Ref("residence", "_residence_id", directory.country, "alpha2", UNKNOWN_COUNTRY),
    ),
    check=check,
    fixed=("jet_number",),
    version="2026.1",
    constraints={
        "alumnus_participant_key": ONLY_ONESELF,
        "alumnus_through_a_chapter": Refusal(
            NO_CHAPTER.code, "payload", NO_CHAPTER.message, NO_CHAPTER.remedy
        ),
    },
    actions=(
        Action(
            "withdraw_consent",
            "/jet/v1/alumni/{id}/withdrawals",
            ("coordinator", "participant"),
            lambda row: ALUMNUS.why_closed("withdraw_consent", row["state"]),
        ),
    ),
)


def _facts(basis: Basis) -> Select[Any]:
    return (
        source(basis)
        .add_columns(
            directory.country.c.name_ja.label("residence_name"),
            alumni_chapter.c.name_ja.label("chapter_name"),
        )
        .join(directory.country, directory.country.c.alpha2 == alumnus.c.residence, isouter=True)
    )


STATISTICS = (
    Statistic(
        "jet-alumni",
        Text("JET経験者（国別）", "Alumni by country"),
        _facts,
        {"value": Measure("名", lambda facts: func.count(facts.id))},
        "sum",
        {
            "residence": Dimension("residence", "residence_name", "residence"),
            "chapter": Dimension("chapter_code", "chapter_name", "chapter_code"),
            "contact_by": Dimension("contact_by", filter="contact_by"),
        },
        FILTERS,
        access.ALUMNI_FIGURES,
        records=alumni,
        dated=False,
    ),
)
