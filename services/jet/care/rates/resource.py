"""What claims are judged by: exchange rates (為替レート) by day, and the subsidy's terms (助成条件) by fiscal year.

Terms hold from their fiscal year on, until later ones. What the migration brings, half of a bill up to 20,000 yen a
year, is a sample: CLAIR enters its own.
"""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, Text, cast, func, select

from services.jet.care import access
from services.jet.care.claims.resource import Currency
from services.jet.care.claims.tables import exchange_rate, subsidy_term
from services.jet.care.rates import domain
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal, refusal
from services.kit.fields import equals, holds_on
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.text import Text as Said
from services.kit.wire import Day, Exact, Wire, Year

WRITES = {"create": access.TERMS_WRITE, "change": access.TERMS_WRITE, "import": access.TERMS_WRITE}
READS = {"list": access.CLAIM_TERMS, "read": access.CLAIM_TERMS}


class ExchangeRateWrite(Wire):
    """`yen_rate`: yen for one unit of the currency, from the first day to the last, both included."""

    currency: Currency
    valid_from: Day
    valid_to: Day
    yen_rate: Exact


class ExchangeRate(ExchangeRateWrite):
    id: UUID


class SubsidyTermWrite(Wire):
    fiscal_year: Year
    subsidy_percent: Annotated[StrictInt, Field(ge=1, le=100), cells.INTEGER]
    cap_yen: Annotated[StrictInt, Field(ge=1, lt=2**31), cells.YEN]


class SubsidyTerm(SubsidyTermWrite):
    id: UUID


def _rates(_: Basis) -> Select[Any]:
    r = exchange_rate.c
    rate = cast(func.trim_scale(r.yen_rate), Text).label("yen_rate")
    return select(r.id, r.currency, r.valid_from, r.valid_to, rate, r.row_version)


def _terms(_: Basis) -> Select[Any]:
    t = subsidy_term.c
    return select(t.id, t.fiscal_year, t.subsidy_percent, t.cap_yen, t.row_version)


async def check(_: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return {row["_row"]: list(domain.astray(row)) for row in rows}


OVERLAPS = Refusal(
    "exchange_rate_overlaps", "conflict",
    Said("同じ通貨の期間が重なっています", "Another rate of this currency holds on one of these days"),
    Said("1日に1つのレートになるように期間を直してください。", "Let one rate hold on each day."),
)  # fmt: skip
exchange_rates = Resource(
    service="care",
    schema="care",
    name="exchange_rate",
    plural="exchange-rates",
    read=ExchangeRate,
    write=ExchangeRateWrite,
    source=_rates,
    access=READS | WRITES,
    filters={"currency": equals(exchange_rate.c.currency), "holds_on": holds_on(exchange_rate.c.effective)},
    sorts=("valid_from", "currency"),
    parts=(Part(exchange_rate, ("currency", "valid_from")),),
    check=check,
    version="2026.1",
    constraints={
        "exchange_rate_currency": refusal(domain.OUT_OF_RANGE),
        "exchange_rate_yen_rate": refusal(domain.OUT_OF_RANGE),
        "exchange_rate_order": refusal(domain.OUT_OF_ORDER),
        "exchange_rate_one_a_day": OVERLAPS,
    },
)
subsidy_terms = Resource(
    service="care",
    schema="care",
    name="subsidy_term",
    plural="subsidy-terms",
    read=SubsidyTerm,
    write=SubsidyTermWrite,
    source=_terms,
    access=READS | WRITES,
    sorts=("fiscal_year",),
    parts=(Part(subsidy_term, ("fiscal_year",)),),
    version="2026.1",
)
