"""Vendor returns (相談件数の月次報告): what a counselling vendor counts in a month by channel, without any person.

They are added to the contacts of cases that are kept here, by channel, and mapped to nobody. A vendor writes its own.
"""

from collections import defaultdict
from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, Table, Uuid, cast, func, select

from services.jet.care import access
from services.jet.care.content import channel
from services.jet.care.releases.tables import figure_release
from services.jet.care.returns import domain
from services.jet.care.returns.domain import Channel, Unit, channel_of, first_of, month_after
from services.jet.care.returns.tables import vendor_return
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal, Sort
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Basis, Part, Ref, Resource, Row
from services.kit.temporal import TODAY
from services.kit.wire import Called, Code, Line, Wire, Year, choice
from services.kit.writer import repeated

Units = Annotated[Unit, choice("care_unit", get_args(Unit))]


class VendorReturnWrite(Wire):
    """`month`: of the calendar, 1 to 12, within the fiscal year. `channel`: a code of the list, or a label of it."""

    organisation_code: Code
    fiscal_year: Year
    month: Annotated[Annotated[StrictInt, Field(ge=1, le=12)], cells.INTEGER]
    channel: Annotated[Line, Called("care_channel")]
    unit: Units = "cases"
    value: Annotated[Annotated[StrictInt, Field(ge=0, le=1_000_000)], cells.INTEGER]


class VendorReturn(VendorReturnWrite):
    id: UUID
    organisation_name: str


def source(_: Basis) -> Select[Any]:
    r, o = vendor_return.c, directory.organisation.c
    return select(
        r.id, o.code.label("organisation_code"), o.name.label("organisation_name"), r.fiscal_year, r.month, r.channel,
        r.unit, r.value, r.row_version,
    ).join_from(vendor_return, directory.organisation, o.id == r.organisation_id)  # fmt: skip


def _here(column: Any) -> Any:
    return column == cast(func.platform.caller("organisation"), Uuid)


def _own(table: Table) -> Any:
    return _here(table.c.id)


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """A row that says what is stored already may come again at any time."""
    problems: dict[int, list[tuple[str, Finding]]] = defaultdict(list)
    c = channel.c
    known = [
        Channel(row.code, (row.label_ja, row.label_en), row.valid_from, row.valid_to)
        for row in await session.execute(select(c.code, c.label_ja, c.label_en, c.valid_from, c.valid_to))
    ]
    for row in rows:
        found = channel_of(row["channel"], known, first_of(row["fiscal_year"], row["month"]))
        row["channel"] = found or row["channel"]
        if found is None:
            problems[row["_row"]].append(("channel", domain.CHANNEL_UNKNOWN))
    same = await repeated(session, vendor_returns, rows)
    years = {row["fiscal_year"] for row in rows}
    r = figure_release.c
    released = set(await session.scalars(select(r.fiscal_year).where(r.fiscal_year.in_(years))))
    today = (await session.execute(select(TODAY))).scalar_one()
    for row in rows:
        if row["_row"] in same:
            continue
        if row["fiscal_year"] in released:
            problems[row["_row"]].append(("fiscal_year", domain.YEAR_RELEASED))
        if month_after(row["fiscal_year"], row["month"]) > today:
            problems[row["_row"]].append(("month", domain.MONTH_NOT_OVER))
    return problems


def _as(finding: Finding, sort: Sort = "conflict") -> Refusal:
    return Refusal(finding.code, sort, finding.message, finding.remedy)


vendor_returns = Resource(
    service="care",
    schema="care",
    name="vendor_return",
    plural="vendor-returns",
    read=VendorReturn,
    write=VendorReturnWrite,
    source=source,
    access={
        "list": access.RETURNS,
        "read": access.RETURNS,
        "create": access.RETURNS_WRITE,
        "change": access.RETURNS_WRITE,
        "import": access.RETURNS_WRITE,
    },
    own=_here(vendor_return.c.organisation_id),
    filters={
        "organisation": by_organisation(vendor_return.c.organisation_id),
        "fiscal_year": equals(vendor_return.c.fiscal_year, int),
        "month": equals(vendor_return.c.month, int),
        "channel": equals(vendor_return.c.channel),
        "unit": equals(vendor_return.c.unit, Unit),
    },
    sorts=("fiscal_year", "month"),
    parts=(Part(vendor_return, ("organisation_id", "fiscal_year", "month", "channel", "unit")),),
    refs=(
        Ref(
            "organisation_code",
            "organisation_id",
            directory.organisation,
            "code",
            domain.VENDOR_UNKNOWN,
            _own,
        ),
    ),
    check=check,
    fixed=("organisation_code", "fiscal_year", "month", "channel", "unit"),
    version="2026.1",
    constraints={
        "vendor_return_open": _as(domain.YEAR_RELEASED),
        "vendor_return_month_over": _as(domain.MONTH_NOT_OVER),
        "vendor_return_channel_fkey": _as(domain.CHANNEL_UNKNOWN, "payload"),
    },
)
