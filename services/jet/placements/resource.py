"""Placements (配置): participant → organisation for a programme year, written by CLAIR.

A placement opens the person to that organisation.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.jet import access, references
from services.jet.participants.domain import BEFORE_ENTRY, PARTICIPATION
from services.jet.participants.repository import advance, stints
from services.jet.tables import participant, placement
from services.jet.terms import JetNumber, OrganisationCode, Year
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.directory import visible
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.resource import Basis, Change, Part, Resource, Row
from services.kit.wire import Day, Wire
from services.kit.writer import store_parts, unstored


class PlacementWrite(Wire):
    jet_number: JetNumber
    organisation_code: OrganisationCode
    programme_year: Year
    decided_on: Day


class Placement(PlacementWrite):
    id: UUID


def source(_: Basis) -> Select[Any]:
    p, o = placement.c, directory.organisation.c
    return (
        select(p.id, participant.c.jet_number, o.code.label("organisation_code"), p.programme_year, p.decided_on, p.row_version)
        .join_from(placement, participant, participant.c.id == p.participant_id)
        .join(directory.organisation, o.id == p.organisation_id)
    )  # fmt: skip


KEY = ("participant_id", "organisation_id", "programme_year")


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """Nobody is placed who has left; a placement that is stored may be mended."""
    of = await stints(session, rows)
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        stint = of.get(row["_row"])
        if stint is None:
            found[row["_row"]] = [("programme_year", BEFORE_ENTRY)]
        elif (closed := PARTICIPATION.closed("place", stint.state)) is not None:
            found[row["_row"]] = [("jet_number", closed)]
    if not found:
        return found
    new = {row["_row"] for row in await unstored(session, placement, rows, KEY)}
    return {number: remarks for number, remarks in found.items() if number in new}


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    changes = await store_parts(session, placements, rows, insert_only)
    placed = {change.row for change in changes}
    await advance(session, "place", [row for row in rows if row["_row"] in placed])
    return changes


placements = Resource(
    service="jet",
    schema="jet",
    name="placement",
    plural="placements",
    read=Placement,
    write=PlacementWrite,
    source=source,
    access=access.KEPT_BY_CLAIR,
    own=visible(placement.c.organisation_id),
    itself=lambda person: placement.c.participant_id == person,
    filters={
        "organisation": by_organisation(placement.c.organisation_id),
        "programme_year": equals(placement.c.programme_year, int),
        "jet_number": equals(participant.c.jet_number),
    },
    sorts=("jet_number",),
    parts=(Part(placement, KEY),),
    refs=(references.PARTICIPANT, references.ORGANISATION),
    check=check,
    store=store,
    fixed=("jet_number", "organisation_code", "programme_year"),
    organisation="organisation_id",
    version="2026.1",
)
