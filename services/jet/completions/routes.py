"""Commands of completion: award a run, and print a certificate."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from services.jet import access
from services.jet.completions import service
from services.jet.completions.paper import certificate
from services.jet.completions.resource import training_completions
from services.kit import papers
from services.kit.http import json, listing, problem, reads
from services.kit.http.guard import OfRecord, Writing
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.negotiate import only
from services.kit.http.openapi import problems
from services.kit.wire import Day, Wire

RULES = {
    "jet_training_runs_award": access.TRAINS,
    "jet_training_completions_certificate": access.ENROLMENTS,
}


class Awarded(Wire):
    enrolment_id: UUID
    completed_on: Day


class Awards(Wire):
    """How many were awarded now, to whom, and the numbers of their certificates from the first to the last. Of a dry run
    how many have earned it, without numbers."""

    run_code: str
    awarded: int
    first_number: str | None
    last_number: str | None
    people: list[Awarded]


class Trial(BaseModel):
    model_config = ConfigDict(extra="forbid")

    dry_run: Literal["true", "false"] = "false"


class Printed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    language: Literal["ja", "en"] | None = None


async def award(session: Writing, ref: Reference, query: Annotated[Trial, Query()]) -> Response:
    made = await service.award(session, ref, trial=query.dry_run == "true")
    return Response(json.write(made), status_code=201, media_type="application/json", headers=listing.VARY)


async def print_certificate(
    request: Request, session: OfRecord, ref: Reference, query: Annotated[Printed, Query()]
) -> Response:
    """In the language that is asked for, else in the caller's."""
    only(request.headers.get("accept", ""), papers.MEDIA_TYPE)
    record = await listing.find(training_completions, session, ref)
    await reads.note(training_completions, request, [record["id"]])
    language = query.language or problem.language(request.headers.get("accept-language", ""))
    made = await certificate(record, language)
    headers = listing.VARY | {
        "Content-Disposition": f'inline; filename="certificate-{record["certificate_number"]}-{language}.pdf"',
        "Content-Language": language,
    }
    return Response(made, media_type=papers.MEDIA_TYPE, headers=headers)


router = router_for("jet")
PAPER: dict[str, Any] = {
    "description": "The certificate, to be shown or printed",
    "content": {papers.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
}
router.add_api_route(
    "/training-runs/{ref}/completions", called(award, "award_training_runs"), methods=["POST"], status_code=201,
    operation_id="jet_training_runs_award", summary="Award everybody who has completed a run and has no award yet",
    responses={**problems(404, 409, 422), 201: {"model": Awards, "description": "OK"}}, response_model=None,
    tags=["training-completions"],
)  # fmt: skip
router.add_api_route(
    "/training-completions/{ref}/certificate", called(print_certificate, "print_training_completions"),
    methods=["GET"], operation_id="jet_training_completions_certificate", summary="Certificate of completion (PDF)",
    responses={**problems(404, 409, 422), 200: PAPER}, response_class=Response, response_model=None,
    tags=["training-completions"],
)  # fmt: skip
