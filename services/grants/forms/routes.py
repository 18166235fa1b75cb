"""Beside a form version's own routes: it is frozen by a person, it is had as the official paper, and answers are tried."""

import asyncio
from typing import Annotated, Any

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from services.grants import access, form_paper
from services.grants.answers import validate
from services.grants.computing import computed
from services.grants.form import Form
from services.grants.forms import service
from services.grants.forms.resource import form_versions
from services.kit.db.session import Record, WriteSession
from services.kit.http import json, listing, problem
from services.kit.http.commands import command
from services.kit.http.guard import Keyed, Reading
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.negotiate import only
from services.kit.http.openapi import problems
from services.kit.http.shapes import TEXT, WHOLE, Shape, answer, items, maybe, record
from services.kit.wire import Called, Flag, Wire

RULES = {
    "grants_form_versions_freeze": access.SIGNS,
    "grants_form_versions_paper": access.PROGRAMMES,
    "grants_form_versions_check": access.PROGRAMMES,
}
MOST = 100  # findings that are told


class Trial(Wire):
    """`whole`: as at submission, when required cells are asked for."""

    answers: Annotated[
        dict[str, Any], Called("form_answers"), Field(examples=[{"project_title": "架空の交流"}])
    ]
    whole: Annotated[Flag, Called("form_whole")] = False


async def freeze(session: WriteSession, version: Record) -> None:
    await service.freeze(session, version["id"])


async def paper(request: Request, session: Reading, ref: Reference) -> Response:
    """Empty, in the caller's language."""
    only(request.headers.get("accept", ""), form_paper.MEDIA_TYPE)
    version = await listing.find(form_versions, session, ref)
    language = problem.language(request.headers.get("accept-language", ""))
    form = Form.model_validate(version["form_schema"])
    made = await asyncio.to_thread(form_paper.form_docx, form, language=language)
    headers = listing.VARY | {
        "Content-Disposition": f'attachment; filename="{version["code"]}-{language}.docx"',
        "Content-Language": language,
    }
    return Response(made, media_type=form_paper.MEDIA_TYPE, headers=headers)


async def check(request: Request, session: Reading, ref: Reference, body: Trial) -> Response:
    """A dry run: nothing of it is kept."""
    Keyed.key_of(request)  # as every POST has one
    version = await listing.find(form_versions, session, ref)
    form = Form.model_validate(version["form_schema"])
    language = problem.language(request.headers.get("accept-language", ""))
    found = await asyncio.to_thread(validate, form, body.answers, whole=body.whole)
    told = [
        {
            "pointer": f"/{place}",
            "code": wrong.code,
            "message": wrong.message.within(language),
            "remedy": wrong.remedy.within(language),
        }
        for place, wrong in found[:MOST]
    ]
    said = {"computed": computed(form, body.answers), "findings": told}
    return Response(json.write(said), media_type="application/json", headers=listing.VARY)


router = router_for("grants")
command(
    router, form_versions, "freeze", "freezes", freeze, "Freeze a version of a form: it never changes again"
)
router.add_api_route(
    "/form-versions/{ref}/paper", called(paper, "print_form_versions"), methods=["GET"],
    operation_id="grants_form_versions_paper", summary="The official form, empty (DOCX)", response_class=Response,
    responses={**problems(404), 200: {
        "description": "The form, to be filled in by hand or in a word processor",
        "content": {form_paper.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }},
    response_model=None, tags=["form-versions"],
)  # fmt: skip
FOUND = record(pointer=TEXT, code=TEXT, message=TEXT, remedy=TEXT)
NUMBERS: Shape = {
    "type": "object", "patternProperties": {"^[a-z][a-z0-9_]*$": maybe(WHOLE)}, "additionalProperties": False,
}  # fmt: skip
# of a list, the computed cells of each row
RESULTS = NUMBERS | {
    "patternProperties": {"^[a-z][a-z0-9_]*$": {"anyOf": [WHOLE, {"type": "null"}, items(NUMBERS)]}},
    "examples": [{"participants": 3060}],
}
CHECKED = record(computed=RESULTS, findings=items(FOUND))
router.add_api_route(
    "/form-versions/{ref}/checks", called(check, "check_form_versions"), methods=["POST"],
    operation_id="grants_form_versions_check", summary="Try answers on a form: what is computed, and what is wrong",
    responses={**problems(404, 413, 415, 422), 200: answer(CHECKED)}, response_model=None, tags=["form-versions"],
)  # fmt: skip
