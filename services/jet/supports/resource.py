"""Organisation supports (団体への支援): what CLAIR gave an organisation on a day, one line each: material for a local
briefing, advice to one that is new or returns."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Date, Select, and_, case, cast, func, select

from services.jet import access
from services.jet.roster.source import LOCAL
from services.jet.supports.domain import NOT_KEN
from services.jet.terms import OrganisationCode
from services.jet.training_tables import organisation_support
from services.kit import directory
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.resource import Basis, Part, Ref, Resource, Row
from services.kit.wire import Day, Line, Wire, choice

SupportKind = Literal["briefing_material", "advice_new", "advice_returning"]
PrefectureKind = Literal["都", "道", "府", "県"]
ORGANISATION = Ref(
    "organisation_code", "organisation_id", directory.organisation, "code", directory.UNKNOWN_ORGANISATION,
    meant=directory.did_you_mean,
)  # fmt: skip
membership, host = (
    directory.hierarchy.alias("supported_under"),
    directory.organisation.alias("supported_host"),
)


class OrganisationSupportWrite(Wire):
    organisation_code: OrganisationCode
    kind: Annotated[SupportKind, choice("support_kind", get_args(SupportKind))]
    supported_on: Day
    content: Line | None = None


class OrganisationSupport(OrganisationSupportWrite):
    id: UUID
    organisation_name: str
    fiscal_year: int
    prefecture: str | None
    prefecture_kind: str | None


def _prefecture() -> Any:
    """Two digits: of a local government's own code, else of the prefecture that it is a member of on the day."""
    own, under = directory.organisation.c.code, host.c.code
    return case(
        (own.regexp_match(LOCAL), func.left(own, 2)), (under.regexp_match(LOCAL), func.left(under, 2))
    )


PREFECTURE = _prefecture()
PREFECTURE_KIND = case((PREFECTURE.is_not(None), case(NOT_KEN, value=PREFECTURE, else_="県")))


def source(_: Basis) -> Select[Any]:
    s, o, m = organisation_support.c, directory.organisation.c, membership.c
    on_the_day = and_(m.member_id == s.organisation_id, m.effective.op("@>")(cast(s.supported_on, Date)))
    return (
        select(
            s.id, s.organisation_id, o.code.label("organisation_code"), o.name.label("organisation_name"),
            s.fiscal_year, s.kind, s.supported_on, s.content, PREFECTURE.label("prefecture"),
            PREFECTURE_KIND.label("prefecture_kind"), s.row_version,
        )
        .join_from(organisation_support, directory.organisation, o.id == s.organisation_id)
        .join(membership, on_the_day, isouter=True)
        .join(host, host.c.id == m.host_id, isouter=True)
    )  # fmt: skip


def derive(row: Row) -> None:
    row["fiscal_year"] = fiscal_year_of(row["supported_on"])


FILTERS = {
    "organisation": by_organisation(organisation_support.c.organisation_id),
    "kind": equals(organisation_support.c.kind, SupportKind),
    "fiscal_year": equals(organisation_support.c.fiscal_year, int),
    "prefecture": equals(PREFECTURE),
    "prefecture_kind": equals(PREFECTURE_KIND, PrefectureKind),
}
organisation_supports = Resource(
    service="jet",
    schema="jet",
    name="organisation_support",
    plural="organisation-supports",
    read=OrganisationSupport,
    write=OrganisationSupportWrite,
    source=source,
    access={
        "list": access.SUPPORTS,
        "read": access.SUPPORTS,
        "create": access.SUPPORTS_WRITE,
        "change": access.SUPPORTS_WRITE,
        "import": access.SUPPORTS_WRITE,
    },
    filters=FILTERS,
    sorts=("supported_on", "organisation_code"),
    parts=(Part(organisation_support, ("organisation_id", "kind", "supported_on")),),
    refs=(ORGANISATION,),
    derive=derive,
    fixed=("organisation_code", "kind", "supported_on"),
    version="2026.1",
)
