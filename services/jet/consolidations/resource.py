"""Consolidations (取りまとめ): a host authority hands in what its members have submitted, as one act with a receipt."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, func, select

from services.jet import access
from services.jet.consolidations import service
from services.jet.consolidations.domain import CONSOLIDATION
from services.jet.tables import placement_consolidation, placement_submission
from services.jet.terms import OrganisationCode, Year
from services.kit import directory
from services.kit.directory import visible
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Action, Basis, Ref, Resource
from services.kit.wire import Instant, Wire, choice

State = Literal["consolidated", "approved"]
# Whose act it is the check says: every organisation's code is open.
HOST = Ref(
    "organisation_code", "organisation_id", directory.organisation, "code", directory.UNKNOWN_ORGANISATION,
    meant=directory.did_you_mean,
)  # fmt: skip


class PlacementConsolidationWrite(Wire):
    organisation_code: OrganisationCode
    programme_year: Year


class PlacementConsolidation(PlacementConsolidationWrite):
    id: UUID
    organisation_name: str
    state: Annotated[State, choice("submission_state", get_args(State))]
    receipt_number: str
    arrived_at: Instant
    late: bool
    members: int
    seats: int
    sha256: str
    approved_at: Instant | None


def source(_: Basis) -> Select[Any]:
    c, o = placement_consolidation.c, directory.organisation.c
    return select(
        c.id, o.code.label("organisation_code"), o.name.label("organisation_name"), c.programme_year, c.state,
        c.receipt_number, c.arrived_at, c.late, c.members, c.seats,
        func.encode(c.sha256, "hex").label("sha256"), c.approved_at, c.row_version,
    ).join_from(placement_consolidation, directory.organisation, o.id == c.organisation_id)  # fmt: skip


def _own() -> Any:
    """One's own, and those that one's own submission is part of."""
    s = placement_submission.alias("part")
    part = select(s.c.id).where(
        s.c.consolidation_id == placement_consolidation.c.id, visible(s.c.organisation_id)
    )
    return visible(placement_consolidation.c.organisation_id) | part.exists()


placement_consolidations = Resource(
    service="jet",
    schema="jet",
    name="placement_consolidation",
    plural="placement-consolidations",
    read=PlacementConsolidation,
    write=PlacementConsolidationWrite,
    source=source,
    access={"list": access.REQUESTS, "read": access.REQUESTS, "create": access.DECIDES},
    own=_own(),
    filters={
        "organisation": by_organisation(placement_consolidation.c.organisation_id),
        "programme_year": equals(placement_consolidation.c.programme_year, int),
        "state": equals(placement_consolidation.c.state, State),
    },
    sorts=("arrived_at",),
    refs=(HOST,),
    check=service.check,
    store=service.store,
    organisation="organisation_id",
    actions=(
        Action(
            "approve",
            "/jet/v1/placement-consolidations/{id}/approvals",
            ("coordinator",),
            lambda row: CONSOLIDATION.why_closed("approve", row["state"]),
        ),
    ),
)
