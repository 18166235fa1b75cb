"""Stated figures (本文の数値): what the report states beyond its rows, such as 15か国 or a cumulative 566, with its source.

They are told beside the totals of their statistic, never made up from rows nor added to them.
"""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictStr
from sqlalchemy import Select, select

from services.events import access
from services.events.references import OFFICE, check_office
from services.events.stated_figures.tables import stated_figure
from services.events.terms import QUALIFIER, EventCode, FiscalYear, Number, OfficeCode, Qualifier
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis, Part, Resource
from services.kit.statistics import Stated
from services.kit.wire import Called, Line, Wire

StatisticName = Annotated[
    StrictStr,
    Field(max_length=80, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", examples=["food-culture-tours"]),
    cells.TEXT,
]
# as printed; a stated figure may be of anything
Printed = Annotated[StrictStr, Field(min_length=1, max_length=10, examples=["か国"]), cells.TEXT]


class StatedFigureWrite(Wire):
    code: EventCode
    statistic: StatisticName
    fiscal_year: FiscalYear
    label_ja: Line
    label_en: Line
    value: Number
    unit: Annotated[Printed, Called("count_unit")]
    qualifier: Annotated[Qualifier, QUALIFIER] = "exact"
    source: Line
    office_code: OfficeCode | None = None


class StatedFigure(StatedFigureWrite):
    id: UUID


F = stated_figure.c


def source(_: Basis) -> Select[Any]:
    return select(
        F.id, F.code, F.statistic, F.fiscal_year, F.label_ja, F.label_en, F.value, F.unit, F.qualifier, F.source,
        F.office.label("office_code"), F.row_version,
    )  # fmt: skip


FILTERS = {
    "fiscal_year": equals(F.fiscal_year, int),
    "office": equals(F.office),
}


def _of(statistic: str) -> Select[Any]:
    return (
        select(F.label_ja, F.label_en, F.value, F.unit, F.qualifier, F.source)
        .where(F.statistic == statistic)
        .order_by(F.code)
    )


# of a statistic of this service, as its `stated`
STATED = Stated(_of, FILTERS)
stated_figures = Resource(
    service="events",
    schema="events",
    name="stated_figure",
    plural="stated-figures",
    read=StatedFigure,
    write=StatedFigureWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={**FILTERS, "statistic": equals(F.statistic), "code": equals(F.code)},
    sorts=("code", "fiscal_year"),
    code="code",
    parts=(Part(stated_figure, ("code",)),),
    refs=(OFFICE,),
    check=partial(check_office, stored=stated_figure),
    fixed=("code", "statistic", "office_code"),
    version="2026.1",
)
