"""Figure releases (公表用集計): which fiscal years are released, and who has read their tables."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.jet.care import access
from services.jet.care.releases.tables import figure_release, release_reading
from services.kit.fields import equals
from services.kit.resource import Basis, Resource
from services.kit.wire import Code, Instant, Whole, Wire, Year


class FigureRelease(Wire):
    id: UUID
    fiscal_year: Year
    made_at: Instant
    threshold: Whole
    rounding: Whole
    protection: Whole


class ReleaseReading(Wire):
    """`person_id`: of the person that a client acted for; empty where it acted by itself."""

    id: UUID
    fiscal_year: Year
    read_at: Instant
    client: Code
    role: Code
    person_id: UUID | None


def _releases(_: Basis) -> Select[Any]:
    r = figure_release.c
    return select(r.id, r.fiscal_year, r.made_at, r.threshold, r.rounding, r.protection, r.row_version)


def _readings(_: Basis) -> Select[Any]:
    r = release_reading.c
    return select(
        r.id, figure_release.c.fiscal_year, r.read_at, r.client, r.role, r.person_id, r.row_version
    ).join_from(release_reading, figure_release, figure_release.c.id == r.release_id)


figure_releases = Resource(
    service="care",
    schema="care",
    name="figure_release",
    plural="figure-releases",
    read=FigureRelease,
    source=_releases,
    access={"list": access.FIGURES, "read": access.FIGURES},
    filters={"fiscal_year": equals(figure_release.c.fiscal_year, int)},
    sorts=("fiscal_year",),
)
release_readings = Resource(
    service="care",
    schema="care",
    name="release_reading",
    plural="release-readings",
    read=ReleaseReading,
    source=_readings,
    access={"list": access.FIGURE_LEDGER, "read": access.FIGURE_LEDGER},
    filters={"fiscal_year": equals(figure_release.c.fiscal_year, int)},
    sorts=("read_at",),
)
