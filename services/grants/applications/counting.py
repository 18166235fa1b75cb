"""What figures count of applications, and the filters that hold their list to what a figure counts."""

from typing import Any, Literal

from sqlalchemy import ARRAY, Boolean, Integer, TableValuedAlias, Text, Uuid, any_, column, func, select

from services.grants.applications.tables import application
from services.grants.tables import grant_round, programme
from services.kit.directory import organisation
from services.kit.fields import Short, equals
from services.kit.resource import Filter

CountedAs = Literal["received", "adopted", "declined", "withdrawn", "not_adopted"]


def counted(*asked: Any) -> TableValuedAlias:
    """Of an officer their own applications; of others those of published rounds. The database's function knows who asks.
    They are as they stand, or `asked` of a day and an instant."""
    return func.grants.counted_applications(*asked).table_valued(
        column("id", Uuid), column("programme_code", Text), column("programme_name", Text),
        column("category_code", Text), column("category_name", Text), column("fiscal_year", Integer),
        column("organisation_id", Uuid), column("section", Text), column("joint", Boolean),
        column("country_codes", ARRAY(Text)), column("counted_as", ARRAY(Text)), name="counted",
    )  # fmt: skip


def _programme() -> Filter:
    named = select(programme.c.id)
    return Filter(Short, lambda given: grant_round.c.programme_id.in_(named.where(programme.c.code == given)))


def _counted_as() -> Filter:
    one = counted()
    return Filter(
        CountedAs,
        lambda given: application.c.id.in_(select(one.c.id).where(given == any_(one.c.counted_as))),
    )


FILTERS = {
    "programme_code": _programme(),
    "category_code": equals(application.c.category_code),
    "fiscal_year": equals(grant_round.c.fiscal_year, int),
    "section": equals(application.c.section),
    "organisation_kind": equals(organisation.c.kind),
    "joint": equals(application.c.joint, bool),
    "country": Filter(Short, lambda given: given == any_(application.c.country_codes)),
    "counted_as": _counted_as(),
}
