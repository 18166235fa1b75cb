"""The papers of an application: the form and the cost sheet, filled; and the cost sheet as a spreadsheet gives it back."""

import asyncio
import hashlib

from fastapi import Request
from pydantic_core import from_json
from starlette.responses import Response

from services.grants import access
from services.grants.application_papers import filled
from services.grants.applications import repository
from services.grants.applications.resource import applications
from services.grants.budget import Budget
from services.grants.cost_sheet import SheetRefused, read_cost_sheet
from services.grants.form_paper import MEDIA_TYPE as DOCX
from services.grants.rules import Rules
from services.grants.submissions import repository as kept
from services.grants.submissions.resource import submissions
from services.kit.errors import ABSENT, INVALID, LARGE, MEDIA, CellAt, FieldError
from services.kit.http import listing, problem
from services.kit.http.guard import Keyed, Reading, admit, service_of
from services.kit.http.mount import Reference, called, change, reader, router_for
from services.kit.http.negotiate import XLSX, only
from services.kit.http.openapi import KEY, problems
from services.kit.imports.source import FileRefused

RULES = {
    "grants_applications_form": access.APPLICATIONS,
    "grants_applications_cost_sheet": access.APPLICATIONS,
    "grants_applications_take_cost_sheet": access.WRITES_APPLICATIONS,
    "grants_submissions_form": access.APPLICATIONS,
}
LARGEST = 5 * 1024 * 1024  # some hundred lines take less than one
MOST = 100  # cells that are told


async def form(request: Request, session: Reading, ref: Reference) -> Response:
    """As it stands now, in the caller's language."""
    only(request.headers.get("accept", ""), DOCX)
    one = await listing.find(applications, session, ref)
    dossier = await repository.dossier(session, one["id"])
    return await _printed(request, dossier["form_schema"], dossier, str(one["id"])[-8:])


async def submitted_form(request: Request, session: Reading, ref: Reference) -> Response:
    """As it was submitted, whatever has become of it."""
    only(request.headers.get("accept", ""), DOCX)
    one = await listing.find(submissions, session, ref)
    told = from_json(await kept.snapshot(session, one["id"]))
    schema = await repository.form_of(session, told["form_code"])
    return await _printed(request, schema, told, told["receipt_number"])


async def _printed(request: Request, schema: object, told: repository.Dossier, name: str) -> Response:
    if not isinstance(schema, dict):  # the round has no form
        raise ABSENT()
    language = problem.language(request.headers.get("accept-language", ""))
    made = await asyncio.to_thread(filled.form, schema, told, language)
    headers = listing.VARY | {
        "Content-Disposition": f'attachment; filename="{name}-{language}.docx"', "Content-Language": language,
    }  # fmt: skip
    return Response(made, media_type=DOCX, headers=headers)


async def cost_sheet(request: Request, session: Reading, ref: Reference) -> Response:
    only(request.headers.get("accept", ""), XLSX)
    one = await listing.find(applications, session, ref)
    made = await asyncio.to_thread(filled.cost_sheet, await repository.dossier(session, one["id"]))
    name = f"{str(one['id'])[-8:]}-costs.xlsx"
    headers = listing.VARY | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, media_type=XLSX, headers=headers)


async def take_cost_sheet(request: Request, ref: Reference) -> Response:
    """The budget of a draft becomes what the sheet says, whole or not at all."""
    Keyed.key_of(request)
    scope, house = admit(request), service_of(request)
    async with house.database.reading(scope) as session:
        one = await listing.find(applications, session, ref)
        dossier = await repository.dossier(session, one["id"])
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media != XLSX:
        raise MEDIA(accepted=XLSX)
    content = await _whole(request)
    budget = await _read(content, Rules.model_validate(dossier["rules"]))
    digest = hashlib.sha256(f"{request.url.path} {media}\0".encode() + content).digest()
    async with house.database.writing(scope) as writing:
        keyed = await Keyed.claim(request, writing, digest)
        assert keyed is not None
        patch = {"budget": budget.model_dump(mode="json")}
        response = await change(applications, writing, str(one["id"]), patch, request)
        await keyed.store(response)
    return response


async def _whole(request: Request) -> bytes:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > LARGEST:
            raise LARGE()
    return bytes(content)


async def _read(content: bytes, rules: Rules) -> Budget:
    try:
        return await asyncio.to_thread(read_cost_sheet, content, rules)
    except FileRefused as refused:
        found = refused.finding
        raise INVALID(FieldError("", found.code, found.message, found.remedy)) from None
    except SheetRefused as refused:
        raise INVALID(*(
            FieldError(
                "", one.finding.code, one.finding.message, one.finding.remedy,
                CellAt(one.sheet, one.row, one.column_letter),
            )
            for one in refused.problems[:MOST]
        )) from None  # fmt: skip


_BINARY = {"schema": {"type": "string", "format": "binary"}}
router = router_for("grants")
router.add_api_route(
    "/applications/{ref}/form", called(form, "print_applications_form"), methods=["GET"],
    operation_id="grants_applications_form", summary="The official form, filled (DOCX)", response_class=Response,
    responses={**problems(404), 200: {"description": "The form with its answers", "content": {DOCX: _BINARY}}},
    response_model=None, tags=["applications"],
)  # fmt: skip
router.add_api_route(
    "/submissions/{ref}/form", called(submitted_form, "print_submissions_form"), methods=["GET"],
    operation_id="grants_submissions_form", summary="The official form as it was submitted (DOCX)", response_class=Response,
    responses={**problems(404), 200: {"description": "The form with its answers", "content": {DOCX: _BINARY}}},
    response_model=None, tags=["submissions"],
)  # fmt: skip
router.add_api_route(
    "/applications/{ref}/cost-sheet", called(cost_sheet, "print_applications_cost_sheet"), methods=["GET"],
    operation_id="grants_applications_cost_sheet", summary="The cost sheet, filled (XLSX)", response_class=Response,
    responses={**problems(404), 200: {"description": "The budget", "content": {XLSX: _BINARY}}},
    response_model=None, tags=["applications"],
)  # fmt: skip
router.add_api_route(
    "/applications/{ref}/cost-sheet", called(take_cost_sheet, "take_applications_cost_sheet", applications),
    methods=["POST"], operation_id="grants_applications_take_cost_sheet",
    summary="Take the budget from a cost sheet, whole or not at all (5 MiB at most)",
    responses={
        **problems(404, 409, 412, 413, 415, 422, 428), 200: {"model": reader(applications), "description": "OK"},
    },
    response_model=None, tags=["applications"],
    openapi_extra={
        "parameters": [KEY, KEY | {"name": "If-Match"}],
        "requestBody": {"required": True, "content": {XLSX: _BINARY}},
    },
)  # fmt: skip
